#include "guardd/watch.h"

#include <limits.h>
#include <stdio.h>

#include "guardd/confirm.h"
#include "guardd/enforce.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "guardd/log.h"
#include "guardd/session.h"

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

static bool
is_held(const struct tracee *t)
{
	return t != NULL &&
	       (t->state == TRACEE_HELD || t->state == TRACEE_HELD_GRANTED ||
		   t->state == TRACEE_NEWBORN);
}

static void
on_end(struct session *s, const struct trace_event *e)
{
	const struct tracee *t = tracees_find(&s->tracees, e->tid);

	if (is_held(t))
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
	watch_step(s, t->tid, confirm_images(s, t), 0);
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

/* What a newborn runs is what its parent runs: exec comes later. */
static void
inherit(const struct tracee *parent, struct tracee *child)
{
	child->user = parent->user;
	child->real = parent->real;
	program_drop(child->program);
	child->program = program_share(parent->program);
}

/*
 * A child may have been heard before its parent says that there is one, and
 * be let go, or reaped, by now.  Then its number proves nothing, and a record
 * of it would be believed at its next exec.
 */
static void
on_fork(struct session *s, const struct trace_event *e)
{
	const struct tracee *parent = tracees_find(&s->tracees, e->tid);
	struct tracee *child = tracees_find(&s->tracees, e->other);

	if (is_held(parent) && child != NULL && is_held(child) &&
	    child->is_guessed)
		inherit(parent, child);
	if (is_held(parent) && child == NULL && e->other != 0 &&
	    trace_is_ours(e->other)) {
		child = tracees_add(&s->tracees, e->other);
		/* clone(2) with CLONE_VFORK and CLONE_THREAD: no process. */
		if (child != NULL && !trace_is_leader(e->other))
			child->state = TRACEE_LEAVING;
		else if (child != NULL) {
			child->state = TRACEE_NEWBORN;
			inherit(parent, child);
		}
	}
	if (child != NULL)
		child->is_guessed = false;
	watch_step(s, e->tid, EVENT_FORK, 0);
}

/* A newborn whose parent has not yet said so, or was killed first. */
static bool
learn(struct session *s, pid_t tid)
{
	SCOPED(fd_release) int fd = proc_open_path(s->proc, tid, "exe");
	char link[32], path[PATH_MAX];
	const struct guest *guest;
	struct proc_status who;
	struct file_id id;
	struct tracee *t;
	ssize_t n;

	if (!trace_is_leader(tid) || fd < 0 || !collect_id(fd, &id) ||
	    proc_status(s->proc, tid, &who) < 0)
		return false;
	guest = guests_judge(&s->guests, who.real);
	if (guest_is_exempt(guest))
		return false;
	(void)snprintf(link, sizeof(link), "self/fd/%d", fd);
	n = readlinkat(s->proc, link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';

	t = tracees_add(&s->tracees, tid);
	if (t == NULL)
		return false;
	t->state = TRACEE_NEWBORN;
	t->user = guest->uid;
	t->real = who.real;
	t->program = program_new(id, NAME_UNKNOWN, path);
	t->is_guessed = true;
	return true;
}

/* A stop that a newborn may begin with. */
static void
on_stop(struct session *s, const struct trace_event *e)
{
	enum tracee_event event = e->kind == TRACE_TRAP ? EVENT_TRAP
	                                                : EVENT_GROUP_STOP;

	if (tracees_find(&s->tracees, e->tid) == NULL && !learn(s, e->tid)) {
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

static void
serve(struct session *s, const struct trace_event *e)
{
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

int
watch_serve(struct session *s)
{
	for (;;) {
		struct trace_event e;
		int r = trace_next(&e);

		if (r < 0 || e.kind == TRACE_NOTHING)
			return r;
		serve(s, &e);
	}
}
