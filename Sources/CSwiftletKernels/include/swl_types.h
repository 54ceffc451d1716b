#ifndef SWL_TYPES_H
#define SWL_TYPES_H

#include <stddef.h>
#include <stdint.h>

// The packed layout: weights stand in blocks of SWL_BLOCK_CHANNELS output channels, and within a
// block in quads, SWL_QUAD_INPUTS inputs of each of its channels: [16][4] bytes.
#define SWL_BLOCK_CHANNELS 16
#define SWL_QUAD_INPUTS 4
#define SWL_QUAD_BYTES (SWL_BLOCK_CHANNELS * SWL_QUAD_INPUTS)

// Bytes of a channel block.
#define SWL_CHANNEL_BLOCK_BYTES 256

// A table holds y for every x from −128 on.
#define SWL_TABLE_BYTES 256

// ⌈channels/16⌉: the blocks that hold `channels` ≥ 0 output channels.
static inline int32_t swl_block_count(int32_t channels) {
  return (channels + SWL_BLOCK_CHANNELS - 1) / SWL_BLOCK_CHANNELS;
}

// ⌈inputs/4⌉: the quads that hold `inputs` ≥ 0 inputs.
static inline int32_t swl_quad_count(int32_t inputs) {
  return (inputs + SWL_QUAD_INPUTS - 1) / SWL_QUAD_INPUTS;
}

// Per-channel constants of 16 output channels, as they stand in the bundle (little-endian,
// 64-byte aligned). Channels past the last real one hold zeros with multiplier 0.
typedef struct SwlChannelBlock {
  int32_t bias[SWL_BLOCK_CHANNELS];            // zero points and rounding halves folded in
  int32_t weight_sum_128[SWL_BLOCK_CHANNELS];  // 128·Σw, for kernels that use unsigned activations
  int16_t multiplier[SWL_BLOCK_CHANNELS];      // m, 2^14 ≤ m < 2^15
  int16_t second_multiplier[SWL_BLOCK_CHANNELS];  // m₂ of h-swish and curves, else 0
  int8_t shift[SWL_BLOCK_CHANNELS];               // s, −7 ≤ s ≤ 24
  int8_t lo[SWL_BLOCK_CHANNELS];                  // clamp, lo ≤ hi
  int8_t hi[SWL_BLOCK_CHANNELS];
  int8_t
      zero_point[SWL_BLOCK_CHANNELS];  // of the output; read where m₂ is (elsewhere it is in bias)
} SwlChannelBlock;

_Static_assert(sizeof(SwlChannelBlock) == SWL_CHANNEL_BLOCK_BYTES, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, weight_sum_128) == 64, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, multiplier) == 128, "bundle layout");
_Static_assert(offsetof(SwlChannelBlock, second_multiplier) == 160, "bundle layout");
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

// A curve's segments: each is a 32nd of the 16-bit numbers.
#define SWL_CURVE_SEGMENTS 32

// A smooth function of a 16-bit number, as it stands in the bundle behind the channel blocks: a
// polynomial of the second degree for each segment, in −1 ≤ r < 1 from its one end to the other:
// value + slope·r + bend·r². The three magnitudes add up to less than 2¹⁵.
typedef struct SwlCurve {
  int16_t value[SWL_CURVE_SEGMENTS];
  int16_t slope[SWL_CURVE_SEGMENTS];
  int16_t bend[SWL_CURVE_SEGMENTS];
} SwlCurve;

_Static_assert(sizeof(SwlCurve) == 192, "bundle layout");

// How an accumulator becomes int8. Data, not a kernel name.
typedef enum SwlEpilogueKind {
  SWL_EPILOGUE_REQUANTIZE = 0,  // y = clamp(b >> 6)
  SWL_EPILOGUE_HARD_SWISH = 1,  // fused h-swish from the 16-bit b
  SWL_EPILOGUE_ADD = 2,         // y = clamp((b + ((q·2⁸·m_r + 2¹⁴) >> 15)) >> 6)
  SWL_EPILOGUE_CURVE = 3,       // a smooth function of the 16-bit b
} SwlEpilogueKind;

typedef struct SwlEpilogue {
  int32_t kind;                     // SwlEpilogueKind
  int32_t fraction_bits;            // HARD_SWISH: f, 0 ≤ f ≤ 12
  int32_t output_shift;             // HARD_SWISH, CURVE: F, 2 ≤ F ≤ 7
  int32_t skip_multiplier;          // ADD: m_r, 0 ≤ m_r < 2¹⁴
  int32_t core_shift;               // CURVE: k, 0 ≤ k ≤ 12
  int32_t ramp;                     // CURVE: whether max(b, 0) is added, 0 or 1
  const SwlCurve* _Nullable curve;  // CURVE
  const int8_t* _Nullable skip;     // ADD: the other operand, laid out as the output
} SwlEpilogue;

// Moves the other operand, if there is one, on by `count` bytes. In C, since Swift 6.0 may look up
// the type of an optional pointer when it takes one out of a structure, which allocates.
static inline void swl_epilogue_advance(SwlEpilogue* _Nonnull epilogue, ptrdiff_t count) {
  if (epilogue->skip) epilogue->skip += count;
}

#endif
