#include "guardd/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "common/clock.h"
#include "guardd/attach.h"
#include "guardd/enforce.h"
#include "guardd/hypercall.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/peek.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "guardd/libraries.h"
#include "guardd/session.h"
#include "guardd/waiting.h"
#include "guardd/watch.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000 /* linux/fcntl.h, Linux 6.14 */
#endif

static void
tell(struct session *s, const struct request *r, const struct verdict *verdict,
    uint32_t terminal)
{
	const struct notice notice = {
		.device = terminal,
		.login = s->guests.at[0]->uid,
		.asked = r->path,
		.policy = r->guest->policy,
		.facts = &s->facts,
		.verdict = verdict,
	};

	notice_refusal(&s->notices, &notice);
}

static void
record(struct session *s, const struct request *r, struct verdict verdict,
    uint32_t terminal)
{
	const struct event_exec e = {
		.facts = &s->facts,
		.verdict = verdict,
		.asked = r->path,
		.pid = r->q.tid,
	};
	struct event_source from = session_source(s, r->guest);

	if (verdict.action != ACTION_FILTER)
		event_exec(&from, &e);
	if (verdict.action != ACTION_FILTER && !guest_is_exempt(r->guest))
		tell(s, r, &verdict, terminal);
}

/* Go on, with nobody attached: only for an exec that is nobody's to judge, and
 * for one that nothing may block. */
static void
go_on_unattached(struct session *s, const struct request *r)
{
	(void)notify_continue(s->listener, &r->q);
}

/* The image that a verdict is about; {0, 0}: none. */
static struct file_id
blamed(const struct session *s, const struct verdict *verdict)
{
	return verdict->image < s->facts.n_images
	           ? s->facts.images[verdict->image].id
	           : (struct file_id){ 0 };
}

/* A refusal is told once, however often the same question comes. */
static void
record_once(struct session *s, const struct request *r, struct verdict verdict,
    uint32_t terminal)
{
	struct file_id image = blamed(s, &verdict);

	if (refusals_repeat(
		&s->refusals, &r->q, verdict.reason, image, collect_now())) {
		s->counters.repeated++;
		return;
	}
	if (!action_lets_run(verdict.action))
		s->counters.refused++;
	record(s, r, verdict, terminal);
}

/* What action = abort does to the asker is no crash of his program. */
static void
note_abort(struct session *s, const struct request *r, enum action action)
{
	struct tracee *t = tracees_find(&s->tracees, r->who.tgid);

	if (t != NULL)
		t->is_aborted = action == ACTION_ABORT;
}

/*
 * No, and why.  A question that is no longer pending is not an event: a signal
 * interrupted it, and it will be asked again.  A permissive policy blocks
 * nothing, not even when we know nothing.
 */
int
ask_refuse(struct session *s, const struct request *r, struct verdict verdict)
{
	int error = r->error != 0 ? r->error : EACCES;
	bool is_deadly = verdict.action == ACTION_ABORT ||
	                 verdict.action == ACTION_KILL ||
	                 verdict.action == ACTION_EXIT;
	SCOPED(fd_release) int process = proc_pin(r->who.tgid);
	/* While he surely waits: he may be gone when he has his answer. */
	uint32_t terminal = proc_terminal(s->proc, r->q.tid);

	if (!notify_is_pending(s->listener, &r->q))
		return 0;
	if (action_lets_run(verdict.action))
		go_on_unattached(s, r);
	else if (refusals_were_stop(&s->refusals, &r->q, blamed(s, &verdict))) {
		(void)notify_refuse(s->listener, &r->q, error);
		return 0;
	} else if (verdict.action == ACTION_STOP) {
		/* The signal takes him out of his question, which stays
		 * without an answer: after one he would run on first. */
		refusals_note_stop(&s->refusals, &r->q, blamed(s, &verdict));
		proc_signal(process, SIGSTOP);
	} else if (!is_deadly && notify_refuse(s->listener, &r->q, error) < 0)
		return 0;
	record_once(s, r, verdict, terminal);
	note_abort(s, r, verdict.action);
	if (is_deadly) {
		/* His end is his answer; if he lives on, he was refused.
		 * Others are heard meanwhile: the facts are theirs now. */
		enforce_action(s, verdict.action, r->guest, process);
		(void)notify_refuse(s->listener, &r->q, error);
	}
	return 0;
}

static bool
is_permitted(const struct collector *c, const struct facts *facts)
{
	return action_lets_run(decide(c->guest->policy, facts).action);
}

/* False: there is nothing to be seen. */
static bool
look_closely(struct session *s, const struct request *r,
    const struct collector *c, enum chain *chain)
{
	SCOPED(fd_release)
	int fd = resolve_as(&s->view, r->q.tid, r->dirfd, r->path, r->flags);

	s->facts.n_images = 0;
	if (fd >= 0)
		*chain = collect_chain(c, fd, r->path, &s->facts, is_permitted);
	return fd >= 0;
}

/* A directory, a pipe, a device: the kernel runs none, and says so itself. */
static bool
is_no_program(const struct facts *facts)
{
	const struct image *first = &facts->images[0];

	return facts->n_images > 0 && first->name != NAME_UNKNOWN &&
	       !S_ISREG(first->self.mode);
}

void
ask_look(struct session *s, struct request *r)
{
	const struct collector c = {
		.view = &s->view,
		.guest = r->guest,
		.ledger = &s->ledger,
		.known = &s->known,
		.tid = r->q.tid,
		.inspector = &s->inspector,
		.waiting = &r->waiting,
	};
	enum chain chain;

	shared_refresh(s, r->guest);
	collect_begin(&c, r->who.real, &s->facts);
	r->verdict.action = ACTION_ALLOW;

	chain = collect_known_chain(&c, r->path, &s->facts) ? CHAIN_WHOLE
	                                                    : CHAIN_BROKEN;
	if (chain != CHAIN_WHOLE &&
	    (!look_closely(s, r, &c, &chain) || is_no_program(&s->facts)))
		return;
	r->waits = chain == CHAIN_WAITS;
	r->is_known = chain == CHAIN_WHOLE;
	r->verdict = decide(r->guest->policy, &s->facts);
	if (r->waiting.is_over && !r->is_known &&
	    action_lets_run(r->verdict.action))
		r->verdict = decide_refusal(
		    r->guest->policy, REASON_UNINSPECTED);
	r->first = s->facts.images[0].id;
	r->program = s->facts.images[s->facts.n_images - 1].id;
}

/* The exec may go on: remember what was allowed, to compare at its stop. */
static int
grant(struct session *s, const struct request *r, struct tracee *t)
{
	unconfirmed_forget(&s->unconfirmed, r->who.tgid, r->q.tid);
	free(t->grant.path);
	t->grant = (struct grant){
		.uid = r->who.real,
		.is_exempt = guest_is_exempt(r->guest),
		.is_known = r->is_known,
		.first = r->first,
		.program = r->program,
		.path = strdup(r->path), /* NULL: one word less in an event */
	};
	watch_step(s, r->q.tid, EVENT_ASKED, 0);
	if (notify_continue(s->listener, &r->q) < 0)
		watch_step(s, r->q.tid, EVENT_ASK_LOST, 0);
	return 0;
}

/*
 * Another tracer holds the asker, so nothing can be confirmed.  Where policy
 * permits him, or trusts him, ask decides, and what runs then is looked at as
 * soon as it can be seen.  Anybody else's could swap the file.
 */
static int
traced(struct session *s, struct request *r, int error)
{
	bool is_permitted_tracer = error == -EPERM &&
	                           attach_is_permitted(s, r->q.tid);

	if (error == -ESRCH)
		return 0; /* killed: nobody waits for an answer */
	if (guest_is_exempt(r->guest) ||
	    (is_permitted_tracer && unconfirmed_note(s, r) == 0)) {
		go_on_unattached(s, r);
		return 0;
	}
	ask_look(s, r); /* the facts may be another exec's by now */
	return ask_refuse(s, r,
	    decide_refusal(r->guest->policy,
		error == -EPERM ? REASON_TRACED : REASON_UNKNOWN));
}

/*
 * The asker's record, if it is attached to us at this moment.  A record alone
 * proves nothing: a leader whose place an unattached thread took by its exec
 * has vanished without a word.
 */
static struct tracee *
attached(struct session *s, const struct request *r)
{
	struct tracee *t = tracees_find(&s->tracees, r->q.tid);

	if (t == NULL || trace_is_ours(r->q.tid))
		return t;
	tracees_remove(&s->tracees, r->q.tid);
	return NULL;
}

static bool
is_held(const struct request *r)
{
	return !guest_is_exempt(r->guest) && r->guest->policy->segvguard.is_on;
}

/* Attach, and only then say "go on". */
static int
let(struct session *s, struct request *r)
{
	struct tracee *t = attached(s, r);

	if (t == NULL) {
		int error = attach_to(s, &r->q, r->who.tgid, is_held(r));

		if (error < 0)
			return traced(s, r, error);
		t = tracees_add(&s->tracees, r->q.tid);
		if (t == NULL) {
			trace_interrupt(r->q.tid);
			(void)notify_refuse(s->listener, &r->q, ENOMEM);
			return 0;
		}
		if (r->q.tid != r->who.tgid)
			tracees_note_thread(&s->tracees, t);
	}
	return grant(s, r, t);
}

static int
answer(struct session *s, struct request *r)
{
	/*
	 * Nobody judges root, and only his own real uid makes a thread root's:
	 * it cannot change while the thread waits here.  A process that is
	 * still held (sudo) is let go at its exec stop.
	 */
	if (guest_is_exempt(r->guest)) {
		if (tracees_find(&s->tracees, r->who.tgid) != NULL ||
		    tracees_find(&s->tracees, r->q.tid) != NULL)
			return let(s, r);
		go_on_unattached(s, r);
		return 0;
	}
	ask_look(s, r);
	if (!notify_is_pending(s->listener, &r->q))
		return 0;
	if (r->waits && waiting_park(s, &r->q, &r->waiting) == 0)
		return 0;
	if (r->waits)
		return ask_refuse(
		    s, r, decide_refusal(r->guest->policy, REASON_UNINSPECTED));
	if (!action_lets_run(r->verdict.action))
		return ask_refuse(s, r, r->verdict);
	/* execveat(2): only asks whether it could; no image will appear. */
	if (r->flags & AT_EXECVE_CHECK) {
		(void)notify_continue(s->listener, &r->q);
		return 0;
	}
	return let(s, r);
}

int
ask_exec(struct session *s, const struct question *q, struct waiting waiting)
{
	struct request r = { .q = *q, .dirfd = AT_FDCWD, .waiting = waiting };
	uint64_t path = q->args[0];

	s->facts.n_images = 0;
	if (q->call == CALL_EXECVEAT) {
		r.dirfd = (int)q->args[0];
		path = q->args[1];
		r.flags = (int)q->args[4];
	}
	/* pid_namespaces(7): a namespace that is not below ours has no number
	 * for us.  Who cannot be seen is refused, not guessed. */
	r.guest = s->guests.at[0];
	if (q->tid == 0)
		return ask_refuse(
		    s, &r, decide_refusal(r.guest->policy, REASON_UNSEEN));
	if (proc_identity(s->proc, q->tid, &r.who) < 0)
		return ask_refuse(
		    s, &r, decide_refusal(r.guest->policy, REASON_UNKNOWN));
	r.guest = guests_judge(&s->guests, r.who.real);
	/* Unreadable or endless: the kernel will say so itself. */
	if (peek_string(q->tid, path, r.path, sizeof(r.path)) < 0)
		r.path[0] = '\0';
	return answer(s, &r);
}

int
ask_serve(struct session *s)
{
	struct question q;
	int r = notify_receive(s->listener, &q);
	uint64_t began = clock_ns(CLOCK_MONOTONIC);

	if (r == -ENOENT)
		return 0; /* the asker is gone, or will ask again */
	if (r < 0)
		return r;
	switch (q.call) {
	case CALL_EXECVE:
	case CALL_EXECVEAT:
		s->counters.asked++;
		r = ask_exec(s, &q,
		    (struct waiting){ .since = s->inspector.last_ticket });
		latency_note(&s->asks, began);
		return r;
	case CALL_PTRACE:
		debuggers_ask(s, &q);
		return 0;
	case CALL_WRITEV:
		debuggers_write(s, &q);
		return 0;
	case CALL_PRCTL:
		hypercall_answer(s, &q);
		return 0;
	case CALL_MMAP:
	case CALL_MPROTECT:
	case CALL_PERSONALITY:
	case CALL_SHMAT:
		return libraries_serve(s, &q);
	case CALL_UNKNOWN:
		break;
	}
	/* A number that our filter does not know either: nothing of ours. */
	(void)notify_refuse(s->listener, &q, ENOSYS);
	return 0;
}
