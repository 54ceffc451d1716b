#ifndef KERNEL_TEST_H
#define KERNEL_TEST_H

#include "CSwiftletKernels.h"

// Random operations for kernel_test.c: sizes are odd and small, numbers anything that a verified
// bundle may hold.

// A number in [least, most].
int32_t pick(int32_t least, int32_t most);

// 64-byte aligned bytes of any values, `count` of them and 64 more that may be read.
int8_t* random_bytes(size_t count);

// Constants for `count` blocks of 16 channels, as loading verifies them.
SwlChannelBlock* random_blocks(int32_t count, int32_t kind);

// Their weights: `runs` runs of `length`, zeros to a multiple of 4 after each. At times there is a
// −128 among them. Stores 128·Σw in the blocks.
int8_t* random_weights(SwlChannelBlock* blocks, int32_t count, int32_t runs, int32_t length);

SwlMeanEntry random_mean_entry(void);
SwlEpilogue random_epilogue(int32_t may_add);

// Compares what `run` writes into `count` bytes with each kernel set that works here, and around
// them, with the portable set's. `context` is the operation. Ends the program at a difference.
void compare(const char* operation, size_t count, const void* context,
             void (*run)(const SwlKernelSet* set, const void* context, int8_t* output));

// In kernel_test_ops.c: each tests one random operation.
void test_conv2d(void);
void test_dwconv(void);
void test_fc(void);
void test_add(void);
void test_mul(void);
void test_lookup(void);
void test_copy(void);
void test_pool(void);
void test_mean(void);

#endif
