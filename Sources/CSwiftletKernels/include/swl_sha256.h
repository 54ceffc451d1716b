#ifndef SWL_SHA256_H
#define SWL_SHA256_H

#include <stddef.h>
#include <stdint.h>

// FIPS 180-4, 6.2.2, by the processor's own instructions (SHA extensions of x86-64; SHA2 of ARMv8,
// which a Pi 5 has, a Pi 3 or 4 not): takes `count` blocks of 64 bytes into the state. Returns 0,
// and does nothing, where the processor has none.
int32_t swl_sha256_blocks(uint32_t* _Nonnull state, const uint8_t* _Nonnull bytes, size_t count);

#endif
