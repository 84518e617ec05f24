/*
 * hypercall.h - ask our own guard, if we have one.
 *
 * Floor 1c.  The guard serves a caller whose effective uid is 0 in the initial
 * user namespace.  The two numbers of the call are in common/magic.h.
 */
#ifndef EXECGUARD_HYPERCALL_H
#define EXECGUARD_HYPERCALL_H

#include "common/scope.h"

/* How long the guard may take to answer. */
#define HYPERCALL_TIMEOUT_MS 5000

/*
 * A connected SOCK_SEQPACKET socket to the guard that this process is under
 * (close-on-exec, owned by the caller), or
 *   -ENOENT      under no guard
 *   -EPERM       the guard serves root only
 *   -ENOSYS      the guard is dead: nothing can be run here any more
 *   -ETIMEDOUT   the guard did not answer in time
 * or another negative errno.
 *
 * The question is asked by a child that lives no longer than this call,
 * because whoever waits for a guard's answer can be killed but not called
 * back.  So the guard must not take the asker's pid for the application's.
 */
int hypercall_connect(void) MUST_CHECK;

#endif
