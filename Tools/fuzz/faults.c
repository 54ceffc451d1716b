// Makes the n-th call of one kind fail. Tools/fuzz/faults builds it and preloads it:
//
//   SWIFTLET_FAULT=KIND:N      the N-th call fails, counted from 1; 0 fails none
//   SWIFTLET_FAULT=KIND:N+     and so do all after it
//   SWIFTLET_FAULT_COUNT=FILE  at the end the number of calls of that kind is written there
//
// Memory that Swift's own runtime asks for is not counted: where it gets none it ends the process,
// as all Swift programs do, so the program asks the system first (Memory.isAvailable), which is
// counted.
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum Kind { NONE, MEMORY, OPEN, READ, WRITE, SYNC, RENAME, THREAD };
static const char* const names[] = {"",      "memory", "open",   "read",
                                    "write", "sync",   "rename", "thread"};

static enum Kind kind;
static long chosen;
static int stays;
static atomic_long calls;
static char count_path[4096];

// glibc's own, which dlsym cannot be asked for: it allocates.
extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static int (*real_open)(const char*, int, ...);
static int (*real_openat)(int, const char*, int, ...);
static ssize_t (*real_read)(int, void*, size_t);
static ssize_t (*real_pread)(int, void*, size_t, off_t);
static ssize_t (*real_write)(int, const void*, size_t);
static int (*real_fsync)(int);
static int (*real_rename)(const char*, const char*);
static int (*real_linkat)(int, const char*, int, const char*, int);
static void* (*real_mmap)(void*, size_t, int, int, int, off_t);
static int (*real_thread)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

__attribute__((constructor)) static void start(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_read = dlsym(RTLD_NEXT, "read");
  real_pread = dlsym(RTLD_NEXT, "pread");
  real_write = dlsym(RTLD_NEXT, "write");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_linkat = dlsym(RTLD_NEXT, "linkat");
  real_mmap = dlsym(RTLD_NEXT, "mmap");
  real_thread = dlsym(RTLD_NEXT, "pthread_create");
  const char* path = getenv("SWIFTLET_FAULT_COUNT");
  if (path) snprintf(count_path, sizeof count_path, "%s", path);
  const char* fault = getenv("SWIFTLET_FAULT");
  if (!fault) return;
  for (int i = MEMORY; i <= THREAD; i++) {
    size_t length = strlen(names[i]);
    if (strncmp(fault, names[i], length) == 0 && fault[length] == ':') {
      chosen = atol(fault + length + 1);
      stays = fault[strlen(fault) - 1] == '+';
      kind = (enum Kind)i;
    }
  }
}

__attribute__((destructor)) static void finish(void) {
  if (!count_path[0]) return;
  int file = real_open(count_path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
  if (real_write(file, text, (size_t)length) != length) _exit(99);
  close(file);
}

// Counts a call; whether it is to fail, with this error.
static int fails(enum Kind called, int error) {
  if (called != kind) return 0;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (chosen == 0 || (stays ? number < chosen : number != chosen)) return 0;
  errno = error;
  return 1;
}

// Whether Swift's runtime or the C++ library is the one that asks for memory.
static int is_runtime(const void* caller) {
  Dl_info info;
  if (!dladdr(caller, &info) || !info.dli_fname) return 0;
  return strstr(info.dli_fname, "libswift") || strstr(info.dli_fname, "libstdc++") ||
         strstr(info.dli_fname, "libdispatch") || strstr(info.dli_fname, "libBlocksRuntime") ||
         strstr(info.dli_fname, "libc.so") || strstr(info.dli_fname, "ld-linux");
}

static int no_memory(const void* caller) {
  return kind == MEMORY && !is_runtime(caller) && fails(MEMORY, ENOMEM);
}

void* malloc(size_t size) {
  return no_memory(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  return no_memory(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
  return no_memory(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return no_memory(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void** result, size_t alignment, size_t size) {
  // Swift's runtime asks for over-aligned memory so.
  if (no_memory(__builtin_return_address(0))) return ENOMEM;
  *result = __libc_memalign(alignment, size);
  return *result ? 0 : ENOMEM;
}

void* mmap(void* address, size_t length, int protection, int flags, int file, off_t offset) {
  if (no_memory(__builtin_return_address(0))) return MAP_FAILED;
  if (!real_mmap) real_mmap = dlsym(RTLD_NEXT, "mmap");
  return real_mmap(address, length, protection, flags, file, offset);
}

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return fails(OPEN, EMFILE) ? -1 : real_open(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return fails(OPEN, EMFILE) ? -1 : real_open(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return fails(OPEN, EMFILE) ? -1 : real_openat(folder, path, flags, mode);
}

ssize_t read(int file, void* buffer, size_t count) {
  return fails(READ, EIO) ? -1 : real_read(file, buffer, count);
}

ssize_t pread(int file, void* buffer, size_t count, off_t offset) {
  return fails(READ, EIO) ? -1 : real_pread(file, buffer, count, offset);
}

ssize_t write(int file, const void* buffer, size_t count) {
  // The sentence itself can always be written.
  if (file == STDERR_FILENO) return real_write(file, buffer, count);
  return fails(WRITE, ENOSPC) ? -1 : real_write(file, buffer, count);
}

int fsync(int file) { return fails(SYNC, EIO) ? -1 : real_fsync(file); }

int rename(const char* from, const char* to) {
  return fails(RENAME, EIO) ? -1 : real_rename(from, to);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  return fails(RENAME, EIO) ? -1 : real_linkat(from_folder, from, to_folder, to, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                   void* argument) {
  if (fails(THREAD, EAGAIN)) return EAGAIN;
  return real_thread(thread, attributes, body, argument);
}
