#include "image_failure.h"

#include <stddef.h>

const char* swl_image_failure_text(const SwlImageFailure* failure) { return failure->text; }

void swl_image_fail(SwlImageFailure* failure, SwlImageFailureKind kind, const char* text) {
  failure->kind = kind;
  size_t length = 0;
  for (; text[length] != 0 && length + 1 < SWL_IMAGE_FAILURE_TEXT_LENGTH; length++) {
    char c = text[length];
    failure->text[length] = (c >= 0x20 && c < 0x7F) ? c : '?';
  }
  failure->text[length] = 0;
}
