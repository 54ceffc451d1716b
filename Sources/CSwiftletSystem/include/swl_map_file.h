#ifndef SWL_MAP_FILE_H
#define SWL_MAP_FILE_H

#include <stdint.h>

// A whole file in memory, read-only: mapped, or read into an allocation.
typedef struct SwlFile {
  const uint8_t* _Nullable bytes;  // at least 64-byte aligned; null after an error
  int64_t length;
  int32_t is_mapped;
  int32_t error;  // 0 or errno
} SwlFile;

// Opens a regular file of 1…max_length bytes; `map` 0 reads it instead of mapping it. `error` is
// what the system said (ENOENT, EACCES, …) or EISDIR for a folder, EINVAL for a pipe or a device,
// ENODATA for an empty file, EFBIG past max_length, EIO when the file ended while it was read.
SwlFile swl_file_open(const char* _Nonnull path, int32_t map, int64_t max_length);

// Unmaps or frees, and clears `file`, so that closing again does nothing.
void swl_file_close(SwlFile* _Nonnull file);

// At least `length` ≥ 0 bytes of 64-byte aligned zeroed memory, null when there is none; freed by
// swl_aligned_free.
void* _Nullable swl_aligned_alloc(int64_t length);
void swl_aligned_free(void* _Nullable pointer);

#endif
