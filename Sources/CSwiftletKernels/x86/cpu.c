#include "x86_kernels.h"

#if defined(__x86_64__)

// The compiler's run-time library asks CPUID for the instructions and XGETBV for what the system
// saves on a task switch.
int32_t swl_cpu_has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
}

int32_t swl_cpu_has_vnni(void) {
  __builtin_cpu_init();
  return swl_cpu_has_avx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

int32_t swl_cpu_has_vbmi(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512vbmi") != 0;
}

#endif
