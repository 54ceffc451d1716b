#ifndef SWL_PNG_H
#define SWL_PNG_H

#include <stdint.h>

#include "swl_image_failure.h"

// Reads the headers up to the first image data and gives the size in pixels. Allocates nothing
// that grows with the size.
SwlImageFailure swl_png_size(const uint8_t* _Nonnull bytes, int64_t length, int32_t* _Nonnull width,
                             int32_t* _Nonnull height);

// Decodes into width · height · 3 bytes of interleaved RGB; width and height are what
// swl_png_size gave for the same bytes. Of 16-bit samples the high byte is kept; transparency
// and gamma are ignored.
SwlImageFailure swl_png_decode(const uint8_t* _Nonnull bytes, int64_t length, int32_t width,
                               int32_t height, uint8_t* _Nonnull rgb);

#endif
