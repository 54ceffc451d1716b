#include <assert.h>

#include "CSwiftletKernels.h"

void swl_add_s8__portable(const SwlAddParams* p, const int8_t* a, const int8_t* b, int8_t* output,
                          int64_t count) {
  assert(p->multiplier_a >= 0 && p->multiplier_a < 1 << 15);
  assert(p->multiplier_b >= 0 && p->multiplier_b < 1 << 15);
  assert(p->addend > -(1 << 30) && p->addend < 1 << 30);
  assert(p->shift >= 0 && p->shift <= 20 && p->lo <= p->hi);
  for (int64_t i = 0; i < count; i++) {
    output[i] =
        swl_add(a[i], b[i], p->multiplier_a, p->multiplier_b, p->addend, p->shift, p->lo, p->hi);
  }
}
