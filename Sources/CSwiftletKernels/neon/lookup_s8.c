#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "neon_elementwise.h"
#include "neon_lookup.h"

#if defined(__aarch64__)

// The table in registers: 256 bytes are half of them.
typedef struct Table {
  int8x16x4_t quarter[4];
} Table;

SWL_NEON_INLINE Table load(const int8_t* table) {
  Table t;
  SWL_UNROLL
  for (int32_t i = 0; i < 4; i++) {
    SWL_UNROLL
    for (int32_t j = 0; j < 4; j++) t.quarter[i].val[j] = vld1q_s8(table + 64 * i + 16 * j);
  }
  return t;
}

// An index outside a quarter finds 0 (TBL) or keeps what was found before (TBX).
SWL_NEON_INLINE int8x16_t find(const Table* t, int8x16_t x) {
  uint8x16_t index = veorq_u8(vreinterpretq_u8_s8(x), vdupq_n_u8(0x80));
  int8x16_t y = vqtbl4q_s8(t->quarter[0], index);
  SWL_UNROLL
  for (int32_t i = 1; i < 4; i++) {
    index = vsubq_u8(index, vdupq_n_u8(64));
    y = vqtbx4q_s8(y, t->quarter[i], index);
  }
  return y;
}

SWL_NEON_INLINE void find_all(const Table* t, const int8_t* input, int8_t* output, int64_t count) {
  for (; count > 0;
       count -= SWL_BLOCK_CHANNELS, input += SWL_BLOCK_CHANNELS, output += SWL_BLOCK_CHANNELS) {
    swl_neon_store_up_to_16(output, find(t, vld1q_s8(input)), count);
  }
}

void swl_lookup_s8__neon(const int8_t* table, const int8_t* input, int8_t* output, int64_t count) {
  const Table t = load(table);
  find_all(&t, input, output, count);
}

void swl_neon_lookup_rows(const SwlCopyTile* tile, const int8_t* table, const int8_t* input,
                          int8_t* output) {
  const Table t = load(table);
  for (int64_t a = 0; a < tile->size[0]; a++) {
    for (int64_t b = 0; b < tile->size[1]; b++) {
      find_all(&t, input + a * tile->in[0] + b * tile->in[1],
               output + a * tile->out[0] + b * tile->out[1], tile->size[2]);
    }
  }
}

#else

// The table would take all of the 16 registers there are, and 16 elements as many instructions that
// look into 32 bytes each: loads are as good.
void swl_lookup_s8__neon(const int8_t* table, const int8_t* input, int8_t* output, int64_t count) {
  swl_lookup_s8__portable(table, input, output, count);
}

void swl_neon_lookup_rows(const SwlCopyTile* tile, const int8_t* table, const int8_t* input,
                          int8_t* output) {
  swl_copy_lookup_rows__portable(tile, table, input, output);
}

#endif

#endif
