#ifndef SWL_EPILOGUE_VNNI_H
#define SWL_EPILOGUE_VNNI_H

#include "vnni.h"

// Turns four accumulators into 64 bytes.
//
// The packing instructions work within 128-bit lanes, so the order of the four accumulators'
// 64 sums decides the order of everything behind:
// - by block: accumulator u holds the 16 channels of unit u (a block of one pixel). The packed
//   bytes need one permutation.
// - by quad: accumulator j holds channels 4j…4j+3 of all four blocks, a block to a lane. The packed
//   bytes are in order.
typedef enum SwlVnniOrder { SWL_VNNI_BY_BLOCK, SWL_VNNI_BY_QUAD } SwlVnniOrder;

// How sums become 16-bit numbers.
//
// Few channels have s < 0, most of them −1, and the saturation that shifts left must mind is beyond
// what matters to a plain requantization: where a = 2·acc saturates, m ≥ 2¹⁴ makes b ≥ 2¹⁴ − 1 or
// b ≤ −2¹⁴, which b >> 6 takes past int8 in any case. So a doubled channel adds once more:
//   (2·acc·m + 2¹⁴) >> 15 = ((acc·(2m − 2¹⁵) + 2¹⁴) >> 15) + acc
typedef enum SwlVnniShift {
  SWL_VNNI_SHIFTS_RIGHT,  // every channel has s ≥ 0
  SWL_VNNI_DOUBLES,       // plain requantization, some channels have s = −1 and m ≥ 2¹⁴
  SWL_VNNI_SHIFTS_LEFT,   // any s
} SwlVnniShift;

// The constants of 64 outputs in the order their sums have. [2]: of accumulators 0, 1 and 2, 3
// once packed to 16 bits.
typedef struct SwlVnniChannels {
  __m512i bias[4];   // bias − 128·Σw: what accumulators start from
  __m512i shift[4];  // max(s, 0)
  __m512i multiplier[2];
  int32_t clamps;  // whether lo, hi are narrower than int8, which packing saturates to
  __m512i lo, hi;
  // For channels with s < 0.
  SwlVnniShift how;
  __mmask32 doubles[2];  // which channels add once more
  __m512i up[2];         // max(−s, 0)
  __m512i up_lo[2];      // the least and the greatest number that a shift by `up` does not overflow
  __m512i up_hi[2];
  // h-swish and curves.
  __m512i second_multiplier[2];
  __m512i addend[2];  // (zp << F) + 2^(F−1)
  __m128i output_shift;
  __m512i swish_three, swish_six;
  __m128i gate_shift;
  __m512i core_lo, core_hi, ramp_hi;  // of a curve's core, and of what it adds
  __m128i core_shift;
  __m512i value, slope, bend;  // of a curve's segments
  // Residual add.
  __m512i skip_multiplier;
} SwlVnniChannels;

// Stands in for blocks that an operation does not have.
static const SwlChannelBlock swl_no_channels;

// Orders 16-bit constants of units 0, 1 (a) and 2, 3 (b).
SWL_VNNI_INLINE void swl_vnni_order_16(SwlVnniOrder order, __m512i a, __m512i b, __m512i out[2]) {
  if (order == SWL_VNNI_BY_BLOCK) {
    const __m512i interleave = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
    out[0] = _mm512_permutexvar_epi64(interleave, a);
    out[1] = _mm512_permutexvar_epi64(interleave, b);
  } else {
    out[0] = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), b);
    out[1] = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15), b);
  }
}

// Orders 64 signed bytes as 16-bit numbers.
SWL_VNNI_INLINE void swl_vnni_order_8(SwlVnniOrder order, __m512i bytes, __m512i out[2]) {
  swl_vnni_order_16(order, _mm512_cvtepi8_epi16(_mm512_castsi512_si256(bytes)),
                    _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(bytes, 1)), out);
}

// Of the multiplication that h-swish and curves end with.
SWL_VNNI static inline void swl_vnni_second_constants(SwlVnniChannels* c, const SwlEpilogue* e,
                                                      const SwlChannelBlock* const u[4],
                                                      SwlVnniOrder order) {
  swl_vnni_order_16(order, swl_vnni_load_2(u[0]->second_multiplier, u[1]->second_multiplier),
                    swl_vnni_load_2(u[2]->second_multiplier, u[3]->second_multiplier),
                    c->second_multiplier);
  c->output_shift = _mm_cvtsi32_si128(e->output_shift);
  const __m512i zero_points =
      swl_vnni_load_4(u[0]->zero_point, u[1]->zero_point, u[2]->zero_point, u[3]->zero_point);
  swl_vnni_order_8(order, zero_points, c->addend);
  const __m512i half = _mm512_set1_epi16((int16_t)(1 << (e->output_shift - 1)));
  for (int i = 0; i < 2; i++) {
    c->addend[i] = _mm512_add_epi16(_mm512_sll_epi16(c->addend[i], c->output_shift), half);
  }
}

SWL_VNNI static inline void swl_vnni_swish_constants(SwlVnniChannels* c, const SwlEpilogue* e) {
  c->swish_three = _mm512_set1_epi16((int16_t)(3 << e->fraction_bits));
  c->swish_six = _mm512_set1_epi16((int16_t)(6 << e->fraction_bits));
  c->gate_shift = _mm_cvtsi32_si128(12 - e->fraction_bits);
}

SWL_VNNI static inline void swl_vnni_curve_constants(SwlVnniChannels* c, const SwlEpilogue* e) {
  const int32_t end = 1 << (15 - e->core_shift);
  c->core_lo = _mm512_set1_epi16((int16_t)-end);
  c->core_hi = _mm512_set1_epi16((int16_t)(end - 1));
  c->core_shift = _mm_cvtsi32_si128(e->core_shift);
  c->ramp_hi = _mm512_set1_epi16(e->ramp ? INT16_MAX : 0);
  c->value = swl_vnni_load(e->curve->value);
  c->slope = swl_vnni_load(e->curve->slope);
  c->bend = swl_vnni_load(e->curve->bend);
}

// Whether any channel's clamp is narrower than int8. Channels that are padding, whose multiplier is
// 0, do not count: they are never stored.
SWL_VNNI_INLINE int32_t swl_vnni_clamps(const SwlVnniChannels* c,
                                        const SwlChannelBlock* const u[4]) {
  const __m512i low = swl_vnni_load_2(u[0]->multiplier, u[1]->multiplier);
  const __m512i high = swl_vnni_load_2(u[2]->multiplier, u[3]->multiplier);
  const __mmask64 exist =
      (__mmask64)_mm512_test_epi16_mask(high, high) << 32 | _mm512_test_epi16_mask(low, low);
  const __mmask64 narrow = _mm512_cmpneq_epi8_mask(c->lo, _mm512_set1_epi8(INT8_MIN)) |
                           _mm512_cmpneq_epi8_mask(c->hi, _mm512_set1_epi8(INT8_MAX));
  return (narrow & exist) != 0;
}

// What channels with s < 0 need.
SWL_VNNI static inline void swl_vnni_left_shifts__vnni(SwlVnniChannels* c, int32_t kind,
                                                       __m512i shifts, SwlVnniOrder order) {
  swl_vnni_order_8(order, shifts, c->up);
  const __m512i zero = _mm512_setzero_si512();
  const __m512i one = _mm512_set1_epi16(1), half = _mm512_set1_epi16(1 << 14);
  c->how = kind == SWL_EPILOGUE_REQUANTIZE ? SWL_VNNI_DOUBLES : SWL_VNNI_SHIFTS_LEFT;
  for (int i = 0; i < 2; i++) {
    c->up[i] = _mm512_max_epi16(_mm512_sub_epi16(zero, c->up[i]), zero);
    c->up_lo[i] = _mm512_srav_epi16(_mm512_set1_epi16(INT16_MIN), c->up[i]);
    c->up_hi[i] = _mm512_srav_epi16(_mm512_set1_epi16(INT16_MAX), c->up[i]);
    c->doubles[i] = _mm512_test_epi16_mask(c->up[i], c->up[i]);
    const __mmask32 can_double =
        _mm512_cmpeq_epi16_mask(c->up[i], one) & _mm512_cmpge_epi16_mask(c->multiplier[i], half);
    if (c->doubles[i] & ~can_double) c->how = SWL_VNNI_SHIFTS_LEFT;
  }
  if (c->how != SWL_VNNI_DOUBLES) return;
  for (int i = 0; i < 2; i++) {
    // 2m − 2¹⁵, modulo 2¹⁶.
    const __m512i twice = _mm512_add_epi16(c->multiplier[i], c->multiplier[i]);
    c->multiplier[i] =
        _mm512_mask_sub_epi16(c->multiplier[i], c->doubles[i], twice, _mm512_set1_epi16(INT16_MIN));
  }
}

// Gathers the constants of units 0…3: their channel blocks, the same one several times where
// units are several pixels of it.
SWL_VNNI static inline void swl_vnni_channels__vnni(SwlVnniChannels* c, const SwlEpilogue* e,
                                                    const SwlChannelBlock* const u[4],
                                                    SwlVnniOrder order) {
  __m512i bias[4], shift[4];
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    bias[i] = _mm512_sub_epi32(swl_vnni_load(u[i]->bias), swl_vnni_load(u[i]->weight_sum_128));
    shift[i] = _mm512_max_epi32(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)u[i]->shift)),
                                _mm512_setzero_si512());
  }
  if (order == SWL_VNNI_BY_QUAD) {
    swl_vnni_transpose_lanes(bias, bias);
    swl_vnni_transpose_lanes(shift, shift);
  }
  SWL_UNROLL
  for (int i = 0; i < 4; i++) {
    c->bias[i] = bias[i];
    c->shift[i] = shift[i];
  }
  swl_vnni_order_16(order, swl_vnni_load_2(u[0]->multiplier, u[1]->multiplier),
                    swl_vnni_load_2(u[2]->multiplier, u[3]->multiplier), c->multiplier);
  c->lo = swl_vnni_load_4(u[0]->lo, u[1]->lo, u[2]->lo, u[3]->lo);
  c->hi = swl_vnni_load_4(u[0]->hi, u[1]->hi, u[2]->hi, u[3]->hi);
  c->clamps = swl_vnni_clamps(c, u);

  const __m512i shifts = swl_vnni_load_4(u[0]->shift, u[1]->shift, u[2]->shift, u[3]->shift);
  c->how = SWL_VNNI_SHIFTS_RIGHT;
  if (_mm512_movepi8_mask(shifts)) swl_vnni_left_shifts__vnni(c, e->kind, shifts, order);
  switch ((SwlEpilogueKind)e->kind) {
    case SWL_EPILOGUE_REQUANTIZE:
      break;
    case SWL_EPILOGUE_HARD_SWISH:
      swl_vnni_second_constants(c, e, u, order);
      swl_vnni_swish_constants(c, e);
      break;
    case SWL_EPILOGUE_CURVE:
      swl_vnni_second_constants(c, e, u, order);
      swl_vnni_curve_constants(c, e);
      break;
    case SWL_EPILOGUE_ADD:
      c->skip_multiplier = _mm512_set1_epi16((int16_t)e->skip_multiplier);
      break;
  }
}

// x·2^up as the nearest int16.
SWL_VNNI_INLINE __m512i swl_vnni_shift_left(__m512i x, const SwlVnniChannels* c, int i) {
  const __mmask32 overflows = _mm512_cmpgt_epi16_mask(x, c->up_hi[i]);
  const __m512i shifted = _mm512_sllv_epi16(_mm512_max_epi16(x, c->up_lo[i]), c->up[i]);
  return _mm512_mask_mov_epi16(shifted, overflows, _mm512_set1_epi16(INT16_MAX));
}

// h-swish before m₂: h.
SWL_VNNI_INLINE __m512i swl_vnni_hard_swish(__m512i b, const SwlVnniChannels* c) {
  __m512i gate = _mm512_adds_epi16(b, c->swish_three);
  gate = _mm512_min_epi16(_mm512_max_epi16(gate, _mm512_setzero_si512()), c->swish_six);
  return _mm512_mulhrs_epi16(b, _mm512_sll_epi16(gate, c->gate_shift));
}

// swl_curve. A permutation takes the lower five bits of each place.
SWL_VNNI_INLINE __m512i swl_vnni_curve(__m512i b, const SwlVnniChannels* c) {
  __m512i t = _mm512_min_epi16(_mm512_max_epi16(b, c->core_lo), c->core_hi);
  t = _mm512_sll_epi16(t, c->core_shift);
  const __m512i sign = _mm512_set1_epi16(INT16_MIN);
  const __m512i segment = _mm512_srli_epi16(_mm512_xor_si512(t, sign), 11);
  // ((t & 2047) − 1024) << 5: the bits above fall off.
  const __m512i r = _mm512_xor_si512(_mm512_slli_epi16(t, 5), sign);
  const __m512i bend = _mm512_permutexvar_epi16(segment, c->bend);
  const __m512i d =
      _mm512_add_epi16(_mm512_permutexvar_epi16(segment, c->slope), _mm512_mulhrs_epi16(bend, r));
  const __m512i p =
      _mm512_add_epi16(_mm512_permutexvar_epi16(segment, c->value), _mm512_mulhrs_epi16(d, r));
  const __m512i ramp = _mm512_min_epi16(_mm512_max_epi16(b, _mm512_setzero_si512()), c->ramp_hi);
  return _mm512_adds_epi16(p, ramp);
}

// h times m₂ and the zero point, shifted to an integer. Sums saturate where the definition's are 32
// bits wide: both are past the clamp then.
SWL_VNNI_INLINE __m512i swl_vnni_second(__m512i h, const SwlVnniChannels* c, int i) {
  const __m512i sum =
      _mm512_adds_epi16(_mm512_mulhrs_epi16(h, c->second_multiplier[i]), c->addend[i]);
  return _mm512_sra_epi16(sum, c->output_shift);
}

// The 4 × 4 transposition of dwords: between units in order and packed accumulators by block.
SWL_VNNI_INLINE __m512i swl_vnni_transpose_dwords(__m512i bytes) {
  return _mm512_permutexvar_epi32(
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
}

// The 16-bit numbers that requantization starts from, of accumulators 0 and 1 (i = 0) or 2 and 3.
SWL_VNNI_INLINE __m512i swl_vnni_requantize_16(SwlVnniShift how, const SwlVnniChannels* c,
                                               const int i, __m512i acc_0, __m512i acc_1) {
  __m512i a = _mm512_packs_epi32(_mm512_srav_epi32(acc_0, c->shift[2 * i]),
                                 _mm512_srav_epi32(acc_1, c->shift[2 * i + 1]));
  if (how == SWL_VNNI_SHIFTS_LEFT) a = swl_vnni_shift_left(a, c, i);
  const __m512i b = _mm512_mulhrs_epi16(a, c->multiplier[i]);
  return how == SWL_VNNI_DOUBLES ? _mm512_mask_adds_epi16(b, c->doubles[i], b, a) : b;
}

// Half of 64 outputs, as 16-bit numbers that are still to be packed.
SWL_VNNI_INLINE __m512i swl_vnni_finish_half(int32_t kind, SwlVnniShift how,
                                             const SwlVnniChannels* c, const int i, __m512i acc_0,
                                             __m512i acc_1) {
  const __m512i b = swl_vnni_requantize_16(how, c, i, acc_0, acc_1);
  if (kind == SWL_EPILOGUE_HARD_SWISH) return swl_vnni_second(swl_vnni_hard_swish(b, c), c, i);
  if (kind == SWL_EPILOGUE_CURVE) return swl_vnni_second(swl_vnni_curve(b, c), c, i);
  return _mm512_srai_epi16(b, 6);
}

SWL_VNNI_INLINE __m512i swl_vnni_clamp(const SwlVnniChannels* c, __m512i y) {
  return c->clamps ? _mm512_min_epi8(_mm512_max_epi8(y, c->lo), c->hi) : y;
}

// 64 outputs from four accumulators; `skip` holds the other operand of a residual add. Where `kind`
// and `how` are constants, no branch is left.
SWL_VNNI_INLINE __m512i swl_vnni_finish(int32_t kind, SwlVnniShift how, const SwlVnniChannels* c,
                                        __m512i acc_0, __m512i acc_1, __m512i acc_2, __m512i acc_3,
                                        SwlVnniOrder order, __m512i skip) {
  __m512i b[2] = {swl_vnni_requantize_16(how, c, 0, acc_0, acc_1),
                  swl_vnni_requantize_16(how, c, 1, acc_2, acc_3)};
  if (kind == SWL_EPILOGUE_HARD_SWISH) {
    b[0] = swl_vnni_second(swl_vnni_hard_swish(b[0], c), c, 0);
    b[1] = swl_vnni_second(swl_vnni_hard_swish(b[1], c), c, 1);
  } else if (kind == SWL_EPILOGUE_CURVE) {
    b[0] = swl_vnni_second(swl_vnni_curve(b[0], c), c, 0);
    b[1] = swl_vnni_second(swl_vnni_curve(b[1], c), c, 1);
  } else {
    if (kind == SWL_EPILOGUE_ADD) {
      // Unpacking above zeros is a multiplication by 2⁸.
      if (order == SWL_VNNI_BY_BLOCK) skip = swl_vnni_transpose_dwords(skip);
      const __m512i zero = _mm512_setzero_si512();
      const __m512i low = _mm512_unpacklo_epi8(zero, skip);
      const __m512i high = _mm512_unpackhi_epi8(zero, skip);
      b[0] = _mm512_adds_epi16(b[0], _mm512_mulhrs_epi16(low, c->skip_multiplier));
      b[1] = _mm512_adds_epi16(b[1], _mm512_mulhrs_epi16(high, c->skip_multiplier));
    }
    b[0] = _mm512_srai_epi16(b[0], 6);
    b[1] = _mm512_srai_epi16(b[1], 6);
  }
  __m512i y = _mm512_packs_epi16(b[0], b[1]);
  if (order == SWL_VNNI_BY_BLOCK) y = swl_vnni_transpose_dwords(y);
  return swl_vnni_clamp(c, y);
}

#endif
