#ifndef SWL_DWCONV_VNNI_H
#define SWL_DWCONV_VNNI_H

#include "../../conv_taps.h"
#include "../../dwconv_rows.h"
#include "epilogue_vnni.h"

// What the depthwise kernels share. 64 channels are computed at a time. The bytes of four taps are
// interleaved per channel, as the packed weights are, so that one VPDPBUSD multiplies four taps.
//
// Where no more than 32 or 16 channels are left, a vector holds two or four strands: parts of the
// output that advance side by side, so that no lane idles.
//
// Interleaving leaves channels 4j…4j+3 of all four blocks in vector j: the epilogue's order by
// quad. Weights and constants are brought into that order once per 64 channels.

// v[j] = the bytes of four rows, channels 4j…4j+3 of each block: [block][channel][row].
SWL_VNNI_INLINE void swl_vnni_interleave(const __m512i rows[4], __m512i v[4]) {
  const __m512i low_01 = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i high_01 = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i low_23 = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i high_23 = _mm512_unpackhi_epi8(rows[2], rows[3]);
  v[0] = _mm512_unpacklo_epi16(low_01, low_23);
  v[1] = _mm512_unpackhi_epi16(low_01, low_23);
  v[2] = _mm512_unpacklo_epi16(high_01, high_23);
  v[3] = _mm512_unpackhi_epi16(high_01, high_23);
}

// Which block stands in each quarter of a vector, from block `block` on.
typedef struct SwlVnniPlaces {
  int32_t blocks[4];
} SwlVnniPlaces;

static inline SwlVnniPlaces swl_vnni_places(int32_t block, int32_t strands) {
  SwlVnniPlaces places;
  for (int32_t u = 0; u < 4; u++) places.blocks[u] = block + u % (4 / strands);
  return places;
}

// The constants of the blocks at `places`, of `blocks`.
SWL_VNNI_INLINE void swl_vnni_place_constants(const SwlConvParams* p, SwlVnniPlaces places,
                                              int32_t blocks, SwlVnniChannels* constants) {
  const SwlChannelBlock* units[4];
  for (int32_t u = 0; u < 4; u++) {
    units[u] = places.blocks[u] < blocks ? &p->blocks[places.blocks[u]] : &swl_no_channels;
  }
  swl_vnni_channels__vnni(constants, &p->epilogue, units, SWL_VNNI_BY_QUAD);
}

// Loads vector `i` of `count` of the packed weights of the blocks at `places`.
SWL_VNNI_INLINE void swl_vnni_place_weights(const SwlConvParams* p, SwlVnniPlaces places,
                                            int32_t blocks, int32_t i, int32_t count,
                                            __m512i w[4]) {
  for (int32_t u = 0; u < 4; u++) {
    const size_t at = (size_t)places.blocks[u] * (size_t)count + (size_t)i;
    w[u] = places.blocks[u] < blocks ? swl_vnni_load(p->weights + at * SWL_QUAD_BYTES)
                                     : _mm512_setzero_si512();
  }
}

#endif
