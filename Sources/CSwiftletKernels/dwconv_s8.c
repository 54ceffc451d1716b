#include "conv_strip.h"
#include "epilogue.h"

// Taps whose addresses are found at a time; even. Once for all blocks, if there are no more.
#define TAPS 32

// The weights of a pair of taps, [16][2].
typedef struct Pair {
  _Alignas(16) int16_t weights[SWL_BLOCK_CHANNELS][2];
} Pair;

// Tap t of a block, down the kernel's columns.
static const int8_t* tap_weights(const SwlConvParams* p, const int8_t* weights, int32_t t) {
  const int32_t ky = t % p->kernel_h, kx = t / p->kernel_h;
  const size_t column_quads = (size_t)swl_quad_count(p->kernel_h);
  return weights + ((size_t)kx * column_quads + (size_t)(ky / SWL_QUAD_INPUTS)) * SWL_QUAD_BYTES +
         ky % SWL_QUAD_INPUTS;
}

// The weights of taps [first, first + count) in pairs; an odd last tap is paired with zeros.
static void widen_weights(const SwlConvParams* p, const int8_t* weights, int32_t first,
                          int32_t count, Pair* pairs) {
  for (int32_t t = 0; t < count; t += 2) {
    const int32_t is_pair = t + 1 < count;
    const int8_t* w_0 = tap_weights(p, weights, first + t);
    const int8_t* w_1 = is_pair ? tap_weights(p, weights, first + t + 1) : w_0;
    for (int32_t n = 0; n < SWL_BLOCK_CHANNELS; n++) {
      pairs[t / 2].weights[n][0] = w_0[4 * n];
      pairs[t / 2].weights[n][1] = is_pair ? w_1[4 * n] : 0;
    }
  }
}

// Adds two taps, whose bytes are interleaved by channel before they are widened.
SWL_INLINE void add_pair(const Pair* pair, const int8_t* x_0, const int8_t* x_1,
                         const int32_t lanes, SwlSums4 acc[4]) {
  const SwlBytes16 a = swl_load_16(x_0), b = swl_load_16(x_1);
  const SwlBytes16 low =
      __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const SwlBytes16 high =
      __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const SwlShorts16 x[2] = {__builtin_convertvector(low, SwlShorts16),
                            __builtin_convertvector(high, SwlShorts16)};
  for (int32_t i = 0; i < lanes / 4; i++) {
    SwlShorts8 half, w;
    memcpy(&half, (const int16_t*)&x[i / 2] + 8 * (i % 2), sizeof half);
    memcpy(&w, pair->weights[4 * i], sizeof w);
    acc[i] += swl_multiply_pairs(half, w);
  }
}

// What the strips of a depthwise convolution share.
typedef struct KernelCall {
  const SwlConvParams* params;
  const int8_t* input;
  int32_t taps;
  size_t block_length;
} KernelCall;

// The addresses of taps [first, first + count), down the kernel's columns; those past the last are
// the last's.
static void find_pixels(const KernelCall* call, SwlStrip strip, int32_t first, int32_t count,
                        const int8_t* pixels[TAPS][SWL_STRIP]) {
  const SwlConvParams* p = call->params;
  for (int32_t t = 0; t < count; t++) {
    const int32_t tap = first + t < call->taps ? first + t : call->taps - 1;
    swl_strip_pixels(p, call->input, strip, tap % p->kernel_h, tap / p->kernel_h, pixels[t]);
  }
}

// Adds `pairs` pairs of taps to the sums of a strip.
SWL_INLINE void add_pairs(const Pair* weights, int32_t pairs, const int8_t* pixels[TAPS][SWL_STRIP],
                          size_t channel, int32_t count, const int32_t lanes, SwlSums* sums) {
  for (int32_t i = 0; i < count; i++) {
    SwlSums4 acc[4];
    memcpy(acc, sums->pixel[i], sizeof acc);
    for (int32_t t = 0; t < pairs; t++) {
      add_pair(&weights[t], pixels[2 * t][i] + channel, pixels[2 * t + 1][i] + channel, lanes, acc);
    }
    memcpy(sums->pixel[i], acc, sizeof acc);
  }
}

static void run_strip(const KernelCall* call, SwlStrip strip, int8_t* output) {
  const SwlConvParams* p = call->params;
  const int32_t blocks = swl_block_count(p->out_c);
  const size_t pixel = (size_t)strip.y * (size_t)p->out_w + (size_t)strip.x;
  const int8_t* pixels[TAPS][SWL_STRIP];
  int32_t found = -1;
  for (int32_t block = 0; block < blocks; block++) {
    const size_t channel = (size_t)block * SWL_BLOCK_CHANNELS;
    const int32_t channels = swl_block_channels(p->out_c, block);
    SwlSums sums;
    swl_clear_sums(&sums, strip.count);
    for (int32_t first = 0; first < call->taps; first += TAPS) {
      const int32_t left = call->taps - first;
      const int32_t taps = left < TAPS ? left : TAPS;
      const int32_t pairs = (taps + 1) / 2;
      if (found != first) {
        find_pixels(call, strip, first, 2 * pairs, pixels);
        found = first;
      }
      Pair weights[TAPS / 2];
      widen_weights(p, p->weights + (size_t)block * call->block_length, first, taps, weights);
      if (channels > 8) {
        add_pairs(weights, pairs, pixels, channel, strip.count, 16, &sums);
      } else {
        add_pairs(weights, pairs, pixels, channel, strip.count, 8, &sums);
      }
    }
    swl_epilogue_store(&p->epilogue, &p->blocks[block], sums.pixel, strip.count,
                       pixel * (size_t)p->out_step + channel, (size_t)p->out_step, channels,
                       output);
  }
}

void swl_dwconv_s8__portable(const SwlConvParams* p, const int8_t* input, int8_t* output,
                             int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  assert(p->in_c == p->groups && p->out_c == p->groups);
  assert(p->epilogue.kind != SWL_EPILOGUE_ADD);
  const size_t column_quads = (size_t)swl_quad_count(p->kernel_h);
  const KernelCall call = {.params = p,
                           .input = input,
                           .taps = p->kernel_h * p->kernel_w,
                           .block_length = (size_t)p->kernel_w * column_quads * SWL_QUAD_BYTES};
  const int64_t end = (int64_t)row_end * p->out_w;
  for (int64_t first = (int64_t)row_begin * p->out_w; first < end; first += SWL_STRIP) {
    run_strip(&call, swl_strip(p, first, end), output);
  }
}
