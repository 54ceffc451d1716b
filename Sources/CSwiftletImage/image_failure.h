#ifndef SWL_IMAGE_FAILURE_INTERNAL_H
#define SWL_IMAGE_FAILURE_INTERNAL_H

#include "swl_image_failure.h"

// Sets kind and text; a text that is too long is cut, and bytes that are not printable ASCII
// become question marks, because libraries quote the file in their messages.
void swl_image_fail(SwlImageFailure* failure, SwlImageFailureKind kind, const char* text);

#endif
