#ifndef SWL_REQUANTIZE_H
#define SWL_REQUANTIZE_H

#include "swl_types.h"

// The one place that multiplies and rounds. Every function states its formula in unbounded
// integers, where >> rounds down (towards −∞), and a worked example. All rounding is half up: the
// half is added before a shift that rounds down.

// Right shifts of negative numbers and conversions to a narrower signed type are
// implementation-defined in C11. GCC and clang document both as what is relied on here: the shift
// is arithmetic and the conversion wraps.
_Static_assert((-3 >> 1) == -2, "right shifts must round down");
_Static_assert((int32_t)UINT32_C(0xFFFFFFFE) == -2, "conversions must wrap");

// x·2^−n rounded down, 0 ≤ n ≤ 31. Example: −3, n = 1 → −2.
static inline int32_t swl_floor_shift(int32_t x, int32_t n) { return x >> n; }

// The same by a multiplication, for processors that cannot shift each lane of a vector by its own
// amount, as SSE2 cannot. It takes u = x + 2³¹, at least 0, and f = swl_shift_factor(n) = 2^(31−n):
// u·f·2^−31 = u·2^−n = x·2^−n + f, and f is an integer, so that rounding this down before f is
// taken away rounds x·2^−n down. The product is below 2⁶³. Example: −3, n = 1: u = 2³¹ − 3, f =
// 2³⁰; u·f >> 31 = 2³⁰ − 2; −2.
static inline uint32_t swl_shift_factor(int32_t n) { return UINT32_C(1) << (31 - n); }

static inline int32_t swl_floor_shift_by_factor(uint32_t u, uint32_t factor) {
  return (int32_t)((uint32_t)((uint64_t)u * factor >> 31) - factor);
}

// The nearest number in [lo, hi]. Example: 130, −128, 127 → 127.
static inline int32_t swl_clamp(int32_t x, int32_t lo, int32_t hi) {
  return x < lo ? lo : (x > hi ? hi : x);
}

// The nearest int16. Example: 40000 → 32767.
static inline int32_t swl_saturate_16(int32_t x) { return swl_clamp(x, INT16_MIN, INT16_MAX); }

// (x·m + 2¹⁴) >> 15, half up; x an int16 and |m| < 2¹⁵, so that the result is an int16.
// The hardware's SQRDMULH and PMULHRSW. Example: −3·2¹⁴ is −1.5, rounded half up → −1.
static inline int32_t swl_multiply_q15(int32_t x, int32_t m) {
  return swl_floor_shift(x * m + (1 << 14), 15);
}

// a = clamp(acc·2^−shift rounded down, −2¹⁵, 2¹⁵ − 1), −7 ≤ shift ≤ 24, any acc.
//
// A left shift of a saturated number saturates to the same result, so that clamping first keeps
// everything in int32. Examples: −5, shift 1 → −3; −5, shift −2 → −20; 300, shift −7 → 32767.
static inline int32_t swl_shift_accumulator(int32_t acc, int32_t shift) {
  const int32_t down = shift > 0 ? shift : 0;
  const int32_t up = shift < 0 ? -shift : 0;
  return swl_saturate_16(swl_saturate_16(swl_floor_shift(acc, down)) * (1 << up));
}

// b = (a·m + 2¹⁴) >> 15, half up: the 16-bit result that every epilogue starts from.
// Example: acc = 1000, shift 1, m = 2¹⁴: a = 500, b = 250.
static inline int32_t swl_requantize_16(int32_t acc, int32_t shift, int32_t multiplier) {
  return swl_multiply_q15(swl_shift_accumulator(acc, shift), multiplier);
}

// y = clamp(b >> 6, lo, hi), rounded down: the half stands in the bias.
// Example: acc = 1000, shift 1, m = 2¹⁴: b = 250, y = 3.
static inline int8_t swl_requantize(int32_t acc, int32_t shift, int32_t multiplier, int32_t lo,
                                    int32_t hi) {
  return (int8_t)swl_clamp(swl_floor_shift(swl_requantize_16(acc, shift, multiplier), 6), lo, hi);
}

// Ends a product that carries n fraction bits, half up:
// y = clamp((c + (zero_point << n) + 2^(n−1)) >> n, lo, hi), 1 ≤ n ≤ 7, |c| ≤ 2¹⁵.
// Example: c = 10, n = 2, zero_point −1: (10 − 4 + 2) >> 2 = 2.
static inline int8_t swl_finish_product(int32_t c, int32_t zero_point, int32_t n, int32_t lo,
                                        int32_t hi) {
  const int32_t sum = c + zero_point * (1 << n) + (1 << (n - 1));
  return (int8_t)swl_clamp(swl_floor_shift(sum, n), lo, hi);
}

// h-swish of x = b·2^−f, with b as swl_requantize_16 makes it and 0 ≤ f ≤ 12:
//   g = clamp(b + 3·2^f, 0, 6·2^f) << (12 − f)
//   h = (b·g + 2¹⁴) >> 15                        half up; ¾·hswish(x)·2^f
//   c = (h·m₂ + 2¹⁴) >> 15                       half up; 0 ≤ m₂ < 2¹⁵
//   y = clamp((c + (zp << F) + 2^(F−1)) >> F)    half up; 2 ≤ F ≤ 7
// Example: x = 1, f = 12: b = 4096, g = 16384, h = 2048 (¾·⅔·2¹²); m₂ = 2¹⁴: c = 1024;
// F = 5, zp = −10: y = (1024 − 320 + 16) >> 5 = 22.
static inline int8_t swl_hard_swish(int32_t b, int32_t fraction_bits, int32_t second_multiplier,
                                    int32_t zero_point, int32_t output_shift, int32_t lo,
                                    int32_t hi) {
  const int32_t gate = swl_clamp(b + 3 * (1 << fraction_bits), 0, 6 * (1 << fraction_bits));
  const int32_t h = swl_multiply_q15(b, gate * (1 << (12 - fraction_bits)));
  const int32_t c = swl_multiply_q15(h, second_multiplier);
  return swl_finish_product(c, zero_point, output_shift, lo, hi);
}

// A smooth function of b, as swl_requantize_16 makes it, 0 ≤ k ≤ 12:
//   t = clamp(b, −2^(15−k), 2^(15−k) − 1) << k     the curve's core; beyond it the ends hold
//   i = (t + 2¹⁵) >> 11                            the segment
//   r = ((t & 2047) − 1024) << 5                   the place in it, −1 ≤ r·2^−15 < 1
//   d = slope[i] + ((bend[i]·r + 2¹⁴) >> 15)       half up
//   h = clamp(value[i] + ((d·r + 2¹⁴) >> 15) + ramp·max(b, 0), −2¹⁵, 2¹⁵ − 1)    half up
// Example: k = 1, b = 3000: t = 6000, i = 18, r = (1904 − 1024)·32 = 28160; with value 100, slope
// 50, bend 10: d = 50 + 9 = 59, h = 100 + 51 = 151, with a ramp 3151.
static inline int32_t swl_curve(int32_t b, const SwlCurve* _Nonnull curve, int32_t core_shift,
                                int32_t ramp) {
  const int32_t end = 1 << (15 - core_shift);
  const int32_t t = swl_clamp(b, -end, end - 1) * (1 << core_shift);
  const int32_t i = swl_floor_shift(t + (1 << 15), 11);
  const int32_t r = ((t & 2047) - 1024) * 32;
  const int32_t d = curve->slope[i] + swl_multiply_q15(r, curve->bend[i]);
  const int32_t p = curve->value[i] + swl_multiply_q15(r, d);
  return swl_saturate_16(p + (ramp && b > 0 ? b : 0));
}

// The curve's h brought to int8: c = (h·m₂ + 2¹⁴) >> 15, half up; then swl_finish_product.
static inline int8_t swl_finish_curve(int32_t h, int32_t second_multiplier, int32_t zero_point,
                                      int32_t output_shift, int32_t lo, int32_t hi) {
  return swl_finish_product(swl_multiply_q15(h, second_multiplier), zero_point, output_shift, lo,
                            hi);
}

// A convolution's residual add: y = clamp((b + ((q·2⁸·m_r + 2¹⁴) >> 15)) >> 6, lo, hi), the inner
// shift half up, the outer one rounded down (its half and the zero points stand in the bias);
// 0 ≤ m_r < 2¹⁴. Example: b = 250, q = 3, m_r = 2¹³: 250 + 192 = 442, y = 6.
static inline int8_t swl_residual_add(int32_t b, int32_t q, int32_t skip_multiplier, int32_t lo,
                                      int32_t hi) {
  const int32_t skip = swl_multiply_q15(q * (1 << 8), skip_multiplier);
  return (int8_t)swl_clamp(swl_floor_shift(b + skip, 6), lo, hi);
}

// The standalone add: y = clamp((a·m_a + b·m_b + addend) >> shift, lo, hi), rounded down: the half
// stands in the addend. Example: a = 10, b = −4, m_a = m_b = 2¹⁴, addend 2¹⁴, shift 15: 3.5 → 3.
static inline int8_t swl_add(int32_t a, int32_t b, int32_t multiplier_a, int32_t multiplier_b,
                             int32_t addend, int32_t shift, int32_t lo, int32_t hi) {
  const int32_t sum = a * multiplier_a + b * multiplier_b + addend;
  return (int8_t)swl_clamp(swl_floor_shift(sum, shift), lo, hi);
}

// P = (g·m + 128) >> 8 with g = gate + 128, half up: the gate's factor, 0 ≤ P < 2¹⁵.
// Example: gate −128 → 0; gate 127, m = 2¹⁴: (255·16384 + 128) >> 8 = 16320.
static inline int32_t swl_gate_factor(int32_t gate, int32_t multiplier) {
  return swl_floor_shift((gate + 128) * multiplier + 128, 8);
}

// b = ((q − z)·2⁷·P + 2¹⁴) >> 15, half up; then swl_finish_product.
// Example: q − z = 100, P = 16320: b = (100·128·16320 + 2¹⁴) >> 15 = 6375; F = 6, zp = 0: y = 100.
static inline int8_t swl_gate_multiply(int32_t q, int32_t input_zero_point, int32_t factor,
                                       int32_t output_zero_point, int32_t output_shift, int32_t lo,
                                       int32_t hi) {
  const int32_t b = swl_multiply_q15((q - input_zero_point) * (1 << 7), factor);
  return swl_finish_product(b, output_zero_point, output_shift, lo, hi);
}

#endif
