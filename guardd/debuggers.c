#include "guardd/debuggers.h"

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/target.h"
#include "guardd/kernel/trace.h"
#include "guardd/session.h"
#include "guardd/watch.h"
#include "policy/debug.h"

void
debuggers_release(struct debuggers *debuggers)
{
	free(debuggers->known);
	*debuggers = (struct debuggers){ 0 };
}

bool
debuggers_know(const struct debuggers *debuggers, pid_t pid, uint64_t start)
{
	for (size_t i = 0; i < debuggers->n_known; i++)
		if (debuggers->known[i].pid == pid &&
		    debuggers->known[i].start == start)
			return true;
	return false;
}

/* Forget who has ended. */
static void
prune(struct session *s)
{
	struct debuggers *all = &s->debuggers;
	size_t n = 0;

	for (size_t i = 0; i < all->n_known; i++)
		if (proc_start(s->proc, all->known[i].pid) ==
		    all->known[i].start)
			all->known[n++] = all->known[i];
	all->n_known = n;
}

static int
make_room(struct session *s)
{
	struct debuggers *all = &s->debuggers;
	size_t room = all->room == 0 ? 8 : all->room * 2;
	struct debugger *more;

	if (all->n_known < all->room)
		return 0;
	prune(s);
	if (all->n_known <= all->room / 2 && all->room > 0)
		return 0;
	if (room > DEBUGGERS_KNOWN)
		return all->n_known < all->room ? 0 : -EUSERS;
	more = realloc(all->known, room * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	all->known = more;
	all->room = room;
	return 0;
}

/* Returns 0; or a negative errno when more are alive than can be known. */
static int
remember(struct session *s, pid_t pid)
{
	struct debuggers *all = &s->debuggers;
	const struct debugger one = { pid, proc_start(s->proc, pid) };
	int r;

	if (debuggers_know(all, one.pid, one.start))
		return 0;
	r = make_room(s);
	if (r == 0)
		all->known[all->n_known++] = one;
	return r;
}

static bool
is_permitted(const struct session *s, uid_t real)
{
	const struct guest *guest = guests_judge(&s->guests, real);

	return debug_is_permitted(guest == NULL ? NULL : guest->policy);
}

/* Attached to us at this moment.  A record alone proves nothing: see ask.c. */
static const struct tracee *
held(const struct session *s, pid_t tid)
{
	const struct tracee *t = tracees_find(&s->tracees, tid);

	return t != NULL && trace_is_ours(tid) ? t : NULL;
}

/* Whom the question is about.  0: nobody that we could find. */
static pid_t
target_in(const struct session *s, const struct question *q)
{
	pid_t target;

	if (q->call == CALL_PTRACE && target_is_self(q->args[0]))
		return q->tid;
	target = target_of(
	    s->proc, q->tid, (pid_t)q->args[q->call == CALL_PTRACE ? 1 : 0]);
	return target < 0 ? 0 : target;
}

/* Returns the answer; *out: whom it is about. */
static enum debug_answer
judge(struct session *s, const struct question *q,
    const struct proc_status *who, pid_t *out)
{
	struct debug_facts facts = {
		.is_root = who->real == 0,
		.asker_may = is_permitted(s, who->real),
	};
	const struct tracee *t;
	struct proc_status target;

	if (!facts.is_root && !facts.asker_may)
		return DEBUG_REFUSE;
	*out = target_in(s, q);
	/* Nobody, or of his own process: the kernel says so. */
	if (*out == 0 || proc_status(s->proc, *out, &target) < 0 ||
	    (target.tgid == who->tgid && *out != q->tid))
		return DEBUG_GO_ON;
	t = held(s, *out);
	facts.is_held = t != NULL;
	facts.is_inside = target.seccomp == PROC_FILTERED;
	facts.is_own = target.real == who->real;
	facts.is_plain = *out == q->tid ||
	                 target_is_plain(s->proc, *out, target.real);
	facts.target_may = is_permitted(s, target.real) &&
	                   (t == NULL || is_permitted(s, t->real));
	return debug_decide(&facts);
}

static void
refuse(struct session *s, const struct question *q)
{
	(void)notify_refuse(s->listener, q, EPERM);
}

static void
go_on(struct session *s, const struct question *q)
{
	s->debuggers.were_let = true;
	(void)notify_continue(s->listener, q);
}

static void
wish(struct session *s, const struct question *q, pid_t target)
{
	struct debuggers *all = &s->debuggers;

	if (all->n_wishes == DEBUGGERS_WISHES) {
		refuse(s, q);
		return;
	}
	all->wishes[all->n_wishes++] = (struct wish){
		.q = *q,
		.target = target,
		.until = collect_now() + DEBUGGERS_MS,
	};
}

void
debuggers_ask(struct session *s, const struct question *q)
{
	enum debug_answer answer = DEBUG_REFUSE;
	struct proc_status who = { 0 };
	pid_t target = 0;
	bool is_known = q->tid != 0 &&
	                proc_identity(s->proc, q->tid, &who) == 0;

	/* sudo(8), intercept_type = trace: told EPERM it would run the command
	 * without a word, and without its own policy for what that starts. */
	if (is_known && who.effective == 0 && who.real != 0 &&
	    target_is_filtered(q->args)) {
		(void)notify_refuse(s->listener, q, EOPNOTSUPP);
		return;
	}
	if (is_known)
		answer = judge(s, q, &who, &target);
	/* Root is never ended with a session: he need not be known. */
	if (answer != DEBUG_REFUSE && who.real != 0 &&
	    remember(s, who.tgid) < 0)
		answer = DEBUG_REFUSE;
	/* What was read was his, and not a newcomer's. */
	if (answer == DEBUG_REFUSE || !notify_is_pending(s->listener, q))
		refuse(s, q);
	else if (answer == DEBUG_GO_ON)
		go_on(s, q);
	else
		wish(s, q, target);
}

void
debuggers_write(struct session *s, const struct question *q)
{
	enum debug_answer answer = DEBUG_REFUSE;
	struct proc_status who;
	pid_t target;

	/* Nobody has to step back from whom is only written to. */
	if (q->tid != 0 && proc_identity(s->proc, q->tid, &who) == 0)
		answer = judge(s, q, &who, &target);
	if (answer == DEBUG_REFUSE || !notify_is_pending(s->listener, q))
		refuse(s, q);
	else
		go_on(s, q);
}

/* Whether one wish is done with. */
static bool
serve(struct session *s, const struct wish *one, uint64_t now)
{
	const struct tracee *t;

	if (!notify_is_pending(s->listener, &one->q))
		return true;
	t = held(s, one->target);
	if (t == NULL) {
		go_on(s, &one->q);
		return true;
	}
	if (t->state == TRACEE_FROZEN || now >= one->until) {
		refuse(s, &one->q);
		return true;
	}
	watch_step(s, one->target, EVENT_WANTED, 0);
	return false;
}

void
debuggers_on_turn(struct session *s)
{
	struct debuggers *all = &s->debuggers;
	uint64_t now = all->n_wishes > 0 ? collect_now() : 0;
	size_t n = 0;

	for (size_t i = 0; i < all->n_wishes; i++)
		if (!serve(s, &all->wishes[i], now))
			all->wishes[n++] = all->wishes[i];
	all->n_wishes = n;
}

int
debuggers_patience_ms(const struct debuggers *all, uint64_t now)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < all->n_wishes; i++)
		if (all->wishes[i].until < first)
			first = all->wishes[i].until;
	return clock_left_ms(first, now);
}
