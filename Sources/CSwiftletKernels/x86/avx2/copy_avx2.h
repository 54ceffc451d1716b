#ifndef SWL_COPY_AVX2_H
#define SWL_COPY_AVX2_H

#include "../../copy_moves.h"

// The moves of `copy`. AVX-512 has better ones for tables only.
void swl_copy_rows__avx2(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                         int8_t* _Nonnull output);
void swl_copy_lookup_rows__avx2(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull table,
                                const int8_t* _Nonnull input, int8_t* _Nonnull output);
void swl_copy_transpose__avx2(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull input,
                              int8_t* _Nonnull output);

#endif
