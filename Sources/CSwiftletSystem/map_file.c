// 64-bit file offsets on 32-bit boards, and O_CLOEXEC under -std=c11.
#define _FILE_OFFSET_BITS 64
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CSwiftletSystem.h"

#define ALIGNMENT 64

_Static_assert(sizeof(off_t) == 8, "files past 2 GiB need 64-bit offsets");

void* swl_aligned_alloc(int64_t length) {
  if (length < 0 || length > PTRDIFF_MAX - ALIGNMENT) return NULL;
  // aligned_alloc wants a multiple of the alignment, and 0 would be a null or a useless pointer.
  size_t rounded = ((size_t)length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (rounded == 0) rounded = ALIGNMENT;
  void* pointer = aligned_alloc(ALIGNMENT, rounded);
  if (pointer) memset(pointer, 0, rounded);
  return pointer;
}

void swl_aligned_free(void* pointer) { free(pointer); }

// Opens for reading. O_NONBLOCK keeps a named pipe without a writer from blocking for ever; on
// regular files it does nothing.
static int open_for_reading(const char* path) {
  int descriptor;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

// 0 and the length of a regular file in 1…max_length, or an errno value.
static int check(int descriptor, int64_t max_length, int64_t* length) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return EINVAL;
  if (status.st_size <= 0) return ENODATA;
  if (status.st_size > max_length || status.st_size > PTRDIFF_MAX) return EFBIG;
  *length = status.st_size;
  return 0;
}

// Fills `bytes` with exactly `length` bytes; EIO when the file ends early.
static int read_fully(int descriptor, uint8_t* bytes, int64_t length) {
  int64_t done = 0;
  while (done < length) {
    const ssize_t got = read(descriptor, bytes + done, (size_t)(length - done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return EIO;
    done += got;
  }
  return 0;
}

static int map_contents(int descriptor, SwlFile* file) {
  void* bytes = mmap(NULL, (size_t)file->length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) return errno;
  file->bytes = bytes;
  return 0;
}

static int read_contents(int descriptor, SwlFile* file) {
  uint8_t* bytes = swl_aligned_alloc(file->length);
  if (!bytes) return ENOMEM;
  const int error = read_fully(descriptor, bytes, file->length);
  if (error) {
    swl_aligned_free(bytes);
    return error;
  }
  file->bytes = bytes;
  return 0;
}

SwlFile swl_file_open(const char* path, int32_t map, int64_t max_length) {
  SwlFile file = {.is_mapped = map != 0};
  const int descriptor = open_for_reading(path);
  if (descriptor < 0) return (SwlFile){.error = errno};
  int error = check(descriptor, max_length, &file.length);
  if (!error) error = map ? map_contents(descriptor, &file) : read_contents(descriptor, &file);
  close(descriptor);
  return error ? (SwlFile){.error = error} : file;
}

void swl_file_close(SwlFile* file) {
  if (file->bytes && file->is_mapped) {
    munmap((void*)file->bytes, (size_t)file->length);
  } else {
    swl_aligned_free((void*)file->bytes);
  }
  *file = (SwlFile){0};
}
