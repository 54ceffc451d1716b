#ifndef SWL_FILE_H
#define SWL_FILE_H

#include <stdint.h>

// Why a file could not be read.
typedef enum SwlFileProblem {
  SWL_FILE_OK = 0,
  SWL_FILE_SYSTEM_ERROR,   // a call failed, as `error` says
  SWL_FILE_FOLDER,         // EISDIR
  SWL_FILE_NOT_REGULAR,    // a pipe, a device, a socket; EINVAL
  SWL_FILE_EMPTY,          // ENODATA
  SWL_FILE_TOO_LONG,       // EFBIG
  SWL_FILE_OUT_OF_MEMORY,  // ENOMEM
  SWL_FILE_SHORTENED,      // it ended while it was read; EIO
} SwlFileProblem;

// A whole file in memory, read-only: mapped, or read into an allocation.
typedef struct SwlFile {
  const uint8_t* _Nullable bytes;  // null after a problem
  int64_t length;                  // after SWL_FILE_TOO_LONG what was found, else 0 after a problem
  int32_t is_mapped;
  int32_t problem;  // SwlFileProblem
  int32_t error;    // errno, or the number that stands beside the problem; 0 if there is none
} SwlFile;

// Opens a regular file of 1…max_length bytes; `map` 0 reads it instead of mapping it. Never waits
// for a pipe. The bytes are at least 64-byte aligned.
SwlFile swl_file_open(const char* _Nonnull path, int32_t map, int64_t max_length);

// Reads whatever the path leads to until it ends, at most max_length bytes: pipes, and files that
// the system makes up, which have no length before they are read. Nothing is no problem: `bytes` is
// not null then.
SwlFile swl_file_read_stream(const char* _Nonnull path, int64_t max_length);

// Unmaps or frees, and clears `file`, so that closing again does nothing.
void swl_file_close(SwlFile* _Nonnull file);

#endif
