// sigaction and siginfo_t under -std=c11.
#define _XOPEN_SOURCE 700

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "CSwiftletSystem.h"

static char text[4096];
static size_t length;

static void explain(int signal, siginfo_t* info, void* context) {
  (void)context;
  if (info->si_code == BUS_ADRERR) {
    for (size_t done = 0; done < length;) {
      const ssize_t count = write(STDERR_FILENO, text + done, length - done);
      if (count <= 0) break;
      done += (size_t)count;
    }
    _exit(1);
  }
  // SA_RESETHAND has restored the default, which the same access now meets, or this.
  raise(signal);
}

void swl_explain_bus_error(const char* message) {
  length = strlen(message);
  if (length > sizeof text) length = sizeof text;
  memcpy(text, message, length);
  struct sigaction action = {0};
  action.sa_sigaction = explain;
  // SA_RESETHAND is written as a signed bit.
  action.sa_flags = SA_SIGINFO | (int)SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, NULL);
}
