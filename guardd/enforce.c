#include "guardd/enforce.h"

#include <signal.h>

#include "guardd/kernel/proc.h"
#include "guardd/kernel/sweep.h"
#include "guardd/kernel/trace.h"
#include "guardd/session.h"
#include "guardd/watch.h"
#include "policy/decide.h"

/* A fork bomb grows between two looks; it cannot exec, and it loses. */
#define ENOUGH_MS 30000

/* Who waits for the child of his vfork runs on when it has died. */
#define VFORK_MS 1000

/* What ends. */
struct ending {
	struct session *s;
	const struct guest *whose;
};

static bool
is_spared(uid_t real, void *context)
{
	const struct ending *ending = context;
	const struct guests *guests = &ending->s->guests;
	const struct guest *guest = guests_judge(guests, real);

	if (guest_is_exempt(guest))
		return true;
	if (guest == ending->whose)
		return false;
	return ending->whose != guests->at[0] || guest->n_open > 0;
}

static bool
is_user(uid_t real, void *context)
{
	const struct ending *ending = context;

	return guests_have(&ending->s->guests, real);
}

static bool
is_held(pid_t pid, void *context)
{
	const struct ending *ending = context;
	const struct tracee *t = tracees_find(&ending->s->tracees, pid);

	return t != NULL && t->state != TRACEE_LEAVING;
}

static bool
is_known(pid_t pid, uint64_t start, void *context)
{
	const struct ending *ending = context;

	return debuggers_know(&ending->s->debuggers, pid, start);
}

static void
give_up(pid_t pid, void *context)
{
	struct ending *ending = context;
	struct tracee *t = tracees_add(&ending->s->tracees, pid);

	if (t != NULL)
		t->state = TRACEE_LEAVING;
}

void
enforce_end(struct session *s, const struct guest *whose)
{
	struct ending ending = { s, whose };
	SCOPED(sweep_release)
	struct sweep sweep = {
		.proc = s->proc,
		.cookie = s->cookie,
		.since = proc_start(s->proc, getpid()),
		.context = &ending,
		.is_spared = is_spared,
		.is_user = is_user,
		.is_held = is_held,
		.is_known = is_known,
		.give_up = give_up,
	};

	uint64_t now = collect_now();
	uint64_t enough = now + ENOUGH_MS, vforked = now + VFORK_MS;
	unsigned n;

	do {
		n = sweep_kill(&sweep);
		if (n == 0 && sweep.n_waiting > 0 && now < vforked) {
			trace_await_news(1);
			n = sweep.n_waiting;
		}
		now = collect_now();
	} while (watch_serve(s) == 0 && n > 0 && now < enough);
}

void
enforce_action(struct session *s, enum action action, const struct guest *guest,
    int process)
{
	switch (action) {
	case ACTION_ABORT:
		proc_signal(process, SIGABRT);
		break;
	case ACTION_KILL:
		proc_signal(process, SIGKILL);
		break;
	case ACTION_EXIT:
		enforce_end(s, guest);
		break;
	case ACTION_ALLOW:
	case ACTION_WARN:
	case ACTION_FILTER:
	case ACTION_DENY:
	case ACTION_STOP:
	case ACTIONS:
		break;
	}
}

struct target {
	uid_t user;
	struct file_id id;
};

static void
kill_target(struct tracee *t, void *context)
{
	const struct target *target = context;

	if (t->program != NULL && t->user == target->user &&
	    same_file(t->program->id, target->id) && trace_is_ours(t->tid))
		(void)kill(t->tid, SIGKILL);
}

void
enforce_death(struct session *s, const struct tracee *t, int signal)
{
	const struct guest *guest = guests_judge(&s->guests, t->user);
	const struct segvguard_rules *rules;
	uint64_t now = collect_now();
	bool began;

	if (guest_is_exempt(guest) || t->program == NULL ||
	    !ledger_is_crash(signal) || (t->is_aborted && signal == SIGABRT))
		return;
	rules = &guest->policy->segvguard;
	if (!rules->is_on ||
	    decide_names(&rules->except, t->program->name, t->program->path))
		return;

	struct target target = { guest->uid, t->program->id };

	began = shared_crash(s, guest, t->program, now);

	const struct event_source from = session_source(s, guest);
	const struct event_crash e = {
		.image = target.id,
		.path = t->program->path,
		.pid = t->tid,
		.real = t->real,
		.signal = signal,
		.n_crashes = began ? rules->maxcrashes
		                   : ledger_count(&s->ledger, rules,
					 target.user, target.id, now),
		.suspended_s = began ? rules->suspension_s : 0,
	};

	event_crash(&from, &e);
	if (began && rules->kill_running)
		tracees_walk(&s->tracees, kill_target, &target);
}
