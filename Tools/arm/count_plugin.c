// Counts the instructions of an emulated program between its readings of the clock.
//
// A plugin of qemu's user-mode emulator: -plugin libcount.so,out=FILE. Whenever the program asks for
// the time, the instructions executed since it last did are noted; FILE gets one such number a line
// when the program ends. So `swiftlet bench`, which reads the clock before and after each inference
// (and with --layers before and after each operation), is counted as it is, and exactly: the counts
// of a program with one thread repeat to the instruction.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

// Numbers of clock_gettime in the arm64 and in the 32-bit ARM system call tables.
enum { CLOCK_GETTIME_ARM64 = 113, CLOCK_GETTIME_ARM = 263, CLOCK_GETTIME64_ARM = 403 };

static uint64_t executed;
static uint64_t executed_before;
static FILE* out;

static void on_block(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &executed,
                                           qemu_plugin_tb_n_insns(block));
}

static void on_syscall(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t a1,
                       uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
                       uint64_t a8) {
  (void)id, (void)cpu, (void)a1, (void)a2, (void)a3, (void)a4;
  (void)a5, (void)a6, (void)a7, (void)a8;
  if (number != CLOCK_GETTIME_ARM64 && number != CLOCK_GETTIME_ARM &&
      number != CLOCK_GETTIME64_ARM) {
    return;
  }
  fprintf(out, "%" PRIu64 "\n", executed - executed_before);
  executed_before = executed;
}

static void on_end(qemu_plugin_id_t id, void* unused) {
  (void)id, (void)unused;
  fclose(out);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int count,
                                           char** arguments) {
  (void)info;
  for (int i = 0; i < count; i++) {
    if (strncmp(arguments[i], "out=", 4) == 0) out = fopen(arguments[i] + 4, "w");
  }
  if (out == NULL) {
    fputs("count plugin: out=FILE is missing or cannot be written\n", stderr);
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
  qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
  qemu_plugin_register_atexit_cb(id, on_end, NULL);
  return 0;
}
