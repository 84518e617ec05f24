/*
 * trace.h - attach, wait, resume, let go, kill.
 *
 * Floor 1b; the only file that sees sys/ptrace.h besides sweep.c.  ptrace(2).
 * Every attachment is a seizure with PTRACE_O_EXITKILL: when the guard dies,
 * an image that nobody confirmed dies with it.
 */
#ifndef EXECGUARD_TRACE_H
#define EXECGUARD_TRACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"

enum trace_kind {
	TRACE_NOTHING = 0, /* nobody has anything to say */
	TRACE_EXITED,      /* gone and reaped; signal: what killed it, or 0 */
	TRACE_EXEC,        /* a new image is mapped and has not run */
	TRACE_FORK,        /* fork or vfork; other: the child, attached too */
	TRACE_SIGNAL,      /* about to get signal */
	TRACE_GROUP_STOP,  /* stopped by signal, as by Ctrl-Z */
	TRACE_TRAP,        /* newborn, interrupted, or continued after a stop */
	TRACE_OTHER,       /* a stop that was never asked for */
};

struct trace_event {
	enum trace_kind kind;
	pid_t tid;
	int signal;
	pid_t other;
};

/*
 * Attach to a running or waiting thread, without stopping it.  is_held also
 * attaches to the children it will fork.
 *
 * Returns 0, -EPERM (another tracer has it, or we may not), -ESRCH.
 */
int trace_seize(pid_t tid, bool is_held) MUST_CHECK;

/*
 * The same for a thread of a process in which another tracee of ours may be
 * in the middle of an exec.  That one holds a lock until all other threads
 * are gone, the traced ones reaped by us; PTRACE_SEIZE waits for the lock, and
 * nobody would ever reap (ptrace(2), BUGS; cred_guard_mutex in the kernel).
 *
 * Returns also -EINTR: a tracee has something to say first.  Hear it with
 * trace_next() and call again; or -ETIMEDOUT: that exec does not come to its
 * end within patience_ms.  In both cases we may be attached, see
 * trace_is_ours().  SIGCHLD and SIGALRM must be blocked, and are so again
 * afterwards.
 */
#define TRACE_PATIENCE_MS 1000

int trace_seize_among_threads(
    pid_t tid, bool is_held, int patience_ms) MUST_CHECK;

/*
 * The same, and nobody is heard first: -ETIMEDOUT when it takes longer than
 * TRACE_SOON_MS, and then we may be attached.  Never -EINTR.
 */
#define TRACE_SOON_MS 1000

int trace_seize_soon(pid_t tid) MUST_CHECK;

/*
 * Attach for a look, in the same way, with the same doubt after -EINTR and
 * -EPERM: nothing is asked for, and the guard's end would not be the process's.
 */
int trace_seize_for_a_look(pid_t tid) MUST_CHECK;

/* Whether trace_next() would have something to tell; takes nothing away. */
bool trace_has_news(void);

/* The next thing a tracee has to say; never waits.  Reaps what ended.  The
 * kernel looks at every tracee for it, until one has something to say. */
int trace_next(struct trace_event *out) MUST_CHECK;

/* The same of one tracee, and the kernel looks at no other (since Linux 5.13).
 * Who is no tracee, nor a child, has nothing to say. */
int trace_next_of(pid_t tid, struct trace_event *out) MUST_CHECK;

/*
 * What follows may fail only because the tracee was killed meanwhile, and
 * then its end will be reported: nothing is to be done about it.
 */
void trace_resume(pid_t tid, int signal);
void trace_listen(pid_t tid);
void trace_let_go(pid_t tid, int signal);
void trace_interrupt(pid_t tid);
void trace_kill(pid_t tid);

/* Who asked for the exec at whose stop tid is: the leader's pid is reported,
 * whichever thread it was.  0: it was killed in its stop. */
pid_t trace_former_tid(pid_t tid);

/*
 * Whether tid is attached to us, or has ended so and is not reaped: as long as
 * it is, its number is nobody else's.
 */
bool trace_is_ours(pid_t tid);

/* What a tracee does; takes nothing away from trace_next(). */
enum trace_where {
	TRACE_RUNS = 0, /* or its stop was heard already */
	TRACE_STANDS,
	TRACE_IS_GONE, /* ended, or no tracee of ours */
};

enum trace_where trace_where(pid_t tid);

/* Wait until a tracee may have something to say, for so long at most.  Then
 * trace_next() must be heard to its end: its signal has been taken. */
void trace_await_news(int ms);

/* Whether tid leads its thread group: a process, not just a thread. */
bool trace_is_leader(pid_t tid);

#endif
