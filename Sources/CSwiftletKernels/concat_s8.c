#include <assert.h>
#include <string.h>

#include "CSwiftletKernels.h"

void swl_concat_s8__scalar(const int8_t* table, const int8_t* input, int8_t* output,
                           int64_t pixels, int32_t channels, int32_t output_channels) {
  assert(channels > 0 && channels <= output_channels);
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    if (table) {
      swl_lookup_s8__scalar(table, input, output, channels);
    } else {
      memcpy(output, input, (size_t)channels);
    }
    input += channels;
    output += output_channels;
  }
}
