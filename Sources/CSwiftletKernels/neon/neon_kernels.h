#ifndef SWL_NEON_KERNELS_H
#define SWL_NEON_KERNELS_H

#include "CSwiftletKernels.h"

// The functions of the sets "neon" (ARMv8.0: Pi 3, Pi 4, Zero 2 W; ARMv7 with NEON: Pi 2) and
// "dotprod" (Pi 5, 64 bits only). They do what the portable ones of the same name do, to the byte,
// for any weights.

// Whether "neon" is built. On 32 bits the whole build must be for processors with NEON (-mfpu=neon
// or above, clang's default for armv7): nothing looks for it at run time.
#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#define SWL_NEON 1
#endif

// Whether this CPU has SDOT.
int32_t swl_cpu_has_dotprod(void);

void swl_conv2d_s8__neon(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_dwconv_s8__neon(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_fc_s8__neon(const SwlFullyConnectedParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t block_begin, int32_t block_end);
void swl_add_s8__neon(const SwlAddParams* _Nonnull params, const int8_t* _Nonnull a,
                      const int8_t* _Nonnull b, int8_t* _Nonnull output, int64_t count);
void swl_mul_channels_s8__neon(const SwlMultiplyParams* _Nonnull params,
                               const int8_t* _Nonnull input, const int8_t* _Nonnull gate,
                               int8_t* _Nonnull output, int64_t pixels);
void swl_mul_s8__neon(const SwlMultiplyParams* _Nonnull params, const int8_t* _Nonnull input,
                      const int8_t* _Nonnull gate, int8_t* _Nonnull output, int64_t count);
void swl_lookup_s8__neon(const int8_t* _Nonnull table, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int64_t count);
void swl_copy_s8__neon(const SwlCopyParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t begin, int32_t end);
void swl_avgpool_s8__neon(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                          int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_maxpool_s8__neon(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                          int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_mean_s8__neon(const SwlMeanParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t channel_begin, int32_t channel_end);

void swl_conv2d_s8__dotprod(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                            int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_dwconv_s8__dotprod(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                            int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_fc_s8__dotprod(const SwlFullyConnectedParams* _Nonnull params,
                        const int8_t* _Nonnull input, int8_t* _Nonnull output, int32_t block_begin,
                        int32_t block_end);

#endif
