// sigaction under -std=c11.
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "CSwiftletSystem.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler may not take a lock");

static atomic_int noted;

static void note(int signal) { atomic_store(&noted, signal); }

static void catch_signal(int signal) {
  struct sigaction action;
  if (sigaction(signal, NULL, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = (struct sigaction){0};
  action.sa_handler = note;
  // No SA_RESTART: waiting ends. SA_RESETHAND is written as a signed bit.
  action.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

void swl_catch_stop_signals(void) {
  catch_signal(SIGINT);
  catch_signal(SIGTERM);
  // A program is started with the blocked signals of the thread that starts it, and workers of
  // thread pools (libdispatch's, for one) block all: nobody could stop us.
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &stopping, NULL);
}

int32_t swl_stop_signal(void) { return atomic_load(&noted); }
