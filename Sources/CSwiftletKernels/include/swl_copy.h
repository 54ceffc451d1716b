#ifndef SWL_COPY_H
#define SWL_COPY_H

#include "swl_types.h"

// The most dimensions that a tensor has.
#define SWL_MAX_RANK 6

// Data movement: for every index (i₀, i₁, …) of a box,
//   output[Σ iₖ·output_stride[k]] = f(input[Σ iₖ·input_stride[k]]),
// with f(x) = table[x + 128], or x where table is null.
//
// Slices, transposes, channel shuffles, space to depth, concatenations and nearest upsampling are
// such boxes, with the pointers moved to where the box starts. Dimensions may stand in any order,
// except that the first is the one that callers divide among threads. Input strides may be 0, which
// repeats, and negative, which reverses. Output strides are positive where a size is above 1, and
// no byte is written by two indices; none is written outside the box. The input may stand anywhere,
// except that with a table up to 63 bytes after each byte of it may be read, as of activations.
typedef struct SwlCopyParams {
  int32_t rank;                         // 1…SWL_MAX_RANK
  int32_t size[SWL_MAX_RANK];           // at least 1
  int64_t input_stride[SWL_MAX_RANK];   // in bytes
  int64_t output_stride[SWL_MAX_RANK];  // in bytes
  const int8_t* _Nullable table;        // SWL_TABLE_BYTES
} SwlCopyParams;

// Makes a box of pixels, its first dimension, one of `channels` contiguous bytes each, which become
// pixels of `output_step` bytes. In C, since Swift 6.0 may look up the type of the optional pointer
// when a part of the structure changes, which allocates.
static inline void swl_copy_set_channels(SwlCopyParams* _Nonnull params, int32_t channels,
                                         int64_t output_step) {
  params->rank = 2;
  params->size[1] = channels;
  params->input_stride[0] = channels;
  params->output_stride[0] = output_step;
  params->input_stride[1] = params->output_stride[1] = 1;
}

// Copies the part of the box with i₀ in [begin, end). Both pointers are to the byte of index 0,
// whatever the part.
void swl_copy_s8__portable(const SwlCopyParams* _Nonnull params, const int8_t* _Nonnull input,
                           int8_t* _Nonnull output, int32_t begin, int32_t end);

#endif
