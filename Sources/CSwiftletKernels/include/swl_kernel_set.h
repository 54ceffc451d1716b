#ifndef SWL_KERNEL_SET_H
#define SWL_KERNEL_SET_H

#include "swl_conv.h"
#include "swl_copy.h"
#include "swl_elementwise.h"
#include "swl_pool.h"

// One function per operation. A set for an ISA lists its own functions and the portable ones for
// what it does not specialise.
typedef struct SwlKernelSet {
  const char* _Nonnull name;  // "portable", "avx2", "vnni", "neon", "dotprod"
  void (*_Nonnull conv2d)(const SwlConvParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                          int32_t, int32_t);
  void (*_Nonnull dwconv)(const SwlConvParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                          int32_t, int32_t);
  void (*_Nonnull fc)(const SwlFullyConnectedParams* _Nonnull, const int8_t* _Nonnull,
                      int8_t* _Nonnull, int32_t, int32_t);
  void (*_Nonnull add)(const SwlAddParams* _Nonnull, const int8_t* _Nonnull, const int8_t* _Nonnull,
                       int8_t* _Nonnull, int64_t);
  void (*_Nonnull mul_channels)(const SwlMultiplyParams* _Nonnull, const int8_t* _Nonnull,
                                const int8_t* _Nonnull, int8_t* _Nonnull, int64_t);
  void (*_Nonnull mul)(const SwlMultiplyParams* _Nonnull, const int8_t* _Nonnull,
                       const int8_t* _Nonnull, int8_t* _Nonnull, int64_t);
  void (*_Nonnull lookup)(const int8_t* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                          int64_t);
  void (*_Nonnull copy)(const SwlCopyParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                        int32_t, int32_t);
  void (*_Nonnull avgpool)(const SwlPoolParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                           int32_t, int32_t);
  void (*_Nonnull maxpool)(const SwlPoolParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                           int32_t, int32_t);
  void (*_Nonnull mean)(const SwlMeanParams* _Nonnull, const int8_t* _Nonnull, int8_t* _Nonnull,
                        int32_t, int32_t);
} SwlKernelSet;

// The sets compiled in, best last; index < swl_kernel_set_count(). Includes sets this CPU cannot
// run.
int32_t swl_kernel_set_count(void);
const SwlKernelSet* _Nonnull swl_kernel_set_at(int32_t index);

// Whether this CPU has every feature the set at `index` needs.
int32_t swl_kernel_set_is_supported(int32_t index);

// The best supported set.
const SwlKernelSet* _Nonnull swl_kernel_set_best(void);

// The set of that name, or null when it is unknown or this CPU cannot run it. "scalar", what
// "portable" was called once, finds it still.
const SwlKernelSet* _Nullable swl_kernel_set_named(const char* _Nonnull name);

#endif
