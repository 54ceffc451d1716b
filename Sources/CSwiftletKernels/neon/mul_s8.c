#include "neon_kernels.h"

#if defined(SWL_NEON)

#include <assert.h>

#include "neon_elementwise.h"

// Channels whose factors are made once for all pixels: a cache line of them.
#define CHANNELS 64

typedef struct Multiply {
  uint16_t multiplier;
  int16x8_t zero_point, addend, shift;  // of the input; (zp << F) + 2^(F−1); −F
  int8x16_t lo, hi;
} Multiply;

static Multiply load(const SwlMultiplyParams* p) {
  assert(p->input_zero_point >= -128 && p->input_zero_point <= 127);
  assert(p->output_zero_point >= -128 && p->output_zero_point <= 127);
  assert(p->multiplier >= 0 && p->multiplier < 1 << 15);
  assert(p->output_shift >= 2 && p->output_shift <= 7 && p->lo <= p->hi);
  const int32_t half = 1 << (p->output_shift - 1);
  return (Multiply){
      .multiplier = (uint16_t)p->multiplier,
      .zero_point = vdupq_n_s16((int16_t)p->input_zero_point),
      .addend = vdupq_n_s16((int16_t)(p->output_zero_point * (1 << p->output_shift) + half)),
      .shift = vdupq_n_s16((int16_t)-p->output_shift),
      .lo = vdupq_n_s8((int8_t)p->lo),
      .hi = vdupq_n_s8((int8_t)p->hi),
  };
}

// swl_gate_factor of eight gates, as g = gate + 128; the rounding shift adds its 128.
SWL_NEON_INLINE int16x8_t gate_factors(const Multiply* m, uint8x8_t g) {
  const uint16x8_t wide = vmovl_u8(g);
  const uint16x4_t low = vrshrn_n_u32(vmull_n_u16(vget_low_u16(wide), m->multiplier), 8);
  return vreinterpretq_s16_u16(
      vcombine_u16(low, vrshrn_n_u32(vmull_n_u16(vget_high_u16(wide), m->multiplier), 8)));
}

// swl_gate_multiply up to the clamp; saturating sums end at the same clamp.
SWL_NEON_INLINE int8x8_t multiply_eight(const Multiply* m, int16x8_t x, int16x8_t factors) {
  const int16x8_t b = vqrdmulhq_s16(vshlq_n_s16(vsubq_s16(x, m->zero_point), 7), factors);
  return vqmovn_s16(vshlq_s16(vqaddq_s16(b, m->addend), m->shift));
}

SWL_NEON_INLINE int8x16_t multiply(const Multiply* m, int8x16_t x, const int16x8_t* factors) {
  const int8x8_t low = multiply_eight(m, vmovl_s8(vget_low_s8(x)), factors[0]);
  const int8x8_t high = multiply_eight(m, vmovl_high_s8(x), factors[1]);
  return vminq_s8(vmaxq_s8(vcombine_s8(low, high), m->lo), m->hi);
}

SWL_NEON_INLINE void load_factors(const Multiply* m, const int8_t* gate, int16x8_t* factors) {
  const uint8x16_t g = veorq_u8(vreinterpretq_u8_s8(vld1q_s8(gate)), vdupq_n_u8(0x80));
  factors[0] = gate_factors(m, vget_low_u8(g));
  factors[1] = gate_factors(m, vget_high_u8(g));
}

void swl_mul_channels_s8__neon(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                               int8_t* output, int64_t pixels) {
  const Multiply m = load(p);
  const int32_t channels = p->channels;
  assert(channels > 0);
  for (int32_t first = 0; first < channels; first += CHANNELS) {
    const int32_t count = channels - first < CHANNELS ? channels - first : CHANNELS;
    int16x8_t factors[CHANNELS / 8];
    for (int32_t c = 0; c < count; c += SWL_BLOCK_CHANNELS) {
      load_factors(&m, gate + first + c, factors + c / 8);
    }
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      const size_t at = (size_t)pixel * (size_t)channels + (size_t)first;
      for (int32_t c = 0; c < count; c += SWL_BLOCK_CHANNELS) {
        const int8x16_t y = multiply(&m, vld1q_s8(input + at + c), factors + c / 8);
        swl_neon_store_up_to_16(output + at + c, y, count - c);
      }
    }
  }
}

void swl_mul_s8__neon(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                      int8_t* output, int64_t count) {
  const Multiply m = load(p);
  for (; count > 0; count -= SWL_BLOCK_CHANNELS) {
    int16x8_t factors[2];
    load_factors(&m, gate, factors);
    swl_neon_store_up_to_16(output, multiply(&m, vld1q_s8(input), factors), count);
    input += SWL_BLOCK_CHANNELS;
    gate += SWL_BLOCK_CHANNELS;
    output += SWL_BLOCK_CHANNELS;
  }
}

#endif
