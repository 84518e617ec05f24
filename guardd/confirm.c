#include "guardd/confirm.h"

#include <fcntl.h>
#include <string.h>

#include "guardd/enforce.h"
#include "guardd/kernel/auxv.h"
#include "guardd/kernel/image.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/resolve.h"
#include "guardd/session.h"

/* What is found out about one exec stop. */
struct finding {
	struct collector c;
	const struct grant *grant;
	struct facts *facts;
	struct file_id program; /* what the kernel loaded */
	struct file_id first;   /* what was named, if has_first */
	bool has_first;
	bool is_complete;
};

static bool
is_permitted(const struct collector *c, const struct facts *facts)
{
	return action_lets_run(decide(c->guest->policy, facts).action);
}

/*
 * AT_EXECFN names the script.  Its chain is followed anew, and usually ends in
 * the program that was loaded; with binfmt_misc, or in a race, it does not,
 * and then both are judged.  Returns whether it was followed to its end: what
 * stands behind a link that cannot be followed is not known.
 */
static bool
collect_script(struct finding *f, int script, const char *name)
{
	struct facts *facts = f->facts;
	bool is_whole;
	size_t first = facts->n_images;
	size_t last;

	is_whole = collect_chain(&f->c, script, name, facts, is_permitted);
	last = facts->n_images - 1;
	if (last > first && same_file(facts->images[last].id, f->program))
		facts->n_images--;
	else if (is_whole)
		facts->is_odd_program = true;
	facts->images[first].role = ROLE_SCRIPT;
	return is_whole;
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
static bool
collect_named(struct finding *f, const char *name)
{
	const struct image *program = &f->facts->images[0];
	const struct policy *policy = f->c.guest->policy;
	bool is_needed = true; /* scripts are a matter of tpe and exec */

	if (program->name == NAME_VERIFIED &&
	    resolve_leads_to(f->c.view, name, program->path) &&
	    resolve_shares_our_users(f->c.view, f->c.tid)) {
		f->first = f->program;
		f->has_first = true;
		return true;
	}

	SCOPED(fd_release)
	int named = resolve_as(f->c.view, f->c.tid, AT_FDCWD, name, 0);

	f->has_first = named >= 0 && collect_id(named, &f->first);
	if (!policy->tpe.is_on && !policy->exec.is_on)
		is_needed = false;
	if (!f->has_first)
		return !is_needed ||
		       (f->grant->is_known &&
			   same_file(f->grant->first, f->program));
	if (!same_file(f->first, f->program))
		return collect_script(f, named, name) || !is_needed;
	return true;
}

static bool
collect_loaded(struct finding *f, const struct loaded *loaded)
{
	const struct image *program = collect_program(
	    &f->c, &loaded->program, f->facts);
	bool is_complete;

	if (program == NULL)
		return false;
	f->program = program->id;
	is_complete = collect_named(f, loaded->name);
	for (int i = 0; is_complete && i < loaded->n_loaders; i++) {
		const struct loader *loader = &loaded->loaders[i];

		is_complete = collect_loader(&f->c, loader, f->facts) != NULL;
	}
	return is_complete;
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
		enforce_end(s);
	return EVENT_EXEC_DENIED;
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
			.heads = &s->heads,
			.known = &s->known,
			.tid = t->tid,
			.is_confirm = true,
		},
		.grant = &t->grant,
		.facts = &s->facts,
	};
	struct verdict verdict;

	s->counters.confirmed++;
	if (t->grant.is_exempt || guest_is_exempt(f.c.guest))
		return EVENT_EXEC_FREE;

	collect_begin(&f.c, t->grant.uid, f.facts);
	f.is_complete = image_loaded(s->proc, t->tid, &loaded) == 0 &&
	                collect_loaded(&f, &loaded);
	verdict = decide(f.c.guest->policy, f.facts);
	if (!f.is_complete && action_lets_run(verdict.action))
		verdict = decide_refusal(f.c.guest->policy, REASON_UNKNOWN);
	verdict = prepare(s, &f, verdict);
	record(s, &f, &verdict);
	return outcome(s, &f, t, verdict.action);
}
