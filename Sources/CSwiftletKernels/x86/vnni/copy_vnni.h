#ifndef SWL_COPY_VNNI_H
#define SWL_COPY_VNNI_H

#include "../../copy_moves.h"

// The table move of `copy`, by VBMI where the CPU has it.
void swl_copy_lookup_rows__vnni(const SwlCopyTile* _Nonnull tile, const int8_t* _Nonnull table,
                                const int8_t* _Nonnull input, int8_t* _Nonnull output);

#endif
