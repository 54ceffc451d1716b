#ifndef SWL_RESIZE_H
#define SWL_RESIZE_H

#include "swl_types.h"

// Of fraction 1, and of the product of two fractions 1.
#define SWL_RESIZE_WEIGHT_BITS 11
#define SWL_RESIZE_SHIFT (2 * SWL_RESIZE_WEIGHT_BITS)

// What one output row (or column) reads: input row `position` with the weight 2¹¹ − weight, and the
// next one with `weight`, 0…2¹¹. With weight 0 the next one is not read, and need not exist.
typedef struct SwlResizeTap {
  int32_t position, weight;
} SwlResizeTap;

// in: [in_h][in_w][channels], out: [out_h][out_w][channels], sizes ≥ 1.
// rows: out_h taps, columns: out_w taps, all of them within the input.
typedef struct SwlResizeParams {
  int32_t in_h, in_w, channels;
  int32_t out_h, out_w;
  const SwlResizeTap* _Nonnull rows;
  const SwlResizeTap* _Nonnull columns;
} SwlResizeParams;

// y = (Σ wy·wx·q + 2²¹) >> 22 over at most four pixels; rows [row_begin, row_end).
// The sum and every part of it lie within ±(2²⁹ + 2²¹): int32. Output and input do not overlap; no
// scratch.
void swl_resize_s8__portable(const SwlResizeParams* _Nonnull params, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

#endif
