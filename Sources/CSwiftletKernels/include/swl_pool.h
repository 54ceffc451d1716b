#ifndef SWL_POOL_H
#define SWL_POOL_H

#include "swl_types.h"

// entries (average only): kernel_h·kernel_w mean entries; entry n−1 serves windows with n taps
// inside the input. counts_padding: taps outside count as input_zero_point and the last entry
// serves every window.
typedef struct SwlPoolParams {
  int32_t in_h, in_w, channels;
  int32_t out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w;
  int32_t pad_top, pad_left;
  int32_t counts_padding;
  int32_t input_zero_point;
  const SwlMeanEntry* _Nullable entries;
  int32_t lo, hi;
} SwlPoolParams;

// acc = Σq + bias, then the convolution's requantization; rows [row_begin, row_end).
void swl_avgpool_s8__portable(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                              int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

// The maximum over the taps inside the input, clamped to lo…hi.
void swl_maxpool_s8__portable(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                              int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

// The mean over all pixels, per channel: acc = Σq + bias, then requantization.
typedef struct SwlMeanParams {
  int32_t pixels, channels;
  SwlMeanEntry entry;
  int32_t lo, hi;
} SwlMeanParams;

void swl_mean_s8__portable(const SwlMeanParams* _Nonnull params, const int8_t* _Nonnull input,
                           int8_t* _Nonnull output, int32_t channel_begin, int32_t channel_end);

#endif
