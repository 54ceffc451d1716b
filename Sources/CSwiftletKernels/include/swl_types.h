#ifndef SWL_TYPES_H
#define SWL_TYPES_H

#include <stddef.h>
#include <stdint.h>

// Output channels stand in blocks of this many everywhere.
#define SWL_BLOCK 16

// Per-channel constants of 16 output channels, as they stand in the bundle (little-endian,
// 64-byte aligned). Channels past the last real one hold zeros with multiplier 0.
typedef struct SwlChannelBlock {
  int32_t bias[SWL_BLOCK];              // zero points and rounding halves folded in
  int32_t weight_sum_128[SWL_BLOCK];    // 128·Σw, for kernels that use unsigned activations
  int16_t multiplier[SWL_BLOCK];        // m, 2^14 ≤ m < 2^15
  int16_t swish_multiplier[SWL_BLOCK];  // m₂ of h-swish, else 0
  int8_t shift[SWL_BLOCK];              // s, −7 ≤ s ≤ 24
  int8_t lo[SWL_BLOCK];                 // clamp, lo ≤ hi
  int8_t hi[SWL_BLOCK];
  int8_t zero_point[SWL_BLOCK];  // of the output; read by h-swish (elsewhere it is in bias)
} SwlChannelBlock;

_Static_assert(sizeof(SwlChannelBlock) == 256, "the bundle's channel block is 256 bytes");
_Static_assert(offsetof(SwlChannelBlock, weight_sum_128) == 64, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, multiplier) == 128, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, swish_multiplier) == 160, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, shift) == 192, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, lo) == 208, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, hi) == 224, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, zero_point) == 240, "bundle layout");

// A multiplier with its bias for one divisor (average pooling has one per window count).
typedef struct SwlMeanEntry {
  int32_t bias;
  int16_t multiplier;
  int8_t shift;
  int8_t reserved;
} SwlMeanEntry;

_Static_assert(sizeof(SwlMeanEntry) == 8, "the bundle's mean entry is 8 bytes");

// How an accumulator becomes int8. Data, not a kernel name.
typedef enum SwlEpilogueKind {
  SWL_EPILOGUE_REQUANTIZE = 0,  // y = clamp(b >> 6)
  SWL_EPILOGUE_HARD_SWISH = 1,  // fused h-swish from the 16-bit b
  SWL_EPILOGUE_ADD = 2,         // y = clamp((b + ((q·2⁸·m_r + 2¹⁴) >> 15)) >> 6)
} SwlEpilogueKind;

typedef struct SwlEpilogue {
  int32_t kind;                  // SwlEpilogueKind
  int32_t fraction_bits;         // HARD_SWISH: f, 0 ≤ f ≤ 12
  int32_t output_shift;          // HARD_SWISH: F, 2 ≤ F ≤ 7
  int32_t skip_multiplier;       // ADD: m_r, 0 ≤ m_r < 2¹⁴
  const int8_t* _Nullable skip;  // ADD: the other operand, laid out as the output
} SwlEpilogue;

// Moves the other operand, if there is one, on by `count` bytes. In C, since Swift 6.0 may look up
// the type of an optional pointer when it takes one out of a structure, which allocates.
static inline void swl_epilogue_advance(SwlEpilogue* _Nonnull epilogue, ptrdiff_t count) {
  if (epilogue->skip) epilogue->skip += count;
}

#endif
