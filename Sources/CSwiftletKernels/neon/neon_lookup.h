#ifndef SWL_NEON_LOOKUP_H
#define SWL_NEON_LOOKUP_H

#include "../copy_moves.h"

// The table move of `copy`, with the table in registers for all rows. Reads whole vectors, up to 15
// bytes past the end of a row.
void swl_neon_lookup_rows(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull table,
                          const int8_t* _Nonnull input, int8_t* _Nonnull output);

#endif
