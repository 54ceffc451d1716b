#if defined(__x86_64__)

#include "../../pool_window.h"
#include "../x86_kernels.h"
#include "avx2.h"

// 16 channels of a window at a time; bytes past the last channel are readable and change nothing.
// The AVX-512 set uses these too: pools move bytes, and few of them.

// The greatest of a window.
SWL_AVX2_INLINE __m128i greatest(const SwlPoolParams* p, const int8_t* input, SwlPoolWindow w,
                                 int32_t channel) {
  __m128i found = _mm_set1_epi8(INT8_MIN);
  for (int32_t row = w.top; row < w.bottom; row++) {
    const int8_t* pixel = swl_pool_pixel(p, input, row, w.left) + channel;
    for (int32_t column = w.left; column < w.right; column++, pixel += p->channels) {
      found = _mm_max_epi8(found, _mm_loadu_si128((const __m128i*)pixel));
    }
  }
  return found;
}

SWL_AVX2 void swl_maxpool_s8__avx2(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                                   int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
  const __m128i lo = _mm_set1_epi8((int8_t)p->lo), hi = _mm_set1_epi8((int8_t)p->hi);
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)p->channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x++, output += p->channels) {
      const SwlPoolWindow w = swl_pool_window(p, y, x);
      for (int32_t channel = 0; channel < p->channels; channel += 16) {
        const __m128i found = greatest(p, input, w, channel);
        swl_avx2_store(output + channel, _mm_min_epi8(_mm_max_epi8(found, lo), hi),
                       p->channels - channel);
      }
    }
  }
}

// The sums of a window of up to 255 taps, which 16 bits can hold.
SWL_AVX2_INLINE __m256i sums(const SwlPoolParams* p, const int8_t* input, SwlPoolWindow w,
                             int32_t channel) {
  __m256i found = _mm256_setzero_si256();
  for (int32_t row = w.top; row < w.bottom; row++) {
    const int8_t* pixel = swl_pool_pixel(p, input, row, w.left) + channel;
    for (int32_t column = w.left; column < w.right; column++, pixel += p->channels) {
      found = _mm256_add_epi16(found, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)pixel)));
    }
  }
  return found;
}

SWL_AVX2 void swl_avgpool_s8__avx2(const SwlPoolParams* p, const int8_t* input, int8_t* output,
                                   int32_t row_begin, int32_t row_end) {
  swl_pool_assert(p, row_begin, row_end);
  assert(p->entries);
  const int32_t taps = p->kernel_h * p->kernel_w;
  if (taps > 255) {
    swl_avgpool_s8__portable(p, input, output, row_begin, row_end);
    return;
  }
  output += (size_t)row_begin * (size_t)p->out_w * (size_t)p->channels;
  for (int32_t y = row_begin; y < row_end; y++) {
    for (int32_t x = 0; x < p->out_w; x++, output += p->channels) {
      const SwlPoolWindow w = swl_pool_window(p, y, x);
      const int32_t inside = (w.bottom - w.top) * (w.right - w.left);
      assert(inside > 0);
      const SwlMeanEntry* entry = &p->entries[(p->counts_padding ? taps : inside) - 1];
      assert(entry->shift >= -7 && entry->shift <= 24);
      const int32_t padding = p->counts_padding ? (taps - inside) * p->input_zero_point : 0;
      const uint32_t start = (uint32_t)entry->bias + (uint32_t)padding;
      for (int32_t channel = 0; channel < p->channels; channel += 16) {
        int16_t found[16];
        _mm256_storeu_si256((__m256i*)found, sums(p, input, w, channel));
        int8_t bytes[16];
        for (int32_t c = 0; c < 16; c++) {
          const int32_t acc = (int32_t)(start + (uint32_t)(int32_t)found[c]);
          bytes[c] = swl_requantize(acc, entry->shift, entry->multiplier, p->lo, p->hi);
        }
        const int32_t left = p->channels - channel;
        memcpy(output + channel, bytes, (size_t)(left < 16 ? left : 16));
      }
    }
  }
}

#endif
