#ifndef CSWIFTLET_IMAGE_H
#define CSWIFTLET_IMAGE_H

// Image files to 8-bit RGB through libjpeg-turbo and libpng. Both libraries report errors by
// longjmp; it never leaves this module: every function returns a SwlImageFailure instead.

#include "swl_image_failure.h"
#include "swl_jpeg.h"
#include "swl_png.h"

#endif
