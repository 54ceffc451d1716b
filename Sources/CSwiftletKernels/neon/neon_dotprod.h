#ifndef SWL_NEON_DOTPROD_H
#define SWL_NEON_DOTPROD_H

#include "neon_epilogue.h"

// Functions that use SDOT say so themselves: the build has no flag for it, since the same build
// runs where there is none.
#define SWL_DOTPROD __attribute__((target("+dotprod")))
#define SWL_DOTPROD_INLINE static inline __attribute__((always_inline, target("+dotprod")))

#endif
