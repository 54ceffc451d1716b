#if defined(__x86_64__)

#include "../avx2/copy_avx2.h"
#include "../x86_kernels.h"
#include "copy_vnni.h"
#include "vnni.h"

// Tables of 256 bytes in four registers, for CPUs with AVX-512 VBMI, which not all with VNNI have:
// an instruction looks into 128 bytes.
#define SWL_VBMI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))

// What x finds. VPERMI2B reads the low 7 bits of x + 128, which are those of x; the top bit of x
// chooses the half.
SWL_VBMI __attribute__((always_inline)) static inline __m512i find(const __m512i table[4],
                                                                   __m512i x) {
  const __m512i low = _mm512_permutex2var_epi8(table[0], x, table[1]);
  const __m512i high = _mm512_permutex2var_epi8(table[2], x, table[3]);
  return _mm512_mask_mov_epi8(high, _mm512_movepi8_mask(x), low);
}

SWL_VBMI __attribute__((always_inline)) static inline void find_all(const __m512i t[4],
                                                                    const int8_t* input,
                                                                    int8_t* output, int64_t count) {
  int64_t i = 0;
  for (; count - i >= 64; i += 64) {
    _mm512_storeu_si512(output + i, find(t, _mm512_loadu_si512(input + i)));
  }
  if (i < count) {
    const __mmask64 mask = (UINT64_C(1) << (count - i)) - 1;
    _mm512_mask_storeu_epi8(output + i, mask, find(t, _mm512_maskz_loadu_epi8(mask, input + i)));
  }
}

SWL_VBMI __attribute__((always_inline)) static inline void load(const int8_t* table, __m512i t[4]) {
  SWL_UNROLL
  for (int i = 0; i < 4; i++) t[i] = _mm512_loadu_si512(table + 64 * i);
}

SWL_VBMI static void lookup__vnni(const int8_t* table, const int8_t* input, int8_t* output,
                                  int64_t count) {
  __m512i t[4];
  load(table, t);
  find_all(t, input, output, count);
}

SWL_VBMI static void lookup_rows__vnni(const SwlCopyTile* tile, const int8_t* table,
                                       const int8_t* input, int8_t* output) {
  __m512i t[4];
  load(table, t);
  for (int64_t a = 0; a < tile->size[0]; a++) {
    for (int64_t b = 0; b < tile->size[1]; b++) {
      find_all(t, input + a * tile->in[0] + b * tile->in[1],
               output + a * tile->out[0] + b * tile->out[1], tile->size[2]);
    }
  }
}

void swl_copy_lookup_rows__vnni(const SwlCopyTile* tile, const int8_t* table, const int8_t* input,
                                int8_t* output) {
  if (swl_cpu_has_vbmi()) {
    lookup_rows__vnni(tile, table, input, output);
  } else {
    swl_copy_lookup_rows__avx2(tile, table, input, output);
  }
}

void swl_lookup_s8__vnni(const int8_t* table, const int8_t* input, int8_t* output, int64_t count) {
  if (swl_cpu_has_vbmi()) {
    lookup__vnni(table, input, output, count);
  } else {
    swl_lookup_s8__avx2(table, input, output, count);
  }
}

#endif
