#include "copy_moves.h"
#include "vectors.h"

// Longer runs are memcpy's.
#define MOST_INLINE 256

// The runs of some lengths: in vectors, the last of which lies over the one before it, so that none
// is read or written past its end.

static inline void run_2(const int8_t* from, int8_t* to, int64_t length) {
  (void)length;
  memcpy(to, from, 2);
}

static inline void run_3(const int8_t* from, int8_t* to, int64_t length) {
  (void)length;
  memcpy(to, from, 2);
  to[2] = from[2];
}

static inline void run_4_to_8(const int8_t* from, int8_t* to, int64_t length) {
  int32_t first, last;
  memcpy(&first, from, 4);
  memcpy(&last, from + length - 4, 4);
  memcpy(to, &first, 4);
  memcpy(to + length - 4, &last, 4);
}

static inline void run_8_to_16(const int8_t* from, int8_t* to, int64_t length) {
  int64_t first, last;
  memcpy(&first, from, 8);
  memcpy(&last, from + length - 8, 8);
  memcpy(to, &first, 8);
  memcpy(to + length - 8, &last, 8);
}

static inline void run_vectors(const int8_t* from, int8_t* to, int64_t length) {
  const SwlBytes16 last = swl_load_16(from + length - 16);
  for (int64_t i = 0; i + 16 <= length; i += 16) {
    const SwlBytes16 v = swl_load_16(from + i);
    memcpy(to + i, &v, sizeof v);
  }
  memcpy(to + length - 16, &last, sizeof last);
}

static inline void run_any(const int8_t* from, int8_t* to, int64_t length) {
  memcpy(to, from, (size_t)length);
}

void swl_copy_rows__portable(const SwlCopyTile* tile, const int8_t* input, int8_t* output) {
  const int64_t length = tile->size[2];
  if (length > MOST_INLINE || length < 2) {
    swl_copy_each_run(tile, input, output, run_any);
  } else if (length >= 16) {
    swl_copy_each_run(tile, input, output, run_vectors);
  } else if (length >= 8) {
    swl_copy_each_run(tile, input, output, run_8_to_16);
  } else if (length >= 4) {
    swl_copy_each_run(tile, input, output, run_4_to_8);
  } else if (length == 3) {
    swl_copy_each_run(tile, input, output, run_3);
  } else {
    swl_copy_each_run(tile, input, output, run_2);
  }
}

void swl_copy_lookup_rows__portable(const SwlCopyTile* tile, const int8_t* table,
                                    const int8_t* input, int8_t* output) {
  const SwlCopyTile t = *tile;
  for (int64_t a = 0; a < t.size[0]; a++) {
    const int8_t* from = input + a * t.in[0];
    int8_t* to = output + a * t.out[0];
    for (int64_t b = 0; b < t.size[1]; b++, from += t.in[1], to += t.out[1]) {
      for (int64_t c = 0; c < t.size[2]; c++) to[c] = table[from[c] + 128];
    }
  }
}
