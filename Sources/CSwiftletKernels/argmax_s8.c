#include <assert.h>

#include "CSwiftletKernels.h"

int32_t swl_argmax_s8__scalar(const int8_t* values, int32_t count) {
  assert(count > 0);
  int32_t best = 0;
  for (int32_t i = 1; i < count; i++) {
    if (values[i] > values[best]) best = i;
  }
  return best;
}
