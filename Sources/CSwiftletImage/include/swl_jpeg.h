#ifndef SWL_JPEG_H
#define SWL_JPEG_H

#include <stdint.h>

#include "swl_image_failure.h"

// Reads the headers up to the first scan and gives the stored size in pixels. Allocates nothing
// that grows with the size.
SwlImageFailure swl_jpeg_size(const uint8_t* _Nonnull bytes, int64_t length,
                              int32_t* _Nonnull width, int32_t* _Nonnull height);

// Decodes into width · height · 3 bytes of interleaved RGB; width and height are what
// swl_jpeg_size gave for the same bytes. The slow integer DCT and smooth ("fancy") upsampling,
// which are libjpeg's defaults. Four-channel files are taken as inverted CMYK, as Adobe's
// programs write them, and composed with black. The orientation is not applied.
SwlImageFailure swl_jpeg_decode(const uint8_t* _Nonnull bytes, int64_t length, int32_t width,
                                int32_t height, uint8_t* _Nonnull rgb);

#endif
