#if defined(__aarch64__)

#include "neon_kernels.h"

#if defined(__linux__)
#include <sys/auxv.h>

// HWCAP_ASIMDDP, which old headers lack.
#define HAS_DOTPROD (1UL << 20)

int32_t swl_cpu_has_dotprod(void) { return (getauxval(AT_HWCAP) & HAS_DOTPROD) != 0; }

#elif defined(__ARM_FEATURE_DOTPROD)

int32_t swl_cpu_has_dotprod(void) { return 1; }

#else

int32_t swl_cpu_has_dotprod(void) { return 0; }

#endif

#endif
