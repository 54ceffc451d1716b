#include <assert.h>
#include <string.h>

#include "CSwiftletKernels.h"

#define ONE (1 << SWL_RESIZE_WEIGHT_BITS)
#define HALF (1 << (SWL_RESIZE_SHIFT - 1))

static void assert_params(const SwlResizeParams* p, int32_t row_begin, int32_t row_end) {
  assert(p->in_h > 0 && p->in_w > 0 && p->channels > 0 && p->out_h > 0 && p->out_w > 0);
  assert(0 <= row_begin && row_begin <= row_end && row_end <= p->out_h);
  (void)p;
  (void)row_begin;
  (void)row_end;
}

static void assert_tap(SwlResizeTap tap, int32_t length) {
  assert(tap.weight >= 0 && tap.weight <= ONE);
  assert(tap.position >= 0 && tap.position + (tap.weight > 0) < length);
  (void)tap;
  (void)length;
}

// The mean of two pixels where the other axis has no fraction: its factor 2¹¹ is left out of the
// sum, of the half and of the shift, which changes nothing.
static void mean_of_2(const int8_t* restrict a, const int8_t* restrict b, int32_t weight,
                      int8_t* restrict output, int32_t channels) {
  const int32_t other = ONE - weight;
  for (int32_t c = 0; c < channels; c++) {
    output[c] = (int8_t)((other * a[c] + weight * b[c] + ONE / 2) >> SWL_RESIZE_WEIGHT_BITS);
  }
}

// The mean of two pixels of each of two rows; `step` leads from a pixel to the next.
static void mean_of_4(const int8_t* restrict upper, const int8_t* restrict lower, int32_t step,
                      int32_t row_weight, int32_t column_weight, int8_t* restrict output,
                      int32_t channels) {
  const int32_t w00 = (ONE - row_weight) * (ONE - column_weight);
  const int32_t w01 = (ONE - row_weight) * column_weight;
  const int32_t w10 = row_weight * (ONE - column_weight);
  const int32_t w11 = row_weight * column_weight;
  const int8_t* restrict upper_next = upper + step;
  const int8_t* restrict lower_next = lower + step;
  for (int32_t c = 0; c < channels; c++) {
    const int32_t sum =
        w00 * upper[c] + w01 * upper_next[c] + w10 * lower[c] + w11 * lower_next[c] + HALF;
    output[c] = (int8_t)(sum >> SWL_RESIZE_SHIFT);
  }
}

void swl_resize_s8__portable(const SwlResizeParams* p, const int8_t* input, int8_t* output,
                             int32_t row_begin, int32_t row_end) {
  assert_params(p, row_begin, row_end);
  const int32_t channels = p->channels;
  const size_t input_row = (size_t)p->in_w * (size_t)channels;
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    const SwlResizeTap row = p->rows[y];
    assert_tap(row, p->in_h);
    const int8_t* upper = input + (size_t)row.position * input_row;
    const int8_t* lower = upper + (row.weight > 0 ? input_row : 0);
    for (int32_t x = 0; x < p->out_w; x++, output += channels) {
      const SwlResizeTap column = p->columns[x];
      assert_tap(column, p->in_w);
      const size_t first = (size_t)column.position * (size_t)channels;
      if (column.weight > 0 && row.weight > 0) {
        mean_of_4(upper + first, lower + first, channels, row.weight, column.weight, output,
                  channels);
      } else if (column.weight > 0) {
        mean_of_2(upper + first, upper + first + channels, column.weight, output, channels);
      } else if (row.weight > 0) {
        mean_of_2(upper + first, lower + first, row.weight, output, channels);
      } else {
        memcpy(output, upper + first, (size_t)channels);
      }
    }
  }
}
