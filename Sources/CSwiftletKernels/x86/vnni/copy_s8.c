#if defined(__x86_64__)

#include "../avx2/copy_avx2.h"
#include "../x86_kernels.h"
#include "copy_vnni.h"

void swl_copy_s8__vnni(const SwlCopyParams* p, const int8_t* input, int8_t* output, int32_t begin,
                       int32_t end) {
  static const SwlCopyMoves moves = {
      .rows = swl_copy_rows__avx2,
      .lookup_rows = swl_copy_lookup_rows__vnni,
      .transpose = swl_copy_transpose__avx2,
  };
  swl_copy_s8_by(&moves, p, input, output, begin, end);
}

#endif
