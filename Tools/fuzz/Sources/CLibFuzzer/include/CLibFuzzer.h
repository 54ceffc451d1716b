#ifndef C_LIB_FUZZER_H
#define C_LIB_FUZZER_H

#include <stddef.h>
#include <stdint.h>

// The parts of libFuzzer's interface that are called from here. The compiler has no header for
// them.

// Reads the options in argv and runs `callback` until they say that it is enough.
int LLVMFuzzerRunDriver(int* _Nonnull argc, char* _Nullable* _Nullable* _Nonnull argv,
                        int (*_Nonnull callback)(const uint8_t* _Nullable data, size_t size));

// Changes data in place as libFuzzer does without a mutator of ours, and returns its new length.
size_t LLVMFuzzerMutate(uint8_t* _Nonnull data, size_t size, size_t max_size);

#endif
