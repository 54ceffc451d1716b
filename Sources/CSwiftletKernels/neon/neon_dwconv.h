#ifndef SWL_NEON_DWCONV_H
#define SWL_NEON_DWCONV_H

#include "neon_epilogue.h"

// Kernels of 3×3 and 5×5 have functions of their own.
#define SWL_NEON_DW_KERNEL 5

// A part of a depthwise convolution: `rows` × `pixels` outputs of one block of 16 channels.
//
// The windows have been copied together, 16 bytes a pixel and padding in its place, so that
// neither edges nor rows outside need code of their own, and neighbours load two at a time.
typedef struct SwlNeonDwRun {
  const int8_t* _Nonnull input;    // the first window's first pixel
  size_t pitch;                    // bytes between its rows
  const int8_t* _Nonnull weights;  // [kernel_w][⌈kernel_h/4⌉][16][4]
  const SwlNeonBlock* _Nonnull block;
  int8_t* _Nonnull output;
  size_t output_step, output_pitch;  // between pixels and rows
  int32_t rows, pixels, stride_h;
} SwlNeonDwRun;

typedef void SwlNeonDwRunFunction(const SwlNeonDwRun* _Nonnull run);

// The functions of one set, by kernel and horizontal stride.
typedef struct SwlNeonDwKernels {
  SwlNeonDwRunFunction* _Nonnull k3_s1;
  SwlNeonDwRunFunction* _Nonnull k3_s2;
  SwlNeonDwRunFunction* _Nonnull k5_s1;
  SwlNeonDwRunFunction* _Nonnull k5_s2;
  int32_t checks_128;  // whether weights of −128 are not for them
} SwlNeonDwKernels;

// Any depthwise convolution: by `kernels` where one fits, else pixel by pixel.
void swl_neon_dwconv(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t row_begin, int32_t row_end,
                     const SwlNeonDwKernels* _Nonnull kernels);

#endif
