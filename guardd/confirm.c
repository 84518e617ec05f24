#include "guardd/confirm.h"

#include <fcntl.h>
#include <string.h>

#include "guardd/contents.h"
#include "guardd/enforce.h"
#include "guardd/kernel/auxv.h"
#include "guardd/kernel/image.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/resolve.h"
#include "guardd/libraries.h"
#include "guardd/session.h"
#include "guardd/waiting.h"

/* What is found out about one exec stop. */
struct finding {
	struct collector c;
	const struct grant *grant;
	struct facts *facts;
	struct file_id program; /* what the kernel loaded */
	struct file_id first;   /* what was named, if has_first */
	bool has_first;
};

static bool
is_permitted(const struct collector *c, const struct facts *facts)
{
	return action_lets_run(decide(c->guest->policy, facts).action);
}

/*
 * AT_EXECFN names the script.  Its chain is followed anew, and usually ends in
 * the program that was loaded; with binfmt_misc, or in a race, it does not,
 * and then both are judged.  What stands behind a link that cannot be followed
 * is not known.
 */
static enum chain
collect_script(struct finding *f, int script, const char *name)
{
	struct facts *facts = f->facts;
	size_t first = facts->n_images;
	enum chain chain = collect_chain(
	    &f->c, script, name, facts, is_permitted);
	size_t last;

	if (chain == CHAIN_WAITS)
		return chain;
	last = facts->n_images - 1;
	if (last > first && same_file(facts->images[last].id, f->program))
		facts->n_images--;
	else if (chain == CHAIN_WHOLE)
		facts->is_odd_program = true;
	else if (last > first &&
		 facts->images[last].holding.contents == CONTENTS_PENDING)
		/* Not read, as something before it is refused: it is not
		 * the program, and not to blame. */
		facts->images[last].role = ROLE_INTERPRETER;
	facts->images[first].role = ROLE_SCRIPT;
	return chain;
}

/*
 * Is there a script before the program?  The name says so, by what it leads
 * to.  A name that is the program's own path needs no following: who can put
 * a script there for a moment can have no trusted program there, unless he
 * mounts in a user namespace of his own.
 *
 * A name that cannot be followed any more is good enough when the program
 * itself was asked for; otherwise there may be a script, and it is unknown.
 */
static enum chain
collect_named(struct finding *f, const char *name)
{
	const struct image *program = &f->facts->images[0];
	const struct policy *policy = f->c.guest->policy;
	/* Scripts are a matter of tpe, exec and integrity. */
	enum chain unknown = policy->tpe.is_on || policy->exec.is_on ||
	                             policy->integrity.is_on
	                         ? CHAIN_BROKEN
	                         : CHAIN_WHOLE;
	enum chain chain;

	if (program->name == NAME_VERIFIED &&
	    resolve_leads_to(f->c.view, name, program->path) &&
	    resolve_shares_our_users(f->c.view, f->c.tid)) {
		f->first = f->program;
		f->has_first = true;
		return CHAIN_WHOLE;
	}

	SCOPED(fd_release)
	int named = resolve_as(f->c.view, f->c.tid, AT_FDCWD, name, 0);

	f->has_first = named >= 0 && collect_id(named, &f->first);
	if (!f->has_first)
		return f->grant->is_known &&
		               same_file(f->grant->first, f->program)
		           ? CHAIN_WHOLE
		           : unknown;
	if (same_file(f->first, f->program))
		return CHAIN_WHOLE;
	chain = collect_script(f, named, name);
	return chain == CHAIN_BROKEN ? unknown : chain;
}

/* What an image holds, where the policy asks for it. */
static enum chain
learn(const struct finding *f, struct contents_from from, struct image *image)
{
	return contents_matter(&f->c, image) &&
	               contents_learn(&f->c, &from, image, NULL) == LEARNT_LATER
	           ? CHAIN_WAITS
	           : CHAIN_WHOLE;
}

/* Where the program of the tracee is to be opened, and a loader of it. */
static struct contents_from
from_tracee(const struct loader *loader)
{
	return (struct contents_from){ .fd = -1, .loader = loader };
}

static enum chain
collect_loaders(const struct finding *f, const struct loaded *loaded)
{
	enum chain chain = CHAIN_WHOLE;

	for (int i = 0; chain == CHAIN_WHOLE && i < loaded->n_loaders; i++) {
		const struct loader *loader = &loaded->loaders[i];
		struct image *image = collect_loader(&f->c, loader, f->facts);

		chain = image == NULL ? CHAIN_BROKEN
		                      : learn(f, from_tracee(loader), image);
	}
	return chain;
}

static enum chain
collect_loaded(struct finding *f, const struct loaded *loaded)
{
	struct image *program = collect_program(
	    &f->c, &loaded->program, f->facts);
	enum chain chain;

	if (program == NULL)
		return CHAIN_BROKEN;
	f->program = program->id;
	chain = learn(f, from_tracee(NULL), program);
	if (chain == CHAIN_WHOLE)
		chain = collect_named(f, loaded->name);
	return chain == CHAIN_WHOLE ? collect_loaders(f, loaded) : chain;
}

static bool
is_race(const struct finding *f)
{
	return f->grant->is_known && f->has_first &&
	       (!same_file(f->grant->first, f->first) ||
		   !same_file(f->grant->program, f->program));
}

static void
tell(struct session *s, const struct finding *f, const struct verdict *v)
{
	const struct notice notice = {
		.device = proc_terminal(s->proc, f->c.tid),
		.login = s->guests.at[0]->uid,
		.asked = f->grant->path,
		.policy = f->c.guest->policy,
		.facts = f->facts,
		.verdict = v,
	};

	notice_refusal(&s->notices, &notice);
}

static void
record(struct session *s, const struct finding *f, const struct verdict *v)
{
	const struct guest *guest = f->c.guest;
	const struct event_exec e = {
		.facts = f->facts,
		.verdict = *v,
		.is_confirm = true,
		.is_race = is_race(f),
		.asked = f->grant->path,
		.pid = f->c.tid,
	};
	struct event_source from = session_source(s, guest);

	if (e.is_race)
		s->counters.races++;
	if (v->action == ACTION_FILTER ||
	    (v->action == ACTION_ALLOW && !e.is_race))
		return;
	event_exec(&from, &e);
	if (!action_lets_run(v->action))
		tell(s, f, v);
}

/* From here on the process is its new program. */
static void
become(struct tracee *t, const struct finding *f)
{
	const struct image *image = &f->facts->images[0];

	program_drop(t->program);
	/* permissive lets on what could not be looked at */
	t->program = f->facts->n_images == 0
	                 ? NULL
	                 : program_new(f->program, image->name, image->path);
	t->is_guessed = false;
	t->user = f->c.guest->uid;
	t->real = f->grant->uid;
}

static bool
is_excepted(const struct environment_rules *rules, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_images; i++)
		if ((facts->images[i].role == ROLE_PROGRAM ||
			!facts->is_odd_program) &&
		    facts->images[i].role != ROLE_LOADER &&
		    decide_names_image(&rules->except, &facts->images[i]))
			return true;
	return false;
}

/* The last thing before a permitted image runs.  What cannot be done to it as
 * the policy wants is a refusal. */
static struct verdict
prepare(struct session *s, const struct finding *f, struct verdict verdict)
{
	const struct policy *policy = f->c.guest->policy;
	const struct environment_rules *rules = &policy->environment;
	const struct auxv_change change = { rules->secure, rules->hide_vdso };

	if (!rules->is_on || policy->mode == MODE_PERMISSIVE ||
	    !action_lets_run(verdict.action) || is_excepted(rules, f->facts) ||
	    auxv_change(s->proc, f->c.tid, &change) == 0)
		return verdict;
	return decide_objection(
	    CHECK_ENVIRONMENT, REASON_VECTOR, ACTION_DENY, rules->line);
}

static enum tracee_event
outcome(struct session *s, const struct finding *f, struct tracee *t,
    enum action action)
{
	if (action_lets_run(action)) {
		become(t, f);
		return f->c.guest->policy->segvguard.is_on ? EVENT_EXEC_HOLD
		                                           : EVENT_EXEC_FREE;
	}
	s->counters.killed++;
	if (action == ACTION_STOP)
		return EVENT_EXEC_STOPPED;
	if (action == ACTION_EXIT)
		enforce_end(s, f->c.guest);
	return EVENT_EXEC_DENIED;
}

/* Judge what was found.  What could not be found out is refused. */
static struct verdict
judge(const struct finding *f, enum chain chain)
{
	const struct policy *policy = f->c.guest->policy;
	struct verdict verdict;

	f->facts->is_loaded = true;
	verdict = decide(policy, f->facts);
	if (chain == CHAIN_WHOLE || !action_lets_run(verdict.action))
		return verdict;
	return decide_refusal(policy,
	    f->c.waiting->is_over ? REASON_UNINSPECTED : REASON_UNKNOWN);
}

enum tracee_event
confirm_images(struct session *s, struct tracee *t)
{
	struct loaded loaded;
	struct finding f = {
		.c = {
			.view = &s->view,
			.guest = guests_judge(&s->guests, t->grant.uid),
			.ledger = &s->ledger,
			.known = &s->known,
			.tid = t->tid,
			.is_confirm = true,
			.inspector = &s->inspector,
			.waiting = &t->grant.waiting,
		},
		.grant = &t->grant,
		.facts = &s->facts,
	};
	enum chain chain = CHAIN_BROKEN;
	struct verdict verdict;

	unconfirmed_forget(&s->unconfirmed, t->tid, 0);
	if (t->grant.is_exempt || guest_is_exempt(f.c.guest))
		return EVENT_EXEC_FREE;

	shared_refresh(s, f.c.guest);
	collect_begin(&f.c, t->grant.uid, f.facts);
	if (image_loaded(s->proc, t->tid, &loaded) == 0)
		chain = collect_loaded(&f, &loaded);
	if (chain == CHAIN_WAITS) {
		if (waiting_stay(s, t) == 0)
			return EVENT_EXEC_WAITS;
		f.c.waiting->is_over = true;
	}
	verdict = libraries_confirm(&f.c, &loaded, judge(&f, chain));
	verdict = prepare(s, &f, verdict);
	record(s, &f, &verdict);
	return outcome(s, &f, t, verdict.action);
}

static enum chain
collect_supposed(struct finding *f, const struct supposed *exec)
{
	const struct contents_from of_program = { .fd = exec->program };
	const struct contents_from of_loader = { .fd = exec->loader };
	struct image *image = collect_image(
	    &f->c, exec->program, ROLE_PROGRAM, f->facts);
	enum chain chain;

	if (image == NULL)
		return CHAIN_BROKEN;
	f->program = image->id;
	chain = learn(f, of_program, image);
	if (chain == CHAIN_WHOLE)
		chain = collect_named(f, exec->name);
	if (chain != CHAIN_WHOLE || exec->loader < 0)
		return chain;
	image = collect_image(&f->c, exec->loader, ROLE_LOADER, f->facts);
	return image == NULL ? CHAIN_BROKEN : learn(f, of_loader, image);
}

bool
confirm_supposed(const struct collector *c, const struct supposed *exec,
    struct facts *facts, struct verdict *out)
{
	static const struct grant nothing;
	struct finding f = { .c = *c, .grant = &nothing, .facts = facts };
	enum chain chain = collect_supposed(&f, exec);

	if (chain == CHAIN_WAITS && !c->waiting->is_over)
		return false;
	*out = judge(&f, chain);
	return true;
}

enum seen
confirm_running(struct session *s, pid_t pid, struct grant *grant)
{
	struct statx program;
	struct finding f = {
		.c = {
			.view = &s->view,
			.guest = guests_judge(&s->guests, grant->uid),
			.ledger = &s->ledger,
			.known = &s->known,
			.tid = pid,
			.is_confirm = true,
			.inspector = &s->inspector,
			.waiting = &grant->waiting,
		},
		.grant = grant,
		.facts = &s->facts,
		.first = grant->first,
		.has_first = true,
	};
	enum chain chain = CHAIN_BROKEN;
	struct image *image = NULL;
	struct verdict verdict;

	collect_begin(&f.c, grant->uid, f.facts);
	if (proc_look_at(s->proc, pid, "exe", &program) == 0)
		image = collect_program(&f.c, &program, f.facts);
	if (image != NULL) {
		f.program = image->id;
		chain = learn(&f, from_tracee(NULL), image);
	}
	if (chain == CHAIN_WAITS && !grant->waiting.is_over)
		return SEEN_LATER;
	verdict = judge(&f, chain);
	record(s, &f, &verdict);
	if (action_lets_run(verdict.action))
		return SEEN_PERMITTED;
	s->counters.killed++;
	return verdict.action == ACTION_EXIT ? SEEN_FATAL : SEEN_DENIED;
}
