#if defined(__x86_64__)

#include "../../conv_taps.h"
#include "../x86_kernels.h"
#include "conv_strips_avx2.h"
#include "epilogue_avx2.h"

// Convolutions of few channels or pixels, which multiply bytes as they stand: what conv_strips.c
// widens would serve too few products.

// The most pixels whose sums fit the registers: two accumulators each, the weights of a quad, an
// activation with its magnitude, and room for products.
#define TILE 4

// What a block's tiles share.
typedef struct KernelCall {
  const int8_t* weights;  // of the block, all taps
  int32_t tap_count;
  int32_t tap_quads;  // groups of 4 input channels of a tap
  int32_t kind;       // SwlEpilogueKind
  int32_t channels;   // output channels in the block, up to 16
  size_t out_step;    // bytes from one output pixel to the next
  SwlAvx2Channels constants;
} KernelCall;

// One tile of `pixels` pixels, a constant at every call, from pixel `first` of the taps on.
SWL_AVX2_INLINE void run_tile(const KernelCall* call, const SwlTap* taps, size_t first,
                              const int8_t* skip, int8_t* output, const int pixels) {
  __m256i acc[TILE][2];
  SWL_UNROLL
  for (int i = 0; i < pixels; i++) {
    acc[i][0] = call->constants.bias[0];
    acc[i][1] = call->constants.bias[1];
  }
  const int8_t* weights = call->weights;
  for (int32_t t = 0; t < call->tap_count; t++) {
    const size_t step = taps[t].step;
    const int8_t* x = taps[t].start + first * step;
    for (int32_t quad = 0; quad < call->tap_quads; quad++, weights += 64, x += 4) {
      __m256i w[2];
      swl_avx2_weights(weights, w);
      SWL_UNROLL
      for (int i = 0; i < pixels; i++) {
        const __m256i a = swl_avx2_broadcast(x + (size_t)i * step);
        const __m256i magnitude = _mm256_abs_epi8(a);
        acc[i][0] = swl_avx2_dot(acc[i][0], a, magnitude, w[0]);
        acc[i][1] = swl_avx2_dot(acc[i][1], a, magnitude, w[1]);
      }
    }
  }
  SWL_UNROLL
  for (int i = 0; i < pixels; i++) {
    const size_t at = (size_t)i * call->out_step;
    const __m128i y = swl_avx2_finish(call->kind, &call->constants, acc[i][0], acc[i][1],
                                      skip ? skip + at : NULL);
    swl_avx2_store(output + at, y, call->channels);
  }
}

// Runs `count` pixels that share `taps`.
SWL_AVX2 static void run_stretch__avx2(const KernelCall* call, const SwlTap* taps, int32_t count,
                                       const int8_t* skip, int8_t* output) {
  for (int32_t begin = 0; begin < count; begin += TILE) {
    const size_t at = (size_t)begin * call->out_step;
    const int8_t* other = skip ? skip + at : NULL;
    switch (count - begin) {
      case 1:
        run_tile(call, taps, (size_t)begin, other, output + at, 1);
        break;
      case 2:
        run_tile(call, taps, (size_t)begin, other, output + at, 2);
        break;
      case 3:
        run_tile(call, taps, (size_t)begin, other, output + at, 3);
        break;
      default:
        run_tile(call, taps, (size_t)begin, other, output + at, TILE);
        break;
    }
  }
}

// The rows of one block. `in_channel` is its group's first input channel, `out_channel` its first
// output channel.
SWL_AVX2 static void run_rows__avx2(const SwlConvParams* p, const KernelCall* call,
                                    int32_t in_channel, int32_t out_channel, const int8_t* input,
                                    int8_t* output, int32_t row_begin, int32_t row_end) {
  const int8_t* skip = p->epilogue.skip ? p->epilogue.skip + out_channel : NULL;
  output += out_channel;
  const size_t row_length = (size_t)p->out_w * (size_t)p->out_step;
  SwlTap taps[SWL_MAX_TAPS];
  if (swl_conv_is_pointwise(p)) {
    swl_conv_taps(p, input, row_begin, 0, in_channel, taps);
    const size_t at = (size_t)row_begin * row_length;
    run_stretch__avx2(call, taps, (row_end - row_begin) * p->out_w, skip ? skip + at : NULL,
                      output + at);
    return;
  }
  const SwlColumns inner = swl_conv_inner_columns(p);
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w;) {
      const int32_t count = x == inner.begin && inner.end > x ? inner.end - x : 1;
      swl_conv_taps(p, input, y, x, in_channel, taps);
      const size_t at = (size_t)y * row_length + (size_t)x * (size_t)p->out_step;
      run_stretch__avx2(call, taps, count, skip ? skip + at : NULL, output + at);
      x += count;
    }
  }
}

SWL_AVX2 void swl_conv2d_s8__avx2(const SwlConvParams* p, const int8_t* input, int8_t* output,
                                  int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  if (row_begin == row_end) return;
  if (swl_avx2_conv_wants_strips(p, row_begin, row_end)) {
    swl_conv_strips__avx2(p, input, output, row_begin, row_end);
    return;
  }
  if ((int64_t)p->kernel_h * p->kernel_w > SWL_MAX_TAPS) {
    swl_conv2d_s8__portable(p, input, output, row_begin, row_end);
    return;
  }
  const int32_t in_channels = p->in_c / p->groups;
  const int32_t out_channels = p->out_c / p->groups;
  const int32_t blocks = swl_block_count(out_channels);
  KernelCall call;
  call.tap_count = p->kernel_h * p->kernel_w;
  call.tap_quads = swl_quad_count(in_channels);
  call.kind = p->epilogue.kind;
  call.out_step = (size_t)p->out_step;
  const size_t block_length = (size_t)call.tap_count * (size_t)call.tap_quads * SWL_QUAD_BYTES;
  for (int32_t group = 0; group < p->groups; group++) {
    for (int32_t block = 0; block < blocks; block++) {
      const size_t packed = (size_t)group * (size_t)blocks + (size_t)block;
      const int32_t left = out_channels - block * SWL_BLOCK_CHANNELS;
      call.channels = left < SWL_BLOCK_CHANNELS ? left : SWL_BLOCK_CHANNELS;
      call.weights = p->weights + packed * block_length;
      swl_avx2_channels(&call.constants, &p->epilogue, &p->blocks[packed]);
      run_rows__avx2(p, &call, group * in_channels,
                     group * out_channels + block * SWL_BLOCK_CHANNELS, input, output, row_begin,
                     row_end);
    }
  }
}

#endif
