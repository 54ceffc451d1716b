#ifndef SWL_X86_KERNELS_H
#define SWL_X86_KERNELS_H

#include "../include/CSwiftletKernels.h"

#if defined(__x86_64__)

// Whether the CPU has a set's instructions and the system saves their registers.
int32_t swl_cpu_has_avx2(void);
int32_t swl_cpu_has_vnni(void);
// What a set uses only where it is there.
int32_t swl_cpu_has_vbmi(void);

void swl_conv2d_s8__vnni(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_dwconv_s8__vnni(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_fc_s8__vnni(const SwlFullyConnectedParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t block_begin, int32_t block_end);
void swl_add_s8__vnni(const SwlAddParams* _Nonnull params, const int8_t* _Nonnull a,
                      const int8_t* _Nonnull b, int8_t* _Nonnull output, int64_t count);
void swl_mul_channels_s8__vnni(const SwlMultiplyParams* _Nonnull params,
                               const int8_t* _Nonnull input, const int8_t* _Nonnull gate,
                               int8_t* _Nonnull output, int64_t pixels);
void swl_mul_s8__vnni(const SwlMultiplyParams* _Nonnull params, const int8_t* _Nonnull input,
                      const int8_t* _Nonnull gate, int8_t* _Nonnull output, int64_t count);
void swl_mean_s8__vnni(const SwlMeanParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t channel_begin, int32_t channel_end);
void swl_lookup_s8__vnni(const int8_t* _Nonnull table, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int64_t count);
void swl_copy_s8__vnni(const SwlCopyParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t begin, int32_t end);

void swl_conv2d_s8__avx2(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_dwconv_s8__avx2(const SwlConvParams* _Nonnull params, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_fc_s8__avx2(const SwlFullyConnectedParams* _Nonnull params, const int8_t* _Nonnull input,
                     int8_t* _Nonnull output, int32_t block_begin, int32_t block_end);
void swl_add_s8__avx2(const SwlAddParams* _Nonnull params, const int8_t* _Nonnull a,
                      const int8_t* _Nonnull b, int8_t* _Nonnull output, int64_t count);
void swl_mul_channels_s8__avx2(const SwlMultiplyParams* _Nonnull params,
                               const int8_t* _Nonnull input, const int8_t* _Nonnull gate,
                               int8_t* _Nonnull output, int64_t pixels);
void swl_mul_s8__avx2(const SwlMultiplyParams* _Nonnull params, const int8_t* _Nonnull input,
                      const int8_t* _Nonnull gate, int8_t* _Nonnull output, int64_t count);
void swl_mean_s8__avx2(const SwlMeanParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t channel_begin, int32_t channel_end);
void swl_lookup_s8__avx2(const int8_t* _Nonnull table, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output, int64_t count);
void swl_copy_s8__avx2(const SwlCopyParams* _Nonnull params, const int8_t* _Nonnull input,
                       int8_t* _Nonnull output, int32_t begin, int32_t end);
void swl_avgpool_s8__avx2(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                          int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);
void swl_maxpool_s8__avx2(const SwlPoolParams* _Nonnull params, const int8_t* _Nonnull input,
                          int8_t* _Nonnull output, int32_t row_begin, int32_t row_end);

#endif
#endif
