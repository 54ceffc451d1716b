#include <assert.h>

#include "requantize_8.h"

static void assert_params(const SwlMultiplyParams* p) {
  assert(p->input_zero_point >= -128 && p->input_zero_point <= 127);
  assert(p->output_zero_point >= -128 && p->output_zero_point <= 127);
  assert(p->multiplier >= 0 && p->multiplier < 1 << 15);
  assert(p->output_shift >= 2 && p->output_shift <= 7 && p->lo <= p->hi);
  (void)p;
}

// The constants in every lane.
typedef struct Lanes {
  SwlShorts8 input_zero_point, addend, shift, lo, hi;
} Lanes;

static inline Lanes make_lanes(const SwlMultiplyParams* p) {
  const int32_t zero_point = p->output_zero_point * (1 << p->output_shift);
  return (Lanes){.input_zero_point = swl_splat_8(p->input_zero_point),
                 .addend = swl_splat_8(zero_point + (1 << (p->output_shift - 1))),
                 .shift = swl_splat_8(p->output_shift),
                 .lo = swl_splat_8(p->lo),
                 .hi = swl_splat_8(p->hi)};
}

// The factors of eight gates.
static inline SwlShorts8 find_factors(const SwlMultiplyParams* p, const int8_t* gate) {
  SwlShorts8 factors;
  for (int32_t i = 0; i < 8; i++) factors[i] = (int16_t)swl_gate_factor(gate[i], p->multiplier);
  return factors;
}

// swl_gate_multiply of eight bytes, of which `count` are stored.
static inline void multiply_8(const Lanes* c, const int8_t* input, SwlShorts8 factors,
                              int8_t* output, int32_t count) {
  const SwlShorts8 x = (swl_widen_8(input) - c->input_zero_point) * 128;
  const SwlShorts8 b = swl_add_saturated_8(swl_multiply_q15_8(x, factors), c->addend);
  swl_store_8(output, swl_clamp_8(b >> c->shift, c->lo, c->hi), count);
}

void swl_mul_channels_s8__portable(const SwlMultiplyParams* p, const int8_t* input,
                                   const int8_t* gate, int8_t* output, int64_t pixels) {
  assert_params(p);
  assert(p->channels > 0);
  const Lanes lanes = make_lanes(p);
  for (int32_t c = 0; c < p->channels; c += 8) {
    const SwlShorts8 factors = find_factors(p, gate + c);
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      const size_t at = (size_t)pixel * (size_t)p->channels + (size_t)c;
      multiply_8(&lanes, input + at, factors, output + at, p->channels - c);
    }
  }
}

void swl_mul_s8__portable(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                          int8_t* output, int64_t count) {
  assert_params(p);
  const Lanes lanes = make_lanes(p);
  for (int64_t i = 0; i < count; i += 8) {
    multiply_8(&lanes, input + i, find_factors(p, gate + i), output + i,
               count - i < 8 ? (int32_t)(count - i) : 8);
  }
}
