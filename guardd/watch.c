#include "guardd/watch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "guardd/confirm.h"
#include "guardd/enforce.h"
#include "guardd/kernel/trace.h"
#include "guardd/log.h"
#include "guardd/newborn.h"
#include "guardd/session.h"

#define FEW       64       /* tracees: the kernel looks at them in 2 us */
#define PAUSE     8        /* times what the last look took */
#define LATEST_NS 10000000 /* it took that long without a processor */
#define AT_ONCE   16       /* found by looking, before those with a name */

static void
act(pid_t tid, enum tracee_act what, int signal)
{
	switch (what) {
	case ACT_KILL:
		/* Reaped when its end is reported: its parent waits for it. */
		trace_kill(tid);
		break;
	case ACT_RESUME:
		trace_resume(tid, signal);
		break;
	case ACT_LISTEN:
		trace_listen(tid);
		break;
	case ACT_LET_GO:
		trace_let_go(tid, signal);
		break;
	case ACT_INTERRUPT:
		trace_interrupt(tid);
		break;
	case ACT_FORGET:
	case ACT_NOTHING:
		break;
	}
}

void
watch_step(struct session *s, pid_t tid, enum tracee_event event, int signal)
{
	struct tracee *t = tracees_find(&s->tracees, tid);
	enum tracee_state state = t != NULL ? t->state : TRACEE_GONE;
	struct tracee_step step = tracee_step(state, event);

	log_debug("%d: %s, %s: %s", (int)tid, tracee_state_name(state),
	    tracee_event_name(event), tracee_state_name(step.next));

	if (step.next == TRACEE_GONE)
		tracees_remove(&s->tracees, tid);
	else if (t == NULL && (t = tracees_add(&s->tracees, tid)) == NULL)
		step.act = ACT_KILL; /* out of memory: nothing runs unseen */
	else
		t->state = step.next;
	act(tid, step.act, signal);
}

static void
on_end(struct session *s, const struct trace_event *e)
{
	const struct tracee *t = tracees_find(&s->tracees, e->tid);

	if (tracees_is_held(t))
		enforce_death(s, t, e->signal);
	watch_step(s, e->tid, EVENT_EXIT, 0);
}

/* It is killed whatever the policy's mode: there is no question to answer. */
static void
record_unasked(struct session *s, pid_t pid)
{
	const struct guest *guest = s->guests.at[0];
	struct event_source from = session_source(s, guest);
	const struct event_exec e = {
		.verdict = decide_objection(
		    CHECK_GUARD, REASON_UNASKED, ACTION_KILL, 0),
		.is_confirm = true,
		.pid = pid,
	};

	event_exec(&from, &e);
}

static void
confirm(struct session *s, struct tracee *t)
{
	uint64_t began = clock_ns(CLOCK_MONOTONIC);

	watch_step(s, t->tid, confirm_images(s, t), 0);
	latency_note(&s->confirms, began);
}

void
watch_confirm(struct session *s, pid_t tid)
{
	struct tracee *t = tracees_find(&s->tracees, tid);

	if (t != NULL && t->state == TRACEE_WAITING)
		confirm(s, t);
}

static void
on_exec(struct session *s, const struct trace_event *e)
{
	struct tracee *t;

	/* Only an attached thread that is no leader can have changed its tid.
	 */
	if (s->tracees.n_threads > 0)
		tracees_succeed(&s->tracees, trace_former_tid(e->tid), e->tid);
	t = tracees_find(&s->tracees, e->tid);
	if (t != NULL &&
	    (t->state == TRACEE_GRANTED || t->state == TRACEE_HELD_GRANTED)) {
		s->counters.confirmed++;
		t->grant.waiting = (struct waiting){
			.since = s->inspector.last_ticket,
		};
		confirm(s, t);
		return;
	}
	record_unasked(s, e->tid);
	watch_step(s, e->tid, EVENT_EXEC_DENIED, 0);
}

static void
on_fork(struct session *s, const struct trace_event *e)
{
	newborn_announce(s, e->tid, e->other);
	watch_step(s, e->tid, EVENT_FORK, 0);
}

/* A stop that a newborn may begin with. */
static void
on_stop(struct session *s, const struct trace_event *e)
{
	enum tracee_event event = e->kind == TRACE_TRAP ? EVENT_TRAP
	                                                : EVENT_GROUP_STOP;

	if (tracees_find(&s->tracees, e->tid) == NULL &&
	    !newborn_learn(s, e->tid)) {
		/* A thread (CLONE_PTRACE), or root's: not ours to hold. */
		trace_let_go(e->tid, 0);
		return;
	}
	watch_step(s, e->tid, event, 0);
}

/*
 * One of whom there is no record, at a stop that is no exec: he runs an image
 * that was confirmed, or is none of ours.  His next exec asks.
 */
static bool
is_let_go(struct session *s, const struct trace_event *e)
{
	if ((e->kind != TRACE_SIGNAL && e->kind != TRACE_FORK) ||
	    tracees_find(&s->tracees, e->tid) != NULL)
		return false;
	trace_let_go(e->tid, e->kind == TRACE_SIGNAL ? e->signal : 0);
	return true;
}

/* To the front, and whoever was not heard for longest goes. */
static void
note_busy(struct watch *watch, pid_t tid)
{
	size_t i = 0;

	while (i < WATCH_BUSY - 1 && watch->busy[i] != tid)
		i++;
	memmove(&watch->busy[1], &watch->busy[0], i * sizeof(tid));
	watch->busy[0] = tid;
}

static void
serve(struct session *s, const struct trace_event *e)
{
	note_busy(&s->watch, e->tid);
	if (e->kind == TRACE_FORK)
		note_busy(&s->watch, e->other);
	if (is_let_go(s, e))
		return;
	switch (e->kind) {
	case TRACE_EXITED:
		on_end(s, e);
		break;
	case TRACE_EXEC:
		on_exec(s, e);
		break;
	case TRACE_FORK:
		on_fork(s, e);
		break;
	case TRACE_SIGNAL:
		watch_step(s, e->tid, EVENT_SIGNAL, e->signal);
		break;
	case TRACE_GROUP_STOP:
	case TRACE_TRAP:
		on_stop(s, e);
		break;
	case TRACE_OTHER:
		trace_resume(e->tid, 0);
		break;
	case TRACE_NOTHING:
		break;
	}
}

/*
 * Serve up to most tracees.  Who was found would have been named sooner or
 * later, and is served anyway; in vain was at most the last look.
 */
static int
look(struct session *s, size_t most)
{
	struct trace_event e;
	uint64_t began, pause;
	int r;

	s->watch.is_owed = true;
	for (size_t i = 0; i < most && s->watch.is_owed; i++) {
		began = clock_ns(CLOCK_MONOTONIC);
		r = trace_next(&e);
		if (r < 0)
			return r;
		s->watch.next = clock_ns(CLOCK_MONOTONIC);
		pause = (s->watch.next - began) * PAUSE;
		s->watch.next += pause < LATEST_NS ? pause : LATEST_NS;
		if (e.kind == TRACE_NOTHING)
			s->watch.is_owed = false;
		else
			serve(s, &e);
	}
	return 0;
}

/* The one that was named, and who he says is born: both have nearly always
 * stopped by now, and one SIGCHLD was sent. */
static int
hear_one(struct session *s, pid_t tid)
{
	struct trace_event e;
	int r = trace_next_of(tid, &e);

	if (r < 0 || e.kind == TRACE_NOTHING)
		return r;
	serve(s, &e);
	return e.kind == TRACE_FORK && e.other > 0 ? hear_one(s, e.other) : 0;
}

struct roll {
	size_t n;
	pid_t *tids;
};

static void
enroll(struct tracee *t, void *context)
{
	struct roll *roll = context;

	roll->tids[roll->n++] = t->tid;
}

/* Ask each by name: among thousands that costs as much as a dozen looks, and
 * finds all who have something to say. */
static int
call_the_roll(struct session *s)
{
	struct roll roll = { 0, calloc(s->tracees.n, sizeof(pid_t)) };
	int r = 0;

	if (roll.tids != NULL)
		tracees_walk(&s->tracees, enroll, &roll);
	for (size_t i = 0; i < roll.n && r == 0; i++)
		r = hear_one(s, roll.tids[i]);
	free(roll.tids);
	return r;
}

int
watch_serve(struct session *s)
{
	return look(s, SIZE_MAX);
}

int
watch_look(struct session *s)
{
	int r;

	if (watch_patience_ns(s) != 0)
		return 0;
	r = look(s, AT_ONCE);
	/* So many at once: all of them were sent a signal. */
	return r == 0 && s->watch.is_owed ? call_the_roll(s) : r;
}

void
watch_owe(struct session *s)
{
	s->watch.is_owed = true;
	s->watch.next = 0;
}

int64_t
watch_patience_ns(const struct session *s)
{
	uint64_t now;

	if (!s->watch.is_owed)
		return -1;
	now = clock_ns(CLOCK_MONOTONIC);
	return now < s->watch.next ? (int64_t)(s->watch.next - now) : 0;
}

int
watch_hear(struct session *s, pid_t tid)
{
	int r = tid > 0 ? hear_one(s, tid) : 0;

	if (r < 0)
		return r;
	if (s->tracees.n <= FEW)
		return watch_serve(s);
	for (size_t i = 0; i < WATCH_BUSY; i++) {
		r = s->watch.busy[i] != 0 ? hear_one(s, s->watch.busy[i]) : 0;
		if (r < 0)
			return r;
	}
	s->watch.is_owed = true;
	return 0;
}
