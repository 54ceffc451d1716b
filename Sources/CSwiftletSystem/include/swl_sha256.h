#ifndef SWL_SHA256_H
#define SWL_SHA256_H

#include <stddef.h>
#include <stdint.h>

// Whether the processor has instructions of its own for SHA-256: SHA extensions of x86-64; SHA2 of
// ARMv8, which a Pi 5 has, a Pi 3 or 4 not. Asks the processor, which takes a while on a virtual
// one.
int32_t swl_cpu_has_sha256(void);

// FIPS 180-4, 6.2.2, by those instructions, which must be there: takes `count` blocks of 64 bytes
// into the state.
void swl_sha256_blocks(uint32_t* _Nonnull state, const uint8_t* _Nonnull bytes, size_t count);

#endif
