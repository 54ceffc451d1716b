#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "../conv_window.h"
#include "../epilogue.h"
#include "neon_gemm.h"

// Inputs that are gathered before they are multiplied stand in a buffer on the stack.
#define GATHER_BYTES 16384

// A gathered pixel is stored in vectors: the last one may reach this far past its end.
#define GATHER_SLACK 16

// Input that stays in a small core's first cache while all blocks pass over it.
#define STRIP_BYTES 16384

// Pixels in a strip are a multiple of every kernel's tile.
#define STRIP_UNIT 12

// What one group of a convolution consists of.
typedef struct Group {
  const SwlConvParams* params;
  SwlNeonRunFunction* run;
  int32_t index, in_channels, out_channels, quads, blocks, has_128;
} Group;

static Group make_group(const SwlConvParams* p, int32_t index, SwlNeonRunFunction* run,
                        int32_t checks_128) {
  Group g = {.params = p, .run = run, .index = index};
  g.in_channels = p->in_c / p->groups;
  g.out_channels = p->out_c / p->groups;
  g.quads = p->kernel_h * p->kernel_w * swl_quad_count(g.in_channels);
  g.blocks = swl_block_count(g.out_channels);
  const size_t length = (size_t)g.blocks * (size_t)g.quads * SWL_QUAD_BYTES;
  g.has_128 = checks_128 && swl_neon_has_128(p->weights + (size_t)index * length, length);
  return g;
}

// All blocks of a group over pixels that stand side by side in the output from `first` on.
static void run_blocks(const Group* g, const int8_t* input, size_t input_stride, int8_t* output,
                       size_t first, int32_t pixels) {
  const SwlConvParams* p = g->params;
  for (int32_t block = 0; block < g->blocks; block++) {
    const size_t packed = (size_t)g->index * (size_t)g->blocks + (size_t)block;
    const size_t at = first * (size_t)p->out_step +
                      (size_t)(g->index * g->out_channels + block * SWL_BLOCK_CHANNELS);
    const int32_t left = g->out_channels - block * SWL_BLOCK_CHANNELS;
    SwlNeonBlock constants;
    swl_neon_load_block(&constants, &p->epilogue, &p->blocks[packed],
                        left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS);
    const SwlNeonRun run = {
        .input = input,
        .weights = p->weights + packed * (size_t)g->quads * SWL_QUAD_BYTES,
        .block = &constants,
        .skip = (p->epilogue.skip ? p->epilogue.skip : output) + at,
        .output = output + at,
        .input_stride = input_stride,
        .output_stride = (size_t)p->out_step,
        .quads = g->quads,
        .pixels = pixels,
        .has_128 = g->has_128,
    };
    g->run(&run);
  }
}

// A pointwise convolution reads its input where it stands.
static int32_t is_direct(const SwlConvParams* p) {
  return p->kernel_h == 1 && p->kernel_w == 1 && p->stride_h == 1 && p->stride_w == 1 &&
         p->pad_top == 0 && p->pad_left == 0 && p->out_h == p->in_h && p->out_w == p->in_w &&
         p->in_c / p->groups % 4 == 0;
}

// Strips of pixels, all blocks in each; one strip when passing over the weights again would cost
// more than passing over the input.
static void run_direct(const Group* g, const int8_t* input, int8_t* output, int32_t row_begin,
                       int32_t row_end) {
  const SwlConvParams* p = g->params;
  const int64_t end = (int64_t)row_end * p->out_w;
  int64_t strip = end;
  if (end * p->in_c > (int64_t)p->in_c * g->out_channels) {
    strip = STRIP_BYTES / p->in_c / STRIP_UNIT * STRIP_UNIT;
    if (strip < STRIP_UNIT) strip = STRIP_UNIT;
  }
  input += (size_t)g->index * (size_t)g->in_channels;
  for (int64_t first = (int64_t)row_begin * p->out_w; first < end; first += strip) {
    const int64_t pixels = end - first < strip ? end - first : strip;
    run_blocks(g, input + (size_t)first * (size_t)p->in_c, (size_t)p->in_c, output, (size_t)first,
               (int32_t)pixels);
  }
}

// Copies what one pixel's window holds in row `ky` of the kernel: each tap's channels, then zeros
// to a multiple of 4.
static void gather_pixel(const Group* g, const int8_t* row, int32_t x, int8_t* to) {
  const size_t padded = (size_t)swl_quad_count(g->in_channels) * SWL_QUAD_INPUTS;
  for (int32_t kx = 0; kx < g->params->kernel_w; kx++, to += padded) {
    const int8_t* from =
        swl_conv_pixel(g->params, row, x, kx) + (size_t)g->index * (size_t)g->in_channels;
    memset(to + padded - 4, 0, 4);
    memcpy(to, from, (size_t)g->in_channels);
  }
}

// The columns [first, last) of the output whose windows lie inside the input's columns.
static void inner_columns(const SwlConvParams* p, int32_t* first, int32_t* last) {
  const int32_t reach = (p->kernel_w - 1) * p->dilation_w - p->pad_left;
  *first = (p->pad_left + p->stride_w - 1) / p->stride_w;
  *last = reach < p->in_w ? (p->in_w - 1 - reach) / p->stride_w + 1 : 0;
  if (*last > p->out_w) *last = p->out_w;
  if (*first > *last) *first = *last;
}

// Few channels, as an image has: one shuffle spreads a row's taps to quads. Vectors are stored
// whole; what they write past a row of taps is overwritten by the next row or is the slack.
static void gather_narrow(const Group* g, const int8_t* row, int32_t x, int32_t pixels, int8_t* to,
                          size_t stride) {
  const SwlConvParams* p = g->params;
  uint8_t order[SWL_BLOCK_CHANNELS];
  for (int32_t i = 0; i < SWL_BLOCK_CHANNELS; i++) {
    const int32_t is_real = i / 4 < p->kernel_w && i % 4 < g->in_channels;
    order[i] = is_real ? (uint8_t)(i / 4 * p->in_c + i % 4) : UINT8_MAX;
  }
  const uint8x16_t shuffle = vld1q_u8(order);
  const int8_t* from = row + (size_t)(x * p->stride_w - p->pad_left) * (size_t)p->in_c +
                       (size_t)g->index * (size_t)g->in_channels;
  for (int32_t i = 0; i < pixels; i++, to += stride) {
    vst1q_s8(to, vqtbl1q_s8(vld1q_s8(from), shuffle));
    from += (size_t)p->stride_w * (size_t)p->in_c;
  }
}

// Gathers the windows of `pixels` pixels of row y from column x on.
static void gather(const Group* g, const int8_t* input, int32_t y, int32_t x, int32_t pixels,
                   int8_t* to, size_t stride) {
  const SwlConvParams* p = g->params;
  int32_t inner = x + pixels, inner_end = x + pixels;
  if (g->in_channels <= 4 && p->dilation_w == 1 && p->kernel_w <= 4 &&
      p->kernel_w * p->in_c <= SWL_BLOCK_CHANNELS) {
    int32_t first, last;
    inner_columns(p, &first, &last);
    inner = swl_clamp(first, x, x + pixels);
    inner_end = swl_clamp(last, inner, x + pixels);
  }
  const size_t row_length =
      (size_t)p->kernel_w * (size_t)swl_quad_count(g->in_channels) * SWL_QUAD_INPUTS;
  for (int32_t ky = 0; ky < p->kernel_h; ky++, to += row_length) {
    const int8_t* row = swl_conv_input_row(p, input, y, ky);
    const int32_t shuffled = row ? inner : x + pixels;
    const int32_t shuffled_end = row ? inner_end : x + pixels;
    for (int32_t i = x; i < shuffled; i++) gather_pixel(g, row, i, to + (size_t)(i - x) * stride);
    if (shuffled < shuffled_end) {
      gather_narrow(g, row, shuffled, shuffled_end - shuffled, to + (size_t)(shuffled - x) * stride,
                    stride);
    }
    for (int32_t i = shuffled_end; i < x + pixels; i++) {
      gather_pixel(g, row, i, to + (size_t)(i - x) * stride);
    }
  }
}

static void run_gathered(const Group* g, const int8_t* input, int8_t* output, int32_t row_begin,
                         int32_t row_end) {
  const SwlConvParams* p = g->params;
  _Alignas(64) int8_t buffer[GATHER_BYTES];
  const size_t stride = (size_t)g->quads * 4 + GATHER_SLACK;
  const int32_t most = (int32_t)(GATHER_BYTES / stride);
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x += most) {
      const int32_t pixels = p->out_w - x < most ? p->out_w - x : most;
      gather(g, input, y, x, pixels, buffer, stride);
      run_blocks(g, buffer, stride, output, (size_t)y * (size_t)p->out_w + (size_t)x, pixels);
    }
  }
}

void swl_neon_conv2d(const SwlConvParams* p, const int8_t* input, int8_t* output, int32_t row_begin,
                     int32_t row_end, SwlNeonRunFunction* run, int32_t checks_128) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  const size_t quads =
      (size_t)p->kernel_h * (size_t)p->kernel_w * (size_t)swl_quad_count(p->in_c / p->groups);
  if (!is_direct(p) && quads > (GATHER_BYTES - GATHER_SLACK) / 4) {
    swl_conv2d_s8__portable(p, input, output, row_begin, row_end);
    return;
  }
  for (int32_t index = 0; index < p->groups; index++) {
    const Group g = make_group(p, index, run, checks_128);
    if (is_direct(p)) {
      run_direct(&g, input, output, row_begin, row_end);
    } else {
      run_gathered(&g, input, output, row_begin, row_end);
    }
  }
}

#endif
