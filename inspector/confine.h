/*
 * confine.h - what the inspector gives up before it reads a hostile byte.
 *
 * capabilities(7), seccomp(2), getrlimit(2).
 */
#ifndef EXECGUARD_CONFINE_H
#define EXECGUARD_CONFINE_H

#include "common/scope.h"

/*
 * Keep sock and nothing else: no other descriptor; nothing to gain by exec
 * (no_new_privs); no core, no file to write, no child; not dumpable, so that no
 * process of that uid can trace it; killed with its parent; and a list of
 * system calls, all others kill:
 *
 *	poll ppoll recvmsg sendmsg pread64 brk close exit_group
 *	rt_sigreturn restart_syscall
 *
 * Who is root still is not taken in: the guard makes its inspector nobody,
 * without a group and so without a capability, before it is started.
 *
 * Returns 0 or a negative errno; the caller ends then.
 */
int confine(int sock) MUST_CHECK;

#endif
