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
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
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

static int add_runtime(struct dl_phdr_info*, size_t, void*);

__attribute__((constructor)) static void start(void) {
  dl_iterate_phdr(add_runtime, NULL);
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

// Where Swift's runtime and the C and C++ libraries lie: found once, as looking up takes long.
static struct {
  uintptr_t begin, end;
} runtime[128];
static int runtime_count;

// The program itself, which has no name in the list.
static uintptr_t program_begin, program_end;

static int add_runtime(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size, (void)data;
  for (int j = 0; !info->dlpi_name[0] && !program_end && j < info->dlpi_phnum; j++) {
    if (info->dlpi_phdr[j].p_type != PT_LOAD || !(info->dlpi_phdr[j].p_flags & PF_X)) continue;
    program_begin = info->dlpi_addr + info->dlpi_phdr[j].p_vaddr;
    program_end = program_begin + info->dlpi_phdr[j].p_memsz;
  }
  static const char* const parts[] = {"libswift",         "libstdc++", "libdispatch",
                                      "libBlocksRuntime", "libc.so",   "ld-linux"};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (!strstr(info->dlpi_name, parts[i])) continue;
    for (int j = 0; j < info->dlpi_phnum && runtime_count < 128; j++) {
      if (info->dlpi_phdr[j].p_type != PT_LOAD) continue;
      uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[j].p_vaddr;
      runtime[runtime_count].begin = begin;
      runtime[runtime_count++].end = begin + info->dlpi_phdr[j].p_memsz;
    }
  }
  return 0;
}

// Whether Swift's runtime or the C++ library is the one that asks for memory.
static int is_runtime(const void* caller) {
  for (int i = 0; i < runtime_count; i++) {
    if ((uintptr_t)caller >= runtime[i].begin && (uintptr_t)caller < runtime[i].end) return 1;
  }
  return 0;
}

// Swift's compiler puts calls of malloc into programs for the frames of accessors, which are
// smaller than this and never looked at; what Swift's runtime needs besides it gets in the same
// way.
#define SMALL 4096

static int is_program(const void* caller) {
  return (uintptr_t)caller >= program_begin && (uintptr_t)caller < program_end;
}

static int no_memory(const void* caller) {
  return kind == MEMORY && !is_runtime(caller) && fails(MEMORY, ENOMEM);
}

void* malloc(size_t size) {
  if (size < SMALL && is_program(__builtin_return_address(0))) return __libc_malloc(size);
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
