#ifndef SWL_ELEMENTWISE_H
#define SWL_ELEMENTWISE_H

#include "swl_types.h"

// y = clamp((a·multiplier_a + b·multiplier_b + addend) >> shift), 0 ≤ multipliers < 2¹⁵,
// 0 ≤ shift ≤ 20, |addend| < 2³⁰ (zero points and the rounding half are in it).
typedef struct SwlAddParams {
  int32_t multiplier_a, multiplier_b, addend, shift;
  int32_t lo, hi;
} SwlAddParams;

void swl_add_s8__portable(const SwlAddParams* _Nonnull params, const int8_t* _Nonnull a,
                          const int8_t* _Nonnull b, int8_t* _Nonnull output, int64_t count);

// The squeeze-and-excite multiply: x times a gate that stands for 0…1 as −128…127.
//   g = gate + 128, P = (g·multiplier + 128) >> 8
//   b = ((x − input_zero_point)·2⁷·P + 2¹⁴) >> 15
//   y = clamp((b + (output_zero_point << output_shift) + 2^(output_shift − 1)) >> output_shift)
// 2¹⁴ ≤ multiplier < 2¹⁵, 2 ≤ output_shift ≤ 7.
typedef struct SwlMultiplyParams {
  int32_t channels;
  int32_t input_zero_point, output_zero_point;
  int32_t multiplier, output_shift;
  int32_t lo, hi;
} SwlMultiplyParams;

// One gate per channel (gate has `channels` bytes) over `pixels` pixels.
void swl_mul_channels_s8__portable(const SwlMultiplyParams* _Nonnull params,
                                   const int8_t* _Nonnull input, const int8_t* _Nonnull gate,
                                   int8_t* _Nonnull output, int64_t pixels);

// One gate per element; `channels` is not read.
void swl_mul_s8__portable(const SwlMultiplyParams* _Nonnull params, const int8_t* _Nonnull input,
                          const int8_t* _Nonnull gate, int8_t* _Nonnull output, int64_t count);

// y[i] = table[x[i] + 128].
void swl_lookup_s8__portable(const int8_t* _Nonnull table, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output, int64_t count);

#endif
