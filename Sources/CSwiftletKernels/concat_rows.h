#ifndef SWL_CONCAT_ROWS_H
#define SWL_CONCAT_ROWS_H

#include <assert.h>
#include <string.h>

#include "CSwiftletKernels.h"

// A concatenation with the set's own `lookup`, which has the signature of swl_lookup_s8__portable;
// a constant at every call.
static inline void swl_concat_rows(void (*_Nonnull lookup)(const int8_t* _Nonnull,
                                                           const int8_t* _Nonnull, int8_t* _Nonnull,
                                                           int64_t),
                                   const int8_t* _Nullable table, const int8_t* _Nonnull input,
                                   int8_t* _Nonnull output, int64_t pixels, int32_t channels,
                                   int32_t output_channels) {
  assert(channels > 0 && channels <= output_channels);
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    if (table) {
      lookup(table, input, output, channels);
    } else {
      memcpy(output, input, (size_t)channels);
    }
    input += channels;
    output += output_channels;
  }
}

#endif
