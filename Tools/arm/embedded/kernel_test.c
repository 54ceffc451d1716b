// Compares every kernel set with the portable one, byte for byte, on random operations:
//
//   kernel-test SEED ROUNDS
//
// The package's own tests compare the sets with plain loops in Swift. This needs the C library
// alone, and so runs where there is no Swift: on 32-bit boards.
#include "kernel_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CSwiftletSystem.h"

#define GUARD 64
#define GUARD_BYTE 0x5A

static uint64_t state;
static uint32_t seed;

int32_t pick(int32_t least, int32_t most) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  const uint64_t span = (uint64_t)((int64_t)most - least + 1);
  return (int32_t)(least + (int64_t)(((state >> 32) * span) >> 32));
}

// All allocations of an operation, to be freed together.
static void* allocations[32];
static int32_t allocation_count;

static void* allocate(size_t count) {
  void* bytes = swl_aligned_alloc((int64_t)count);
  if (!bytes || allocation_count == 32) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return allocations[allocation_count++] = bytes;
}

int8_t* random_bytes(size_t count) {
  int8_t* bytes = allocate(count + GUARD);
  for (size_t i = 0; i < count + GUARD; i++) bytes[i] = (int8_t)pick(-128, 127);
  return bytes;
}

int8_t* random_weights(SwlChannelBlock* blocks, int32_t count, int32_t runs, int32_t length) {
  const int32_t run_stride = swl_quad_count(length) * SWL_QUAD_BYTES;
  const int32_t block_stride = runs * run_stride;
#if defined(__x86_64__)
  const int32_t may_be_128 = 0;  // which AVX2 takes for 128 where the input is negative
#else
  const int32_t may_be_128 = pick(0, 3) == 0;
#endif
  int8_t* bytes = random_bytes((size_t)count * (size_t)block_stride);
  for (int32_t i = 0; i < count * block_stride; i++) {
    const int32_t place = i % run_stride;
    if (place / 64 * 4 + place % 4 >= length) bytes[i] = 0;
    if (bytes[i] == -128 && !may_be_128) bytes[i] = -127;
    blocks[i / block_stride].weight_sum_128[place % 64 / 4] += 128 * bytes[i];
  }
  return bytes;
}

SwlChannelBlock* random_blocks(int32_t count, int32_t kind) {
  SwlChannelBlock* blocks = allocate((size_t)count * sizeof *blocks);
  const int32_t wide = pick(0, 1);
  for (int32_t i = 0; i < count * SWL_BLOCK_CHANNELS; i++) {
    SwlChannelBlock* block = &blocks[i / SWL_BLOCK_CHANNELS];
    const int32_t n = i % SWL_BLOCK_CHANNELS;
    block->bias[n] = pick(-(1 << 20), 1 << 20);
    block->multiplier[n] = (int16_t)pick(1 << 14, INT16_MAX);
    block->shift[n] = (int8_t)pick(-7, pick(0, 24));
    block->lo[n] = (int8_t)(wide ? -128 : pick(-128, 0));
    block->hi[n] = (int8_t)(wide ? 127 : pick(block->lo[n], 127));
    if (kind == SWL_EPILOGUE_HARD_SWISH || kind == SWL_EPILOGUE_CURVE) {
      block->second_multiplier[n] = (int16_t)pick(1, INT16_MAX);
      block->zero_point[n] = (int8_t)pick(-128, 127);
    }
  }
  return blocks;
}

SwlMeanEntry random_mean_entry(void) {
  return (SwlMeanEntry){.bias = pick(-(1 << 16), 1 << 16),
                        .multiplier = (int16_t)pick(1 << 14, INT16_MAX),
                        .shift = (int8_t)pick(-7, 12)};
}

static const SwlCurve* random_curve(void) {
  SwlCurve* curve = allocate(sizeof *curve);
  for (int32_t i = 0; i < SWL_CURVE_SEGMENTS; i++) {
    int32_t left = INT16_MAX;
    curve->bend[i] = (int16_t)pick(-left, left);
    left -= abs(curve->bend[i]);
    curve->slope[i] = (int16_t)pick(-left, left);
    left -= abs(curve->slope[i]);
    curve->value[i] = (int16_t)pick(-left, left);
  }
  return curve;
}

SwlEpilogue random_epilogue(int32_t may_add) {
  const int32_t kind = pick(0, 3);
  return (SwlEpilogue){.kind = kind == SWL_EPILOGUE_ADD && !may_add ? SWL_EPILOGUE_CURVE : kind,
                       .fraction_bits = pick(0, 12),
                       .output_shift = pick(2, 7),
                       .skip_multiplier = pick(0, (1 << 14) - 1),
                       .core_shift = pick(0, pick(0, 12)),
                       .ramp = pick(0, 1),
                       .curve = random_curve()};
}

void compare(const char* operation, size_t count, const void* context,
             void (*run)(const SwlKernelSet* set, const void* context, int8_t* output)) {
  int8_t* expected = NULL;
  for (int32_t index = 0; index < swl_kernel_set_count(); index++) {
    if (!swl_kernel_set_is_supported(index)) continue;
    const SwlKernelSet* set = swl_kernel_set_at(index);
    int8_t* output = allocate(count + 2 * GUARD);
    memset(output, GUARD_BYTE, count + 2 * GUARD);
    run(set, context, output + GUARD);
    if (!expected) expected = output;
    for (size_t i = 0; i < count + 2 * GUARD; i++) {
      if (output[i] == expected[i]) continue;
      printf("%s, %s, seed %u: byte %ld of %ld is %d, portable %d\n", operation, set->name,
             (unsigned)seed, (long)i - GUARD, (long)count, output[i], expected[i]);
      exit(1);
    }
  }
}

int main(int count, char** arguments) {
  if (count != 3) {
    fputs("usage: kernel-test SEED ROUNDS\n", stderr);
    return 2;
  }
  void (*const tests[])(void) = {test_conv2d, test_dwconv, test_fc,   test_add, test_mul,
                                 test_lookup, test_copy,   test_pool, test_mean};
  const int32_t kinds = (int32_t)(sizeof tests / sizeof tests[0]);
  const int32_t rounds = atoi(arguments[2]);
  seed = (uint32_t)strtoul(arguments[1], NULL, 10);
  for (int32_t round = 0; round < rounds; round++, seed++) {
    state = seed;
    for (int32_t i = 0; i < kinds; i++) {
      tests[i]();
      while (allocation_count > 0) swl_aligned_free(allocations[--allocation_count]);
    }
  }
  printf("%d operations alike with", (int)(rounds * kinds));
  for (int32_t index = 0; index < swl_kernel_set_count(); index++) {
    if (swl_kernel_set_is_supported(index)) printf(" %s", swl_kernel_set_at(index)->name);
  }
  printf("\n");
  return 0;
}
