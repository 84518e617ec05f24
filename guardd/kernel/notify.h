/*
 * notify.h - receive a question, is it still pending, answer it.
 *
 * Floor 1b; the only file of the guard that sees linux/seccomp.h besides
 * sweep.c.  seccomp_unotify(2); Linux 5.14 for SECCOMP_ADDFD_FLAG_SEND.
 */
#ifndef EXECGUARD_NOTIFY_H
#define EXECGUARD_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "guardd/kernel/abi.h"

/* One thread that waits in the kernel for our answer. */
struct question {
	uint64_t id;
	pid_t tid; /* 0: the asker is in no pid namespace below ours */
	enum abi_call call;
	uint64_t args[6];
};

/*
 * Whether this kernel has all that we ask of it.  Returns 0, or -ENOSYS with
 * the name of what is missing in missing (static).
 */
int notify_supported(const char **missing) MUST_CHECK;

/*
 * Ask the kernel to run whoever is woken, guard or asker, on the processor of
 * its waker: the other one has nothing to do but wait.  A hint that Linux 6.6
 * and later take.
 */
void notify_hand_over_directly(int listener);

/* Returns 0, or -ENOENT: the asker died or was interrupted meanwhile. */
int notify_receive(int listener, struct question *out) MUST_CHECK;

/*
 * Whether the question is still pending: what was read from /proc or memory
 * of its asker before this call was the asker's, and not a newcomer's that
 * got the same pid.
 */
bool notify_is_pending(int listener, const struct question *q);

/*
 * Answer.  Each returns 0, or -ENOENT when nobody waits any more.
 *
 * notify_continue lets the kernel carry out the call, with arguments that it
 * reads again for itself: by itself it decides nothing.
 */
int notify_refuse(int listener, const struct question *q, int error);
int notify_continue(int listener, const struct question *q);

/* Put fd into the asker, close-on-exec, as the value of its call. */
int notify_give_fd(int listener, const struct question *q, int fd) MUST_CHECK;

#endif
