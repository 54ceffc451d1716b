#include <assert.h>

#include "CSwiftletKernels.h"

static void assert_params(const SwlMultiplyParams* p) {
  assert(p->input_zero_point >= -128 && p->input_zero_point <= 127);
  assert(p->output_zero_point >= -128 && p->output_zero_point <= 127);
  assert(p->multiplier >= 0 && p->multiplier < 1 << 15);
  assert(p->output_shift >= 2 && p->output_shift <= 7 && p->lo <= p->hi);
  (void)p;
}

static inline int8_t multiply(const SwlMultiplyParams* p, int8_t x, int8_t gate) {
  return swl_gate_multiply(x, p->input_zero_point, swl_gate_factor(gate, p->multiplier),
                           p->output_zero_point, p->output_shift, p->lo, p->hi);
}

void swl_mul_channels_s8__scalar(const SwlMultiplyParams* p, const int8_t* input,
                                 const int8_t* gate, int8_t* output, int64_t pixels) {
  assert_params(p);
  assert(p->channels > 0);
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    for (int32_t c = 0; c < p->channels; c++) output[c] = multiply(p, input[c], gate[c]);
    input += p->channels;
    output += p->channels;
  }
}

void swl_mul_s8__scalar(const SwlMultiplyParams* p, const int8_t* input, const int8_t* gate,
                        int8_t* output, int64_t count) {
  assert_params(p);
  for (int64_t i = 0; i < count; i++) output[i] = multiply(p, input[i], gate[i]);
}
