#include "kernel_test.h"

// Each operation has its parameters, inputs and, where it can be divided, a stretch to compute.

typedef struct Convolution {
  SwlConvParams params;
  const int8_t* input;
  int32_t begin, end;
} Convolution;

static void run_conv2d(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Convolution* c = context;
  set->conv2d(&c->params, c->input, output, c->begin, c->end);
}

static void run_dwconv(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Convolution* c = context;
  set->dwconv(&c->params, c->input, output, c->begin, c->end);
}

// Sizes of one axis, so that the output is not empty.
static void pick_axis(int32_t kernel, int32_t* in, int32_t* out, int32_t* stride, int32_t* dilation,
                      int32_t* pad) {
  do {
    *in = pick(1, 19);
    *stride = pick(1, 3);
    *dilation = pick(0, 3) == 0 ? 2 : 1;
    *pad = pick(0, kernel - 1);
    *out = (*in + *pad + pick(0, kernel - 1) - (kernel - 1) * *dilation - 1) / *stride + 1;
  } while (*out < 1 || (kernel - 1) * *dilation + 1 > *in + *pad);
}

static Convolution convolution(int32_t kernel_h, int32_t kernel_w, int32_t in_c, int32_t out_c) {
  Convolution c = {0};
  SwlConvParams* p = &c.params;
  p->kernel_h = kernel_h, p->kernel_w = kernel_w, p->in_c = in_c, p->out_c = out_c;
  // Some channels of a wider tensor, at times: the bytes between pixels stay.
  p->out_step = out_c + (pick(0, 2) == 0 ? pick(1, 40) : 0);
  pick_axis(kernel_h, &p->in_h, &p->out_h, &p->stride_h, &p->dilation_h, &p->pad_top);
  pick_axis(kernel_w, &p->in_w, &p->out_w, &p->stride_w, &p->dilation_w, &p->pad_left);
  c.input = random_bytes((size_t)p->in_h * (size_t)p->in_w * (size_t)in_c);
  p->padding_row = random_bytes((size_t)in_c);
  c.begin = pick(0, p->out_h - 1);
  c.end = pick(c.begin, p->out_h);
  return c;
}

static size_t output_size(const Convolution* c) {
  return (size_t)c->params.out_h * (size_t)c->params.out_w * (size_t)c->params.out_step;
}

void test_conv2d(void) {
  const int32_t groups = pick(0, 2) == 0 ? pick(2, 3) : 1;
  const int32_t in = pick(0, 1) ? 4 * pick(1, 12) : pick(1, 40), out = pick(1, 50);
  const int32_t is_pointwise = pick(0, 1);
  Convolution c = convolution(is_pointwise ? 1 : pick(1, 5), is_pointwise ? 1 : pick(1, 5),
                              groups * in, groups * out);
  SwlConvParams* p = &c.params;
  if (is_pointwise && pick(0, 3) != 0) {
    p->stride_h = p->stride_w = 1;
    p->out_h = p->in_h, p->out_w = p->in_w;
    c.begin = 0, c.end = p->out_h;
  }
  const int32_t blocks = groups * swl_block_count(out);
  p->groups = groups;
  p->epilogue = random_epilogue(1);
  if (p->epilogue.kind == SWL_EPILOGUE_ADD) p->epilogue.skip = random_bytes(output_size(&c));
  SwlChannelBlock* constants = random_blocks(blocks, p->epilogue.kind);
  p->blocks = constants;
  p->weights = random_weights(constants, blocks, p->kernel_h * p->kernel_w, in);
  compare("conv2d", output_size(&c), &c, run_conv2d);
}

void test_dwconv(void) {
  const int32_t channels = pick(1, 50);
  const int32_t square = pick(0, 2) != 0 ? 2 * pick(1, 2) + 1 : 0;
  Convolution c =
      convolution(square ? square : pick(1, 9), square ? square : pick(1, 9), channels, channels);
  SwlConvParams* p = &c.params;
  const int32_t blocks = swl_block_count(channels);
  p->groups = channels;
  p->epilogue = random_epilogue(0);
  SwlChannelBlock* constants = random_blocks(blocks, p->epilogue.kind);
  p->blocks = constants;
  p->weights = random_weights(constants, blocks, p->kernel_w, p->kernel_h);
  compare("dwconv", output_size(&c), &c, run_dwconv);
}

typedef struct FullyConnected {
  SwlFullyConnectedParams params;
  const int8_t* input;
} FullyConnected;

static void run_fc(const SwlKernelSet* set, const void* context, int8_t* output) {
  const FullyConnected* f = context;
  set->fc(&f->params, f->input, output, 0, swl_block_count(f->params.out_count));
}

void test_fc(void) {
  FullyConnected f = {.params = {.in_count = pick(1, 300), .out_count = pick(1, 70)}};
  const int32_t blocks = swl_block_count(f.params.out_count);
  f.params.epilogue = random_epilogue(0);
  SwlChannelBlock* constants = random_blocks(blocks, f.params.epilogue.kind);
  f.params.blocks = constants;
  f.params.weights = random_weights(constants, blocks, 1, f.params.in_count);
  f.input = random_bytes((size_t)f.params.in_count);
  compare("fc", (size_t)f.params.out_count, &f, run_fc);
}

typedef struct Elementwise {
  SwlAddParams add;
  SwlMultiplyParams multiply;
  const int8_t* a;
  const int8_t* b;
  int32_t count, pixels;
} Elementwise;

static void run_add(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Elementwise* e = context;
  set->add(&e->add, e->a, e->b, output, e->count);
}

static void run_mul(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Elementwise* e = context;
  set->mul(&e->multiply, e->a, e->b, output, e->count);
}

static void run_mul_channels(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Elementwise* e = context;
  set->mul_channels(&e->multiply, e->a, e->b, output, e->pixels);
}

static void run_lookup(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Elementwise* e = context;
  set->lookup(e->b, e->a, output, e->count);
}

void test_add(void) {
  Elementwise e = {.count = pick(1, 300)};
  e.add = (SwlAddParams){.multiplier_a = pick(0, INT16_MAX),
                         .multiplier_b = pick(0, INT16_MAX),
                         .addend = pick(-(1 << 30) + 1, (1 << 30) - 1),
                         .shift = pick(0, 20)};
  e.add.lo = pick(-128, 0), e.add.hi = pick(e.add.lo, 127);
  e.a = random_bytes((size_t)e.count), e.b = random_bytes((size_t)e.count);
  compare("add", (size_t)e.count, &e, run_add);
}

void test_mul(void) {
  Elementwise e = {.pixels = pick(1, 20)};
  e.multiply = (SwlMultiplyParams){.channels = pick(1, 150),
                                   .input_zero_point = pick(-128, 127),
                                   .output_zero_point = pick(-128, 127),
                                   .multiplier = pick(1 << 14, INT16_MAX),
                                   .output_shift = pick(2, 7)};
  e.multiply.lo = pick(-128, 0), e.multiply.hi = pick(e.multiply.lo, 127);
  e.count = e.pixels * e.multiply.channels;
  e.a = random_bytes((size_t)e.count), e.b = random_bytes((size_t)e.count);
  compare("mul", (size_t)e.count, &e, run_mul);
  compare("mul_channels", (size_t)e.count, &e, run_mul_channels);
}

void test_lookup(void) {
  Elementwise e = {.count = pick(1, 1400)};
  e.a = random_bytes((size_t)e.count), e.b = random_bytes(256);
  compare("lookup", (size_t)e.count, &e, run_lookup);
}

typedef struct Copy {
  SwlCopyParams params;
  const int8_t* input;
} Copy;

static void run_copy(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Copy* c = context;
  set->copy(&c->params, c->input, output, 0, c->params.size[0]);
}

// Gives the dimensions, in a random order, strides of a tensor that at times is wider than the box.
// Returns its bytes.
static size_t random_strides(const SwlCopyParams* p, int64_t* strides, int32_t repeats) {
  int64_t length = 1;
  int32_t order[SWL_MAX_RANK] = {0};
  for (int32_t i = 0; i < p->rank; i++) {
    const int32_t place = pick(0, i);
    order[i] = order[place], order[place] = i;
  }
  for (int32_t i = 0; i < p->rank; i++) {
    const int32_t is_repeated = repeats && pick(0, 4) == 0;
    strides[order[i]] = is_repeated ? 0 : length;
    if (!is_repeated) length = length * p->size[order[i]] + (pick(0, 3) == 0 ? pick(0, 9) : 0);
  }
  return (size_t)length;
}

void test_copy(void) {
  static const int32_t most[SWL_MAX_RANK] = {700, 70, 34, 18, 6, 5};
  Copy copy = {.params = {.rank = pick(1, SWL_MAX_RANK)}};
  SwlCopyParams* p = &copy.params;
  for (int32_t i = 0; i < p->rank; i++) p->size[i] = pick(1, most[p->rank - 1]);
  copy.input = random_bytes(random_strides(p, p->input_stride, 1));
  if (pick(0, 1)) p->table = random_bytes(SWL_TABLE_BYTES);
  compare("copy", random_strides(p, p->output_stride, 0), &copy, run_copy);
}

typedef struct Pool {
  SwlPoolParams params;
  SwlMeanParams mean;
  SwlMeanEntry entries[25];
  const int8_t* input;
} Pool;

static void run_avgpool(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Pool* p = context;
  set->avgpool(&p->params, p->input, output, 0, p->params.out_h);
}

static void run_maxpool(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Pool* p = context;
  set->maxpool(&p->params, p->input, output, 0, p->params.out_h);
}

static void run_mean(const SwlKernelSet* set, const void* context, int8_t* output) {
  const Pool* p = context;
  set->mean(&p->mean, p->input, output, 0, p->mean.channels);
}

void test_pool(void) {
  Pool pool = {.params = {.channels = pick(1, 70), .kernel_h = pick(1, 5), .kernel_w = pick(1, 5)}};
  SwlPoolParams* p = &pool.params;
  for (int32_t i = 0; i < 25; i++) pool.entries[i] = random_mean_entry();
  p->entries = pool.entries;
  p->stride_h = pick(1, 3), p->stride_w = pick(1, 3);
  p->pad_top = pick(0, p->kernel_h - 1), p->pad_left = pick(0, p->kernel_w - 1);
  p->in_h = p->kernel_h + pick(0, 6), p->in_w = p->kernel_w + pick(0, 6);
  p->out_h = (p->in_h + p->pad_top - p->kernel_h) / p->stride_h + 1;
  p->out_w = (p->in_w + p->pad_left - p->kernel_w) / p->stride_w + 1;
  p->counts_padding = pick(0, 1), p->input_zero_point = pick(-128, 127);
  p->lo = pick(-128, 0), p->hi = pick(p->lo, 127);
  pool.input = random_bytes((size_t)(p->in_h * p->in_w * p->channels));
  const size_t count = (size_t)(p->out_h * p->out_w * p->channels);
  compare("avgpool", count, &pool, run_avgpool);
  compare("maxpool", count, &pool, run_maxpool);
}

void test_mean(void) {
  Pool pool = {.mean = {.pixels = pick(1, pick(1, 700)), .channels = pick(1, 70)}};
  pool.mean.entry = random_mean_entry();
  pool.mean.lo = pick(-128, 0), pool.mean.hi = pick(pool.mean.lo, 127);
  pool.input = random_bytes((size_t)(pool.mean.pixels * pool.mean.channels));
  compare("mean", (size_t)pool.mean.channels, &pool, run_mean);
}
