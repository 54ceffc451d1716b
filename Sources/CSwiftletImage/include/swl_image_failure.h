#ifndef SWL_IMAGE_FAILURE_H
#define SWL_IMAGE_FAILURE_H

#include <stdint.h>

typedef enum SwlImageFailureKind {
  SWL_IMAGE_OK = 0,
  SWL_IMAGE_TRUNCATED,    // the data ends before the image does
  SWL_IMAGE_DAMAGED,      // `text` says what is wrong
  SWL_IMAGE_UNSUPPORTED,  // a valid file of a kind that is not read; `text` names it
  SWL_IMAGE_OUT_OF_MEMORY,
} SwlImageFailureKind;

enum { SWL_IMAGE_FAILURE_TEXT_LENGTH = 200 };

// How a call ended. `text` is always terminated, and empty where the kind says all.
typedef struct SwlImageFailure {
  SwlImageFailureKind kind;
  char text[SWL_IMAGE_FAILURE_TEXT_LENGTH];
} SwlImageFailure;

// The text of a failure, valid as long as the failure stands there.
const char* _Nonnull swl_image_failure_text(const SwlImageFailure* _Nonnull failure);

#endif
