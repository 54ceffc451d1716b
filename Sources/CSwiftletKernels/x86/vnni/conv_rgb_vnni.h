#ifndef SWL_CONV_RGB_VNNI_H
#define SWL_CONV_RGB_VNNI_H

#include "../../conv_window.h"

// The first layer of nearly every network: 3×3 with horizontal stride 2 over 3 channels.

// Whether swl_conv_rgb__vnni computes it.
static inline int32_t swl_conv_is_rgb(const SwlConvParams* _Nonnull p) {
  return p->in_c == 3 && p->groups == 1 && p->kernel_h == 3 && p->kernel_w == 3 &&
         p->stride_w == 2 && p->dilation_w == 1 && p->out_w >= 8 &&
         p->epilogue.kind != SWL_EPILOGUE_ADD;
}

void swl_conv_rgb__vnni(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                        int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

#endif
