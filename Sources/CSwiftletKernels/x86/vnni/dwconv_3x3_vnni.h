#ifndef SWL_DWCONV_3X3_VNNI_H
#define SWL_DWCONV_3X3_VNNI_H

#include "../../include/CSwiftletKernels.h"

// Whether swl_dwconv_3x3__vnni may compute it: 3×3 with stride 1 and without dilation.
static inline int32_t swl_dwconv_is_3x3(const SwlConvParams* _Nonnull p) {
  return p->kernel_h == 3 && p->kernel_w == 3 && p->stride_h == 1 && p->stride_w == 1 &&
         p->dilation_h == 1 && p->dilation_w == 1;
}

// Computes the channels of four blocks from block `block` on. Returns 0 and writes nothing where
// another function is as fast: for the last few channels of many.
int32_t swl_dwconv_3x3__vnni(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output, int32_t row_begin, int32_t row_end,
                             int32_t block);

#endif
