#include "neon_kernels.h"

#if defined(SWL_NEON)

#include "../copy_moves.h"
#include "neon_a32.h"
#include "neon_lookup.h"

// Pixels of three bytes are what VLD3 and VST3 are for. Everything else that is transposed goes the
// portable way, which compilers make ZIP and UZP of.
static void interleave_3(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  for (int64_t column = 0; column < t->size[1]; column += 16) {
    const int64_t c = swl_copy_tile_start(column, 16, t->size[1]);
    int8x16x3_t v;
    for (int32_t i = 0; i < 3; i++) v.val[i] = vld1q_s8(input + i * t->in[2] + c);
    vst3q_s8(output + 3 * c, v);
  }
}

static void separate_3(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  for (int64_t row = 0; row < t->size[2]; row += 16) {
    const int64_t r = swl_copy_tile_start(row, 16, t->size[2]);
    const int8x16x3_t v = vld3q_s8(input + 3 * r);
    for (int32_t i = 0; i < 3; i++) vst1q_s8(output + i * t->out[1] + r, v.val[i]);
  }
}

static void transpose(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  const int64_t rows = t->size[2], columns = t->size[1];
  if (columns >= 16 && rows == 3 && t->out[1] == 3) {
    for (int64_t a = 0; a < t->size[0]; a++) {
      interleave_3(t, input + a * t->in[0], output + a * t->out[0]);
    }
  } else if (rows >= 16 && columns == 3 && t->in[2] == 3) {
    for (int64_t a = 0; a < t->size[0]; a++) {
      separate_3(t, input + a * t->in[0], output + a * t->out[0]);
    }
  } else {
    swl_copy_transpose__portable(t, input, output);
  }
}

void swl_copy_s8__neon(const SwlCopyParams* p, const int8_t* input, int8_t* output, int32_t begin,
                       int32_t end) {
  static const SwlCopyMoves moves = {
      .rows = swl_copy_rows__portable,
      .lookup_rows = swl_neon_lookup_rows,
      .transpose = transpose,
  };
  swl_copy_s8_by(&moves, p, input, output, begin, end);
}

#endif
