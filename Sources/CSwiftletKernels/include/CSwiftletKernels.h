// The int8 arithmetic of Swiftlet. Every function here computes exactly what SwiftletRuntime.docc's
// page on arithmetic defines: all kernel sets give the same bytes.
//
// Activations are int8, NHWC, batch 1. Weights are in the packed layout described at each
// parameter struct. Callers (SwiftletRuntime) have verified every size, shift and multiplier;
// kernels assert them and otherwise run blind. Weight bytes may be anything.
//
// Activations start 64-byte aligned and have 64 readable bytes after them, whose values change
// nothing; weights and channel blocks are 64-byte aligned. Outputs are written to their last byte
// and no further. Output and inputs do not overlap, except that elementwise operations may write
// over an input of the same size. Kernels keep no state and allocate nothing: callers may run
// disjoint parts of one operation on several threads.
#ifndef CSWIFTLET_KERNELS_H
#define CSWIFTLET_KERNELS_H

#include "swl_conv.h"
#include "swl_copy.h"
#include "swl_elementwise.h"
#include "swl_kernel_set.h"
#include "swl_pool.h"
#include "swl_product.h"
#include "swl_requantize.h"
#include "swl_resize.h"
#include "swl_types.h"

#endif
