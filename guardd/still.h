/*
 * still.h - one process, standing still for the moment of one answer.
 *
 * Floor 2.  Whoever is answered "go on" takes his arguments to the kernel
 * again; another thread of his could exchange what they mean (a descriptor, a
 * mapping) between our look and the kernel's use.
 *
 *	asker   other threads        guard
 *	waits   run                  looks: no objection
 *	waits   stop  <------------- still_hold
 *	waits   stand                looks again: no objection
 *	goes on <------------------- still_answer
 *	stands  stand                looks at what came of it
 *	runs    run   <------------- still_release
 *
 * A stop is one that trace_interrupt() asks for.  It is left to be heard until
 * still_release(), and watch.c does with each what it does with such a stop in
 * any case: a held process goes on, another one is let go.  So none of them may
 * be heard before.
 */
#ifndef EXECGUARD_STILL_H
#define EXECGUARD_STILL_H

#include <sys/types.h>

#include "common/scope.h"

struct question;
struct session;

#define STILL_THREADS 4096 /* a process with more is not held */
#define STILL_MS      2000 /* for all threads to stop; for the asker, doubled */

/*
 * Stop all threads of q's process tgid but the asker.  A thread that waits for
 * the child of its vfork(2) is as good as stopped; so is one that a
 * permitted tracer holds (attach.h).
 *
 * Returns 0; -ESRCH when nobody waits for the answer any more; -EBUSY,
 * -ETIMEDOUT or another negative errno when they cannot be stopped in time.
 * still_release() follows in any case.
 */
int still_hold(
    struct session *s, const struct question *q, pid_t tgid) MUST_CHECK;

/*
 * Say "go on", and wait until the asker stands behind his call.  Returns 0;
 * -EINPROGRESS when he was answered, and does not come to stand in time; -ESRCH
 * when he did not wait for it, or has ended; or, with nothing answered, -EPERM
 * (another tracer has him) or another negative errno.
 */
int still_answer(
    struct session *s, const struct question *q, pid_t tgid) MUST_CHECK;

/* All may go on.  Overwrites s->facts.  Returns as watch_serve() does. */
int still_release(struct session *s) MUST_CHECK;

#endif
