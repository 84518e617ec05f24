#include "guardd/attach.h"

#include <errno.h>
#include <poll.h>

#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "guardd/session.h"
#include "guardd/watch.h"
#include "policy/debug.h"

/* How long the guard of another session looks at one process: sweep.h. */
#define LOOK_MS 100

/* Other threads of a process whose exec does not end are refused at once for so
 * long: they would stop this guard for TRACE_PATIENCE_MS each. */
#define STUCK_MS 10000

/* How long an exec is waited for that may itself wait for a tracer who never
 * hears his tracees. */
#define DEBUGGED_MS 250

/* Whether an exec of this process was waited for a moment ago, in vain. */
static bool
is_stuck(const struct session *s, pid_t tgid)
{
	return s->stuck == tgid && collect_now() < s->stuck_until;
}

/* Whether we are attached after all; or it is stuck from now on. */
static int
give_up_on(struct session *s, pid_t tid, pid_t tgid)
{
	if (trace_is_ours(tid))
		return 0;
	s->stuck = tgid;
	s->stuck_until = collect_now() + STUCK_MS;
	return -ETIMEDOUT;
}

static int
attach_among_threads(
    struct session *s, const struct question *q, pid_t tgid, bool is_held)
{
	int patience_ms = s->debuggers.were_let ? DEBUGGED_MS
	                                        : TRACE_PATIENCE_MS;

	if (is_stuck(s, tgid))
		return -ETIMEDOUT;
	for (;;) {
		int error = trace_seize_among_threads(
		    q->tid, is_held, patience_ms);

		if (error == -ETIMEDOUT)
			return give_up_on(s, q->tid, tgid);
		if (error != -EINTR)
			return error;
		watch_owe(s); /* the SIGCHLD that interrupted it is lost */
		/* It may have been attached just before the interruption, and
		 * must have its record before it is heard. */
		if (trace_is_ours(q->tid))
			return 0;
		error = watch_serve(s);
		if (error < 0)
			return error;
		if (!notify_is_pending(s->listener, q))
			return -ESRCH;
	}
}

/* Somebody, but us. */
static bool
has_other_tracer(const struct session *s, pid_t tid)
{
	struct proc_status who;

	return proc_status(s->proc, tid, &who) == 0 && who.tracer != 0 &&
	       who.tracer != getpid();
}

static int
attach_once(
    struct session *s, const struct question *q, pid_t tgid, bool is_held)
{
	/* Nobody else of its process can be in the middle of an exec. */
	if (q->tid == tgid && s->tracees.n_threads == 0 &&
	    !s->debuggers.were_let)
		return trace_seize(q->tid, is_held);
	if (s->debuggers.were_let && has_other_tracer(s, q->tid))
		return -EPERM;
	return attach_among_threads(s, q, tgid, is_held);
}

static bool
is_looked_at(const struct session *s, pid_t tid)
{
	struct proc_status who;

	return proc_status(s->proc, tid, &who) == 0 && who.tracer != 0 &&
	       who.tracer != getpid() && proc_is_guard(s->proc, who.tracer);
}

int
attach_to(struct session *s, const struct question *q, pid_t tgid, bool is_held)
{
	int error = attach_once(s, q, tgid, is_held);

	for (int ms = 0; ms < LOOK_MS && error == -EPERM; ms++) {
		if (!is_looked_at(s, q->tid))
			/* It may have ended just now: once more. */
			return attach_once(s, q, tgid, is_held);
		if (!notify_is_pending(s->listener, q))
			return -ESRCH;
		(void)poll(NULL, 0, 1);
		error = attach_once(s, q, tgid, is_held);
	}
	return error;
}

bool
attach_is_permitted(const struct session *s, pid_t tid)
{
	struct proc_status who, tracer;
	const struct guest *guest;

	if (proc_status(s->proc, tid, &who) < 0 || who.tracer == 0 ||
	    who.tracer == getpid())
		return false;
	guest = guests_judge(&s->guests, who.real);
	if (guest_is_exempt(guest) || debug_is_permitted(guest->policy))
		return true;
	return !proc_is_guard(s->proc, who.tracer) &&
	       proc_status(s->proc, who.tracer, &tracer) == 0 &&
	       tracer.real == 0;
}

int
attach_for_a_moment(struct session *s, pid_t tid, pid_t tgid)
{
	struct tracee *t;
	int error;

	if (trace_is_ours(tid))
		return 0;
	/* A record alone proves nothing: see ask.c. */
	tracees_remove(&s->tracees, tid);
	error = trace_seize_soon(tid);
	for (int ms = 0; ms < LOOK_MS && error == -EPERM; ms++) {
		bool was_looked_at = is_looked_at(s, tid);

		if (was_looked_at)
			(void)poll(NULL, 0, 1);
		error = trace_seize_soon(tid);
		if (!was_looked_at) /* or not any more: that was the last try */
			break;
	}
	if (error < 0)
		return error;
	t = tracees_add(&s->tracees, tid);
	if (t == NULL) {
		trace_interrupt(tid);
		return -ENOMEM;
	}
	t->state = TRACEE_LEAVING;
	if (tid != tgid)
		tracees_note_thread(&s->tracees, t);
	return 0;
}
