#ifndef SWL_COPY_MOVES_H
#define SWL_COPY_MOVES_H

#include "CSwiftletKernels.h"

// The inner loops of `copy`, over three dimensions of a box, outermost first.
typedef struct SwlCopyTile {
  int64_t size[3];
  int64_t in[3], out[3];  // strides
} SwlCopyTile;

// What a kernel set does in its own way. Every function takes a tile with out[2] = 1.
typedef struct SwlCopyMoves {
  // in[2] = 1: runs of size[2] bytes.
  void (*_Nonnull rows)(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                        int8_t* _Nonnull output);
  // The same through a table. `output` may be `input`, with the same strides.
  void (*_Nonnull lookup_rows)(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull table,
                               const int8_t* _Nonnull input, int8_t* _Nonnull output);
  // in[1] = 1: each of the size[0] planes transposed.
  void (*_Nonnull transpose)(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output);
} SwlCopyMoves;

// The kernel with a set's own moves.
void swl_copy_s8_by(const SwlCopyMoves* _Nonnull moves, const SwlCopyParams* _Nonnull params,
                    const int8_t* _Nonnull input, int8_t* _Nonnull output, int32_t begin,
                    int32_t end);

void swl_copy_rows__portable(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                             int8_t* _Nonnull output);
void swl_copy_lookup_rows__portable(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull table,
                                    const int8_t* _Nonnull input, int8_t* _Nonnull output);
void swl_copy_transpose__portable(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                                  int8_t* _Nonnull output);

// Calls `run`, a constant, with every run of a tile: input, output, length.
__attribute__((always_inline)) static inline void swl_copy_each_run(
    const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input, int8_t* _Nonnull output,
    void (*_Nonnull run)(const int8_t* _Nonnull, int8_t* _Nonnull, int64_t)) {
  const SwlCopyTile t = *tile;
  for (int64_t a = 0; a < t.size[0]; a++) {
    const int8_t* from = input + a * t.in[0];
    int8_t* to = output + a * t.out[0];
    for (int64_t b = 0; b < t.size[1]; b++, from += t.in[1], to += t.out[1]) {
      run(from, to, t.size[2]);
    }
  }
}

// The first byte of the last tile that begins at or before `at`, of tiles of `width` bytes in a row
// of `count` ≥ width: the last one lies over the one before it, so that all are whole.
static inline int64_t swl_copy_tile_start(int64_t at, int64_t width, int64_t count) {
  return at + width <= count ? at : count - width;
}

#endif
