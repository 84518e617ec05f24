#include "guardd/reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/trusted.h"
#include "guardd/libraries.h"
#include "guardd/session.h"
#include "policy/listed.h"
#include "policy/select.h"

static char no_name[] = "none", no_file[] = "no file";

/* For whom no policy is left: without a check it refuses nothing. */
static const struct policy nothing = {
	.name = no_name,
	.file = no_file,
	.debuggers = DEBUGGERS_ALLOW,
};

static uid_t
also_trusted(const struct session *s)
{
	return s->options.is_unprivileged ? getuid() : (uid_t)TRUSTED_NOBODY;
}

/* Whom no policy names and who was judged has somebody who judges. */
const struct policy *
reload_choose(const struct session *s, const struct policies *policies,
    const struct guest *guest)
{
	const struct policy *policy;
	const struct subject who = {
		.uid = guest->uid,
		.user = guest->user,
		.groups = guest->groups,
		.n_groups = guest->n_groups,
	};

	/* --policy is about the login: welcome.c. */
	policy = s->options.policy != NULL && guest == s->guests.at[0]
	             ? policies_named(policies, s->options.policy)
	             : select_policy(policies, &who);
	return policy == NULL && guest->policy != NULL ? &nothing : policy;
}

int
reload_read(const struct session *s, struct policies *out, char why[PARSE_WHY])
{
	return ground_load(s->options.conf, also_trusted(s), out, why);
}

/* What the filter and the guard cannot do any more, now that they are there. */
static int
refuse_new_powers(const struct session *s, const struct policies *policies,
    const struct policy *policy, char why[PARSE_WHY])
{
	if (!s->has_libraries && libraries_matter(policy) &&
	    policy->mode != MODE_PERMISSIVE) {
		(void)snprintf(why, PARSE_WHY,
		    "policy \"%s\" has tpe.libraries, and the filter of this "
		    "session has not; its user has to log in again",
		    policy->name);
		return -ENOTSUP;
	}
	if (!s->may_sweep && !s->options.is_unprivileged &&
	    policy_any_ends_session(policies)) {
		(void)snprintf(why, PARSE_WHY,
		    "a policy has on_logout = kill or an action exit, and this "
		    "guard has given up what they need; its user has to log in "
		    "again");
		return -ENOTSUP;
	}
	return 0;
}

int
reload_prepare(const struct session *s, struct policies *policies,
    const struct policy *policy, char why[PARSE_WHY])
{
	int r;

	if (policy == NULL || policy == &nothing)
		return 0;
	r = refuse_new_powers(s, policies, policy, why);
	if (r < 0)
		return r;
	return listed_load(
	    &policies->at[policy - policies->at], also_trusted(s), why);
}

int
reload_policies(struct session *s, char why[PARSE_WHY])
{
	SCOPED(policies_release) struct policies fresh = { 0 };
	struct policies old;
	int r = reload_read(s, &fresh, why);

	for (size_t i = 0; r == 0 && i < s->guests.n; i++)
		r = reload_prepare(
		    s, &fresh, reload_choose(s, &fresh, s->guests.at[i]), why);
	if (r < 0)
		return r;
	permit_end_all(s);
	old = s->policies;
	s->policies = fresh;
	fresh = old; /* released when nobody points into it any more */
	for (size_t i = 0; i < s->guests.n; i++)
		guests_give(s->guests.at[i],
		    reload_choose(s, &s->policies, s->guests.at[i]));

	struct event_source from = session_source(s, NULL);

	event_session(&from, "reload", NULL);
	return 0;
}
