#ifndef SWL_IMAGE_BYTES_H
#define SWL_IMAGE_BYTES_H

#include <stdint.h>

#include "swl_image_failure.h"

// A whole file in memory.
typedef struct SwlImageBytes {
  uint8_t* _Nullable bytes;  // null after a failure; freed by swl_image_bytes_free
  int64_t length;            // after SWL_IMAGE_FILE_TOO_LONG: the file's length
} SwlImageBytes;

// Reads a regular, non-empty file of at most max_length bytes. Never waits for a pipe.
SwlImageFailure swl_image_bytes_read(const char* _Nonnull path, int64_t max_length,
                                     SwlImageBytes* _Nonnull result);
void swl_image_bytes_free(SwlImageBytes* _Nonnull bytes);

#endif
