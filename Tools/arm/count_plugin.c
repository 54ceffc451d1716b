// Counts the instructions of marked stretches of an emulated program.
//
// A plugin of qemu's user-mode emulator: -plugin libcount.so,out=FILE. The program marks where a
// stretch begins and where it ends by closing descriptors that never exist (enum Mark of
// SwiftletRunCommands); at each end FILE gets a line: the instructions since the mark before. The
// counts of a program with one thread repeat to the instruction.
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

// The number of close in the arm64 system call table.
enum { CLOSE_ARM64 = 57 };
// The descriptors that are marks.
enum { MARK_BEGIN = -0x53574C, MARK_END = -0x53574D };

static uint64_t executed;
static uint64_t executed_at_mark;
static FILE* out;

static void on_block(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &executed,
                                           qemu_plugin_tb_n_insns(block));
}

static void on_syscall(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t a1,
                       uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
                       uint64_t a8) {
  (void)id, (void)cpu, (void)a2, (void)a3, (void)a4;
  (void)a5, (void)a6, (void)a7, (void)a8;
  const int32_t descriptor = (int32_t)a1;
  if (number != CLOSE_ARM64 || (descriptor != MARK_BEGIN && descriptor != MARK_END)) return;
  if (descriptor == MARK_END) fprintf(out, "%" PRIu64 "\n", executed - executed_at_mark);
  executed_at_mark = executed;
}

static void on_end(qemu_plugin_id_t id, void* unused) {
  (void)id, (void)unused;
  fclose(out);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int count,
                                           char** arguments) {
  if (strcmp(info->target_name, "aarch64") != 0) {
    fputs("count plugin: knows the system calls of aarch64 only\n", stderr);
    return -1;
  }
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
