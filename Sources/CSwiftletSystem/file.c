// 64-bit file offsets on 32-bit boards, and O_CLOEXEC under -std=c11.
#define _FILE_OFFSET_BITS 64
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CSwiftletSystem.h"

#define ALIGNMENT 64

// The first allocation for a stream that does not say how long it is.
#define STREAM_BLOCK (1 << 16)

_Static_assert(sizeof(off_t) == 8, "files past 2 GiB need 64-bit offsets");

static SwlFile system_error(int error) {
  return (SwlFile){.problem = SWL_FILE_SYSTEM_ERROR, .error = error};
}

static SwlFile failure(SwlFileProblem problem, int error) {
  return (SwlFile){.problem = problem, .error = error};
}

static SwlFile too_long(int64_t length) {
  return (SwlFile){.length = length, .problem = SWL_FILE_TOO_LONG, .error = EFBIG};
}

static int open_for_reading(const char* path, int flags) {
  int descriptor;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

// As `read`, again after a signal.
static ssize_t read_some(int descriptor, uint8_t* bytes, size_t length) {
  ssize_t count;
  do {
    count = read(descriptor, bytes, length);
  } while (count < 0 && errno == EINTR);
  return count;
}

static SwlFile map_contents(int descriptor, int64_t length) {
  void* bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) return system_error(errno);
  return (SwlFile){.bytes = bytes, .length = length, .is_mapped = 1};
}

static SwlFile read_contents(int descriptor, int64_t length) {
  if (length > PTRDIFF_MAX - ALIGNMENT) return failure(SWL_FILE_OUT_OF_MEMORY, ENOMEM);
  // aligned_alloc wants a multiple of the alignment.
  const size_t rounded = ((size_t)length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  uint8_t* bytes = aligned_alloc(ALIGNMENT, rounded);
  if (!bytes) return failure(SWL_FILE_OUT_OF_MEMORY, ENOMEM);
  for (int64_t done = 0; done < length;) {
    const ssize_t count = read_some(descriptor, bytes + done, (size_t)(length - done));
    if (count <= 0) {
      const SwlFile file = count < 0 ? system_error(errno) : failure(SWL_FILE_SHORTENED, EIO);
      free(bytes);
      return file;
    }
    done += count;
  }
  return (SwlFile){.bytes = bytes, .length = length};
}

static SwlFile regular_file(int descriptor, int32_t map, int64_t max_length) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return system_error(errno);
  if (S_ISDIR(status.st_mode)) return failure(SWL_FILE_FOLDER, EISDIR);
  if (!S_ISREG(status.st_mode)) return failure(SWL_FILE_NOT_REGULAR, EINVAL);
  if (status.st_size <= 0) return failure(SWL_FILE_EMPTY, ENODATA);
  if (status.st_size > max_length || status.st_size > PTRDIFF_MAX) return too_long(status.st_size);
  return map ? map_contents(descriptor, status.st_size) : read_contents(descriptor, status.st_size);
}

SwlFile swl_file_open(const char* path, int32_t map, int64_t max_length) {
  // O_NONBLOCK keeps a named pipe without a writer from blocking for ever; on regular files it does
  // nothing.
  const int descriptor = open_for_reading(path, O_NONBLOCK);
  // ENXIO is what opening a socket gives.
  if (descriptor < 0 && errno == ENXIO) return failure(SWL_FILE_NOT_REGULAR, EINVAL);
  if (descriptor < 0) return system_error(errno);
  const SwlFile file = regular_file(descriptor, map, max_length);
  close(descriptor);
  return file;
}

static SwlFile read_stream(int descriptor, int64_t max_length) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return system_error(errno);
  if (S_ISDIR(status.st_mode)) return failure(SWL_FILE_FOLDER, EISDIR);
  if (max_length > PTRDIFF_MAX - 1) max_length = PTRDIFF_MAX - 1;
  // One byte more than may be there, to notice it.
  int64_t capacity = status.st_size < STREAM_BLOCK ? STREAM_BLOCK : status.st_size + 1;
  if (capacity > max_length + 1) capacity = max_length + 1;
  int64_t length = 0;
  uint8_t* bytes = NULL;
  while (1) {
    uint8_t* larger = realloc(bytes, (size_t)capacity);
    if (!larger) {
      free(bytes);
      return failure(SWL_FILE_OUT_OF_MEMORY, ENOMEM);
    }
    bytes = larger;
    while (length < capacity) {
      const ssize_t count = read_some(descriptor, bytes + length, (size_t)(capacity - length));
      if (count < 0) {
        const SwlFile file = system_error(errno);
        free(bytes);
        return file;
      }
      if (count == 0) return (SwlFile){.bytes = bytes, .length = length};
      length += count;
    }
    if (length > max_length) {
      free(bytes);
      return too_long(length);
    }
    capacity = capacity <= max_length / 2 ? 2 * capacity : max_length + 1;
  }
}

SwlFile swl_file_read_stream(const char* path, int64_t max_length) {
  const int descriptor = open_for_reading(path, 0);
  if (descriptor < 0) return system_error(errno);
  const SwlFile file = read_stream(descriptor, max_length);
  close(descriptor);
  return file;
}

void swl_file_close(SwlFile* file) {
  if (file->bytes && file->is_mapped) {
    munmap((void*)file->bytes, (size_t)file->length);
  } else {
    free((void*)file->bytes);
  }
  *file = (SwlFile){0};
}
