#ifndef SWL_NEON_GEMM_H
#define SWL_NEON_GEMM_H

#include "neon_epilogue.h"

// One block of 16 output channels over a run of pixels: the product that pointwise and general
// convolutions consist of. Pixel i reads 4·quads bytes from input + i·input_stride.
typedef struct SwlNeonRun {
  const int8_t* _Nonnull input;    // 4-byte aligned, and so is its stride
  const int8_t* _Nonnull weights;  // [quads][16][4]
  const SwlNeonBlock* _Nonnull block;
  const int8_t* _Nonnull skip;  // as `output`, in the other operand of a residual add, if it is one
  int8_t* _Nonnull output;
  size_t input_stride, output_stride;
  int32_t quads, pixels;
  int32_t has_128;  // whether a weight may be −128
} SwlNeonRun;

typedef void SwlNeonRunFunction(const SwlNeonRun* _Nonnull run);

// Moves on by `pixels` pixels.
SWL_NEON_INLINE void swl_neon_advance(SwlNeonRun* _Nonnull run, int32_t pixels) {
  run->input += (size_t)pixels * run->input_stride;
  run->output += (size_t)pixels * run->output_stride;
  run->skip += (size_t)pixels * run->output_stride;
}

// Keeps a pointer in a register of its own, which loads then advance for nothing; compilers would
// derive it from its neighbour by an addition each time.
SWL_NEON_INLINE const int8_t* _Nonnull swl_neon_own_register(const int8_t* _Nonnull pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

// Whether any of `count` weights, a multiple of 64, is −128. No converter writes one, but a damaged
// file may have them, and two products of −128 by −128 do not fit 16 bits.
static inline int32_t swl_neon_has_128(const int8_t* _Nonnull weights, size_t count) {
  int8x16_t least[4];
  for (int32_t i = 0; i < 4; i++) least[i] = vdupq_n_s8(0);
  for (size_t k = 0; k < count; k += 64) {
    for (int32_t i = 0; i < 4; i++) least[i] = vminq_s8(least[i], vld1q_s8(weights + k + 16 * i));
  }
  const int8x16_t all = vminq_s8(vminq_s8(least[0], least[1]), vminq_s8(least[2], least[3]));
  return vminvq_s8(all) == INT8_MIN;
}

// Runs a convolution as products of blocks by runs of pixels. `checks_128`: whether `run` wants
// to know of weights of −128.
void swl_neon_conv2d(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t row_begin, int32_t row_end,
                     SwlNeonRunFunction* _Nonnull run, int32_t checks_128);

#endif
