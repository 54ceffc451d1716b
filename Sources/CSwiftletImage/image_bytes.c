#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_failure.h"
#include "swl_image_bytes.h"

static void read_descriptor(int descriptor, int64_t max_length, SwlImageBytes* result,
                            SwlImageFailure* failure) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    swl_image_fail(failure, SWL_IMAGE_UNREADABLE, strerror(errno));
    return;
  }
  if (!S_ISREG(status.st_mode)) {
    swl_image_fail(failure, SWL_IMAGE_NOT_A_FILE, "");
    return;
  }
  if (status.st_size == 0) {
    swl_image_fail(failure, SWL_IMAGE_EMPTY_FILE, "");
    return;
  }
  result->length = (int64_t)status.st_size;
  if (result->length > max_length) {
    swl_image_fail(failure, SWL_IMAGE_FILE_TOO_LONG, "");
    return;
  }
  size_t length = (size_t)status.st_size;
  uint8_t* bytes = malloc(length);
  if (bytes == NULL) {
    swl_image_fail(failure, SWL_IMAGE_OUT_OF_MEMORY, "");
    return;
  }
  size_t done = 0;
  while (done < length) {
    ssize_t count = read(descriptor, bytes + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      swl_image_fail(failure, SWL_IMAGE_UNREADABLE,
                     count < 0 ? strerror(errno) : "the file became shorter while it was read");
      free(bytes);
      return;
    }
    done += (size_t)count;
  }
  result->bytes = bytes;
}

SwlImageFailure swl_image_bytes_read(const char* path, int64_t max_length, SwlImageBytes* result) {
  SwlImageFailure failure = {.kind = SWL_IMAGE_OK};
  result->bytes = NULL;
  result->length = 0;
  // Without O_NONBLOCK, opening a pipe waits for its writer.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    swl_image_fail(&failure, SWL_IMAGE_UNREADABLE, strerror(errno));
    return failure;
  }
  read_descriptor(descriptor, max_length, result, &failure);
  close(descriptor);
  return failure;
}

void swl_image_bytes_free(SwlImageBytes* bytes) {
  free(bytes->bytes);
  bytes->bytes = NULL;
}
