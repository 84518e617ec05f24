#include "guardd/still.h"

#include <errno.h>

#include "guardd/attach.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "guardd/session.h"
#include "guardd/watch.h"

/* Who of one process was told to stop. */
struct crowd {
	size_t n;
	pid_t tids[STILL_THREADS];
};

static bool
is_told(const struct crowd *crowd, pid_t tid)
{
	for (size_t i = crowd->n; i > 0; i--)
		if (crowd->tids[i - 1] == tid)
			return true;
	return false;
}

/* A leader that has ended before the others is not reported until they end. */
static bool
has_ended(const struct session *s, pid_t tid)
{
	struct proc_status who;
	int r = proc_status(s->proc, tid, &who);

	return r == -ENOENT || r == -ESRCH ||
	       (r == 0 && (who.state == 'Z' || who.state == 'X'));
}

/* Whether a thread that cannot be attached to is of no account. */
static bool
is_harmless(const struct session *s, pid_t tid, int error)
{
	return error == -ESRCH || has_ended(s, tid) ||
	       (error == -EPERM && attach_is_permitted(s, tid));
}

/* Tell everybody to stop who was not told yet.  Returns how many, or a negative
 * errno. */
static int
tell_all(struct session *s, const struct question *q, pid_t tgid,
    struct crowd *crowd)
{
	pid_t tids[STILL_THREADS];
	int n = proc_list_threads(s->proc, tgid, tids, STILL_THREADS);
	int n_told = 0;

	for (int i = 0; i < n; i++) {
		int r;

		if (tids[i] == q->tid || is_told(crowd, tids[i]))
			continue;
		if (crowd->n == STILL_THREADS)
			return -E2BIG;
		r = attach_for_a_moment(s, tids[i], tgid);
		if (r < 0 && !is_harmless(s, tids[i], r))
			return r;
		if (r < 0)
			continue;
		trace_interrupt(tids[i]);
		crowd->tids[crowd->n++] = tids[i];
		n_told++;
	}
	return n < 0 ? n : n_told;
}

/* Wait for one to stand, or to be as good as standing. */
static int
await(struct session *s, const struct question *q, pid_t tid, uint64_t deadline)
{
	while (trace_where(tid) == TRACE_RUNS) {
		if (!notify_is_pending(s->listener, q))
			return -ESRCH;
		if (collect_now() >= deadline)
			return -EBUSY;
		trace_await_news(1);
		if (trace_where(tid) == TRACE_RUNS &&
		    (proc_waits_for_vfork(s->proc, tid) || has_ended(s, tid)))
			return 0;
	}
	return 0;
}

int
still_hold(struct session *s, const struct question *q, pid_t tgid)
{
	struct crowd crowd = { .n = 0 };
	uint64_t deadline = collect_now() + STILL_MS;
	size_t n_awaited = 0;

	/* One who was not told yet may have made another, until he stands. */
	for (;;) {
		int r = tell_all(s, q, tgid, &crowd);

		if (r <= 0)
			return r;
		for (; n_awaited < crowd.n; n_awaited++) {
			r = await(s, q, crowd.tids[n_awaited], deadline);
			if (r < 0)
				return r;
		}
	}
}

int
still_answer(struct session *s, const struct question *q, pid_t tgid)
{
	uint64_t deadline = collect_now() + 2 * STILL_MS;
	int r = attach_for_a_moment(s, q->tid, tgid);

	if (r < 0)
		return r;
	/* Not before he has his answer: it would take him out of his call. */
	r = notify_continue(s->listener, q);
	trace_interrupt(q->tid);
	while (r == 0 && trace_where(q->tid) == TRACE_RUNS) {
		trace_await_news(1);
		if (trace_where(q->tid) == TRACE_RUNS && has_ended(s, q->tid))
			r = -ESRCH;
		else if (collect_now() >= deadline)
			return -EINPROGRESS;
	}
	return r;
}

int
still_release(struct session *s)
{
	return watch_serve(s);
}
