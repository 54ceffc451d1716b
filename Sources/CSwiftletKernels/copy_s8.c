#include <assert.h>
#include <string.h>

#include "copy_moves.h"

// A box whose dimensions are more than one long, no two of which are one, in the order of the
// output: the last has the smallest stride there.
typedef struct Box {
  int32_t rank;
  int64_t size[SWL_MAX_RANK];
  int64_t in[SWL_MAX_RANK], out[SWL_MAX_RANK];
} Box;

static void remove_dimension(Box* box, int32_t d) {
  box->rank--;
  for (; d < box->rank; d++) {
    box->size[d] = box->size[d + 1];
    box->in[d] = box->in[d + 1];
    box->out[d] = box->out[d + 1];
  }
}

static void insert_dimension(Box* box, int64_t size, int64_t in, int64_t out) {
  int32_t d = box->rank++;
  for (; d > 0 && box->out[d - 1] < out; d--) {
    box->size[d] = box->size[d - 1];
    box->in[d] = box->in[d - 1];
    box->out[d] = box->out[d - 1];
  }
  box->size[d] = size;
  box->in[d] = in;
  box->out[d] = out;
}

// The part [begin, end) of the box.
static Box ordered_box(const SwlCopyParams* p, int32_t begin, int32_t end) {
  Box box = {0};
  for (int32_t d = 0; d < p->rank; d++) {
    const int32_t size = d == 0 ? end - begin : p->size[d];
    if (size > 1) insert_dimension(&box, size, p->input_stride[d], p->output_stride[d]);
  }
  for (int32_t d = box.rank - 1; d > 0; d--) {
    const int64_t length = box.size[d];
    if (box.in[d - 1] != box.in[d] * length || box.out[d - 1] != box.out[d] * length) continue;
    box.size[d] *= box.size[d - 1];
    remove_dimension(&box, d - 1);
  }
  if (box.rank == 0) insert_dimension(&box, 1, 1, 1);
  return box;
}

// Makes dimension `d` of the box, or one of size 1 when there is none, a dimension of the tile.
static void take_dimension(Box* box, int32_t d, SwlCopyTile* tile, int32_t place) {
  tile->size[place] = d < 0 ? 1 : box->size[d];
  tile->in[place] = d < 0 ? 0 : box->in[d];
  tile->out[place] = d < 0 ? 0 : box->out[d];
  if (d >= 0) remove_dimension(box, d);
}

typedef enum Move { ROWS, FILL, TRANSPOSE, STRIDED } Move;

// Runs from here on are filled by memset.
#define LEAST_FILL 16

// Takes the innermost three dimensions out of the box: which they are depends on how they are
// moved.
static Move take_tile(Box* box, SwlCopyTile* tile) {
  const int32_t last = box->rank - 1;
  const int64_t in = box->in[last], size = box->size[last];
  const int32_t is_dense = box->out[last] == 1;
  take_dimension(box, last, tile, 2);
  // The dimension along which the input's bytes are adjacent.
  int32_t adjacent = box->rank - 1;
  while (adjacent >= 0 && box->in[adjacent] != 1) adjacent--;
  Move move = STRIDED;
  if (is_dense && in == 1) {
    move = ROWS;
  } else if (is_dense && in == 0 && (adjacent < 0 || size >= LEAST_FILL)) {
    move = FILL;
  } else if (is_dense && adjacent >= 0) {
    move = TRANSPOSE;
  }
  take_dimension(box, move == TRANSPOSE ? adjacent : box->rank - 1, tile, 1);
  take_dimension(box, box->rank - 1, tile, 0);
  return move;
}

static void fill(const SwlCopyTile* t, const int8_t* table, const int8_t* input, int8_t* output) {
  for (int64_t a = 0; a < t->size[0]; a++) {
    for (int64_t b = 0; b < t->size[1]; b++) {
      const int8_t x = input[a * t->in[0] + b * t->in[1]];
      memset(output + a * t->out[0] + b * t->out[1], table ? table[x + 128] : x,
             (size_t)t->size[2]);
    }
  }
}

static void move_bytes(const SwlCopyTile* t, const int8_t* table, const int8_t* input,
                       int8_t* output) {
  for (int64_t a = 0; a < t->size[0]; a++) {
    for (int64_t b = 0; b < t->size[1]; b++) {
      const int8_t* from = input + a * t->in[0] + b * t->in[1];
      int8_t* to = output + a * t->out[0] + b * t->out[1];
      for (int64_t c = 0; c < t->size[2]; c++) {
        const int8_t x = from[c * t->in[2]];
        to[c * t->out[2]] = table ? table[x + 128] : x;
      }
    }
  }
}

// Looks the bytes that a tile has written up in the table.
static void lookup_in_place(const SwlCopyMoves* moves, const SwlCopyTile* tile, const int8_t* table,
                            int8_t* output) {
  SwlCopyTile t = *tile;
  if (t.out[1] == t.size[2]) {
    t.size[2] *= t.size[1];
    t.size[1] = 1;
  }
  memcpy(t.in, t.out, sizeof t.in);
  moves->lookup_rows(&t, table, output, output);
}

static void run_tile(const SwlCopyMoves* moves, Move move, const SwlCopyTile* tile,
                     const int8_t* table, const int8_t* input, int8_t* output) {
  switch (move) {
    case ROWS:
      if (table) {
        moves->lookup_rows(tile, table, input, output);
      } else {
        moves->rows(tile, input, output);
      }
      break;
    case FILL:
      fill(tile, table, input, output);
      break;
    case TRANSPOSE:
      moves->transpose(tile, input, output);
      if (table) lookup_in_place(moves, tile, table, output);
      break;
    case STRIDED:
      move_bytes(tile, table, input, output);
      break;
  }
}

void swl_copy_s8_by(const SwlCopyMoves* moves, const SwlCopyParams* p, const int8_t* input,
                    int8_t* output, int32_t begin, int32_t end) {
  assert(p->rank >= 1 && p->rank <= SWL_MAX_RANK);
  assert(begin >= 0 && end <= p->size[0]);
  if (begin >= end) return;
  input += begin * p->input_stride[0];
  output += begin * p->output_stride[0];
  Box box = ordered_box(p, begin, end);
  SwlCopyTile tile;
  const Move move = take_tile(&box, &tile);
  // At most three dimensions are left, counted like the digits of a number.
  int64_t index[SWL_MAX_RANK] = {0};
  while (1) {
    run_tile(moves, move, &tile, p->table, input, output);
    int32_t d = box.rank - 1;
    for (; d >= 0; d--) {
      input += box.in[d];
      output += box.out[d];
      if (++index[d] < box.size[d]) break;
      input -= box.in[d] * box.size[d];
      output -= box.out[d] * box.size[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

void swl_copy_s8__portable(const SwlCopyParams* p, const int8_t* input, int8_t* output,
                           int32_t begin, int32_t end) {
  static const SwlCopyMoves moves = {
      .rows = swl_copy_rows__portable,
      .lookup_rows = swl_copy_lookup_rows__portable,
      .transpose = swl_copy_transpose__portable,
  };
  swl_copy_s8_by(&moves, p, input, output, begin, end);
}
