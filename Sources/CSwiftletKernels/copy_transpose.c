#include "copy_moves.h"
#include "vectors.h"

// A plane of `rows` × `columns` bytes: output[c·out + r] = input[r·in + c].
typedef struct Plane {
  int64_t rows, columns;
  int64_t in, out;
} Plane;

#define UNROLL _Pragma("clang loop unroll(full)")

// The lower and the upper halves of two vectors with their bytes in turn.
SWL_INLINE SwlBytes16 zip_low(SwlBytes16 a, SwlBytes16 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
SWL_INLINE SwlBytes16 zip_high(SwlBytes16 a, SwlBytes16 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
}
// The inverse: the bytes at even and at odd places of two vectors.
SWL_INLINE SwlBytes16 even_bytes(SwlBytes16 a, SwlBytes16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
SWL_INLINE SwlBytes16 odd_bytes(SwlBytes16 a, SwlBytes16 b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

SWL_INLINE void store_16(int8_t* to, SwlBytes16 v) { memcpy(to, &v, sizeof v); }

// Zipping vector i with vector i + 8 turns the eight bits of a byte's place, four of the vector and
// four within it, left by one: four times exchange the halves, which is a transpose.
static void transpose_16(const Plane* p, const int8_t* input, int8_t* output) {
  SwlBytes16 v[16];
  UNROLL
  for (int32_t i = 0; i < 16; i++) v[i] = swl_load_16(input + i * p->in);
  UNROLL
  for (int32_t turn = 0; turn < 4; turn++) {
    SwlBytes16 w[16];
    UNROLL
    for (int32_t i = 0; i < 8; i++) {
      w[2 * i] = zip_low(v[i], v[i + 8]);
      w[2 * i + 1] = zip_high(v[i], v[i + 8]);
    }
    UNROLL
    for (int32_t i = 0; i < 16; i++) v[i] = w[i];
  }
  UNROLL
  for (int32_t i = 0; i < 16; i++) store_16(output + i * p->out, v[i]);
}

// The same with two rows or columns of eight bytes a vector.
static void transpose_8(const Plane* p, const int8_t* input, int8_t* output) {
  SwlBytes16 v[4];
  UNROLL
  for (int32_t i = 0; i < 4; i++) {
    memcpy(&v[i], input + i * p->in, 8);
    memcpy((int8_t*)&v[i] + 8, input + (i + 4) * p->in, 8);
    // Rows i and i + 4 in turn: the first of three turns.
    v[i] =
        __builtin_shufflevector(v[i], v[i], 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  }
  const SwlBytes16 a = zip_low(v[0], v[2]), b = zip_high(v[0], v[2]);
  const SwlBytes16 c = zip_low(v[1], v[3]), d = zip_high(v[1], v[3]);
  v[0] = zip_low(a, c), v[1] = zip_high(a, c), v[2] = zip_low(b, d), v[3] = zip_high(b, d);
  UNROLL
  for (int32_t i = 0; i < 8; i++) memcpy(output + i * p->out, (int8_t*)&v[i / 2] + i % 2 * 8, 8);
}

// Whole tiles of `width` × `width`. A column of tiles at a time, whose rows of output are adjacent.
SWL_INLINE void transpose_tiles(const Plane* p, const int8_t* input, int8_t* output, int32_t width,
                                void (*tile)(const Plane*, const int8_t*, int8_t*)) {
  for (int64_t column = 0; column < p->columns; column += width) {
    const int64_t c = swl_copy_tile_start(column, width, p->columns);
    for (int64_t row = 0; row < p->rows; row += width) {
      const int64_t r = swl_copy_tile_start(row, width, p->rows);
      tile(p, input + r * p->in + c, output + c * p->out + r);
    }
  }
}

// Two or four rows that become pixels of as many adjacent bytes: a shuffle of that many groups.
SWL_INLINE void interleave(const Plane* p, const int8_t* input, int8_t* output, int32_t rows) {
  for (int64_t column = 0; column < p->columns; column += 16) {
    const int64_t c = swl_copy_tile_start(column, 16, p->columns);
    const int8_t* from = input + c;
    int8_t* to = output + c * rows;
    SwlBytes16 even_low = swl_load_16(from), odd_low = swl_load_16(from + p->in);
    if (rows == 4) {
      const SwlBytes16 third = swl_load_16(from + 2 * p->in);
      const SwlBytes16 fourth = swl_load_16(from + 3 * p->in);
      const SwlBytes16 even_high = zip_high(even_low, third);
      const SwlBytes16 odd_high = zip_high(odd_low, fourth);
      even_low = zip_low(even_low, third), odd_low = zip_low(odd_low, fourth);
      store_16(to + 32, zip_low(even_high, odd_high));
      store_16(to + 48, zip_high(even_high, odd_high));
    }
    store_16(to, zip_low(even_low, odd_low));
    store_16(to + 16, zip_high(even_low, odd_low));
  }
}

// The inverse: pixels of two or four adjacent bytes, which become as many rows.
SWL_INLINE void separate(const Plane* p, const int8_t* input, int8_t* output, int32_t columns) {
  for (int64_t row = 0; row < p->rows; row += 16) {
    const int64_t r = swl_copy_tile_start(row, 16, p->rows);
    const int8_t* from = input + r * columns;
    int8_t* to = output + r;
    const SwlBytes16 a = swl_load_16(from), b = swl_load_16(from + 16);
    const SwlBytes16 even = even_bytes(a, b), odd = odd_bytes(a, b);
    if (columns == 2) {
      store_16(to, even);
      store_16(to + p->out, odd);
    } else {
      const SwlBytes16 c = swl_load_16(from + 32), d = swl_load_16(from + 48);
      const SwlBytes16 next_even = even_bytes(c, d), next_odd = odd_bytes(c, d);
      store_16(to, even_bytes(even, next_even));
      store_16(to + p->out, even_bytes(odd, next_odd));
      store_16(to + 2 * p->out, odd_bytes(even, next_even));
      store_16(to + 3 * p->out, odd_bytes(odd, next_odd));
    }
  }
}

static void transpose_bytes(const Plane* p, const int8_t* input, int8_t* output) {
  for (int64_t c = 0; c < p->columns; c++) {
    for (int64_t r = 0; r < p->rows; r++) output[c * p->out + r] = input[r * p->in + c];
  }
}

static void transpose_plane(const Plane* p, const int8_t* input, int8_t* output) {
  if (p->rows >= 16 && p->columns >= 16) {
    transpose_tiles(p, input, output, 16, transpose_16);
  } else if (p->rows >= 8 && p->columns >= 8) {
    transpose_tiles(p, input, output, 8, transpose_8);
  } else if (p->columns >= 16 && p->rows == 2 && p->out == 2) {
    interleave(p, input, output, 2);
  } else if (p->columns >= 16 && p->rows == 4 && p->out == 4) {
    interleave(p, input, output, 4);
  } else if (p->rows >= 16 && p->columns == 2 && p->in == 2) {
    separate(p, input, output, 2);
  } else if (p->rows >= 16 && p->columns == 4 && p->in == 4) {
    separate(p, input, output, 4);
  } else {
    transpose_bytes(p, input, output);
  }
}

void swl_copy_transpose__portable(const SwlCopyTile* t, const int8_t* input, int8_t* output) {
  const Plane plane = {.rows = t->size[2], .columns = t->size[1], .in = t->in[2], .out = t->out[1]};
  for (int64_t a = 0; a < t->size[0]; a++) {
    transpose_plane(&plane, input + a * t->in[0], output + a * t->out[0]);
  }
}
