#include "CSwiftletKernels.h"

void swl_lookup_s8__portable(const int8_t* table, const int8_t* input, int8_t* output,
                             int64_t count) {
  for (int64_t i = 0; i < count; i++) output[i] = table[input[i] + 128];
}
