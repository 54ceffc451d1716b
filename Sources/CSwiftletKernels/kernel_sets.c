#include <string.h>

#include "CSwiftletKernels.h"
#include "neon/neon_kernels.h"
#include "x86/x86_kernels.h"

// Every set, best last. A new set is one entry here, its functions in their own folder, and a
// check of the CPU features they need; tests and benchmarks walk this table.
typedef struct KernelSetEntry {
  SwlKernelSet functions;
  int32_t (*is_supported)(void);
} KernelSetEntry;

static int32_t every_cpu(void) { return 1; }

static const KernelSetEntry entries[] = {
    {
        .functions =
            {
                .name = "portable",
                .conv2d = swl_conv2d_s8__portable,
                .dwconv = swl_dwconv_s8__portable,
                .fc = swl_fc_s8__portable,
                .add = swl_add_s8__portable,
                .mul_channels = swl_mul_channels_s8__portable,
                .mul = swl_mul_s8__portable,
                .lookup = swl_lookup_s8__portable,
                .copy = swl_copy_s8__portable,
                .avgpool = swl_avgpool_s8__portable,
                .maxpool = swl_maxpool_s8__portable,
                .mean = swl_mean_s8__portable,
            },
        .is_supported = every_cpu,
    },
#if defined(__x86_64__)
    {
        .functions =
            {
                .name = "avx2",
                .conv2d = swl_conv2d_s8__avx2,
                .dwconv = swl_dwconv_s8__avx2,
                .fc = swl_fc_s8__avx2,
                .add = swl_add_s8__avx2,
                .mul_channels = swl_mul_channels_s8__avx2,
                .mul = swl_mul_s8__avx2,
                .lookup = swl_lookup_s8__avx2,
                .copy = swl_copy_s8__avx2,
                .avgpool = swl_avgpool_s8__avx2,
                .maxpool = swl_maxpool_s8__avx2,
                .mean = swl_mean_s8__avx2,
            },
        .is_supported = swl_cpu_has_avx2,
    },
    {
        .functions =
            {
                .name = "vnni",
                .conv2d = swl_conv2d_s8__vnni,
                .dwconv = swl_dwconv_s8__vnni,
                .fc = swl_fc_s8__vnni,
                .add = swl_add_s8__vnni,
                .mul_channels = swl_mul_channels_s8__vnni,
                .mul = swl_mul_s8__vnni,
                .lookup = swl_lookup_s8__vnni,
                .copy = swl_copy_s8__vnni,
                .avgpool = swl_avgpool_s8__avx2,
                .maxpool = swl_maxpool_s8__avx2,
                .mean = swl_mean_s8__vnni,
            },
        .is_supported = swl_cpu_has_vnni,
    },
#endif
#if defined(SWL_NEON)
    {
        .functions =
            {
                .name = "neon",
                .conv2d = swl_conv2d_s8__neon,
                .dwconv = swl_dwconv_s8__neon,
                .fc = swl_fc_s8__neon,
                .add = swl_add_s8__neon,
                .mul_channels = swl_mul_channels_s8__neon,
                .mul = swl_mul_s8__neon,
                .lookup = swl_lookup_s8__neon,
                .copy = swl_copy_s8__neon,
                .avgpool = swl_avgpool_s8__neon,
                .maxpool = swl_maxpool_s8__neon,
                .mean = swl_mean_s8__neon,
            },
        .is_supported = every_cpu,
    },
#endif
#if defined(__aarch64__)
    {
        .functions =
            {
                .name = "dotprod",
                .conv2d = swl_conv2d_s8__dotprod,
                .dwconv = swl_dwconv_s8__dotprod,
                .fc = swl_fc_s8__dotprod,
                .add = swl_add_s8__neon,
                .mul_channels = swl_mul_channels_s8__neon,
                .mul = swl_mul_s8__neon,
                .lookup = swl_lookup_s8__neon,
                .copy = swl_copy_s8__neon,
                .avgpool = swl_avgpool_s8__neon,
                .maxpool = swl_maxpool_s8__neon,
                .mean = swl_mean_s8__neon,
            },
        .is_supported = swl_cpu_has_dotprod,
    },
#endif
};

int32_t swl_kernel_set_count(void) { return (int32_t)(sizeof entries / sizeof entries[0]); }

const SwlKernelSet* swl_kernel_set_at(int32_t index) { return &entries[index].functions; }

int32_t swl_kernel_set_is_supported(int32_t index) { return entries[index].is_supported(); }

const SwlKernelSet* swl_kernel_set_best(void) {
  int32_t best = swl_kernel_set_count() - 1;
  while (best > 0 && !swl_kernel_set_is_supported(best)) best--;
  return swl_kernel_set_at(best);
}

const SwlKernelSet* swl_kernel_set_named(const char* name) {
  if (strcmp(name, "scalar") == 0) name = "portable";
  for (int32_t i = 0; i < swl_kernel_set_count(); i++) {
    if (strcmp(entries[i].functions.name, name) == 0) {
      return swl_kernel_set_is_supported(i) ? &entries[i].functions : NULL;
    }
  }
  return NULL;
}
