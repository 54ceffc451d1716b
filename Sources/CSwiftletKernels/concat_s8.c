#include "concat_rows.h"

void swl_concat_s8__portable(const int8_t* table, const int8_t* input, int8_t* output,
                             int64_t pixels, int32_t channels, int32_t output_channels) {
  swl_concat_rows(swl_lookup_s8__portable, table, input, output, pixels, channels, output_channels);
}
