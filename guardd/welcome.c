#include "guardd/welcome.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/trusted.h"
#include "guardd/enforce.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/privileges.h"
#include "guardd/libraries.h"
#include "guardd/log.h"
#include "guardd/session.h"
#include "policy/listed.h"
#include "policy/select.h"

__attribute__((format(printf, 2, 3))) static void
refuse(struct wire_reply *reply, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reply->why, sizeof(reply->why), format, args);
	va_end(args);
	reply->answer = WIRE_REFUSED;
}

/* Another build of ours: nothing that it says is understood. */
static void
refuse_version(struct wire_reply *reply)
{
	refuse(reply, "pam_execguard and guardd are not of the same version; "
		      "install all parts of execguard from one build");
	reply->is_broken = 1;
}

/* Returns 0 or -ENOMEM: without his groups a wrong policy would be chosen. */
static int
by_user(const struct policies *policies, const struct wire_hello *hello,
    const struct policy **out)
{
	struct group_name *groups = calloc(
	    hello->n_groups + 1, sizeof(*groups));

	if (groups == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < hello->n_groups; i++) {
		groups[i].gid = hello->groups[i].gid;
		groups[i].name = hello->groups[i].name;
	}

	const struct subject who = {
		.uid = hello->uid,
		.user = hello->user,
		.groups = groups,
		.n_groups = hello->n_groups,
	};

	*out = select_policy(policies, &who);
	free(groups);
	return 0;
}

/* Who may own policy and events besides root: a user who guards himself. */
static uid_t
also_trusted(const struct session *s)
{
	return s->options.is_unprivileged ? getuid() : (uid_t)TRUSTED_NOBODY;
}

/* The policies of this host, or a refusal with is_broken. */
static bool
load(struct session *s, struct wire_reply *reply)
{
	char why[PARSE_WHY];
	int r = ground_load(
	    s->options.conf, also_trusted(s), &s->policies, why);

	if (r == 0)
		return true;
	refuse(reply,
	    "the policy is broken: %.900s; repair it until 'execguardctl "
	    "check' is content",
	    why);
	reply->is_broken = 1;
	return false;
}

/* Events that cannot go where they should go to syslog: that is no reason to
 * keep people out. */
static void
open_sink(struct session *s)
{
	int r = sink_open(s->policies.events, also_trusted(s), &s->sink);

	if (r == 0)
		return;
	log_error("cannot write events to %s, and sends them here: %s; it "
		  "must be a file of root's that nobody else can write",
	    s->policies.events, strerror(-r));
	(void)!sink_open(NULL, 0, &s->sink); /* connects later: never fails */
}

/* A permissive policy changes nothing. */
static uint32_t
hardening(const struct policy *policy)
{
	uint32_t wanted = 0;

	if (policy->mode == MODE_PERMISSIVE)
		return 0;
	if (policy->memory.deny_write_exec)
		wanted |= WIRE_HARDEN_WRITE_EXEC;
	if (policy->scripts.restrict_files)
		wanted |= WIRE_HARDEN_SCRIPTS;
	if (policy->scripts.deny_interactive)
		wanted |= WIRE_HARDEN_INTERACTIVE;
	return wanted;
}

/* The manifests of this policy, read when the first user comes under it. */
static bool
load_manifests(
    struct session *s, const struct policy *policy, struct wire_reply *reply)
{
	struct policy *mine = &s->policies.at[policy - s->policies.at];
	char why[PARSE_WHY];

	if (listed_load(mine, also_trusted(s), why) == 0)
		return true;
	refuse(reply,
	    "a manifest of policy \"%s\" is broken: %.800s; repair it until "
	    "'execguardctl check' is content",
	    policy->name, why);
	reply->is_broken = 1;
	return false;
}

/* A permissive policy wants to hear of them, too. */
static bool
asks_about_libraries(const struct policy *policy)
{
	return policy != NULL && libraries_matter(policy);
}

/*
 * The filter was made for the login, and a second one with a listener cannot
 * be: a guest who needs more of it than he finds is refused.  Returns whether
 * he was.
 */
static bool
refuse_for_filter(struct session *s, const struct wire_hello *hello,
    const struct policy *policy, struct wire_reply *reply)
{
	if (s->guests.n == 0 || s->has_libraries ||
	    !asks_about_libraries(policy))
		return false;
	if (policy->mode == MODE_PERMISSIVE) {
		log_error("policy \"%s\" of '%s' has tpe.libraries, and the "
			  "filter of this session, made for '%s', has not: "
			  "they are not looked at",
		    policy->name, hello->user, s->guests.at[0]->user);
		return false;
	}
	refuse(reply,
	    "policy \"%s\" of '%s' has tpe.libraries, which the filter of this "
	    "session, made for '%s', has not; log in as '%s' from outside",
	    policy->name, hello->user, s->guests.at[0]->user, hello->user);
	return true;
}

static void
take_in(struct session *s, const struct wire_hello *hello,
    const struct policy *policy, struct wire_reply *reply)
{
	bool is_login = s->guests.n == 0;
	int r;

	if ((policy != NULL && !load_manifests(s, policy, reply)) ||
	    refuse_for_filter(s, hello, policy, reply))
		return;
	r = guests_open(&s->guests, hello, policy);
	if (r < 0) {
		refuse(reply, "cannot guard '%s' too: %s", hello->user,
		    strerror(-r));
		return;
	}

	const struct guest *guest = guests_judge(&s->guests, hello->uid);

	if (guest_is_exempt(guest)) {
		reply->answer = WIRE_UNGUARDED;
		return;
	}
	reply->answer = WIRE_READY;
	reply->harden = hardening(guest->policy);

	/* The login's is told when the filter is on: session.c. */
	if (is_login)
		return;

	struct event_source from = session_source(s, guest);

	event_session(&from, "nested", NULL);
}

/* Whom no administrator can ask is guarded all the same. */
static void
open_control(struct session *s)
{
	int r = 0;

	if (s->options.is_explaining && !s->options.is_unprivileged)
		r = control_open_folder(&s->control);
	else if (!s->options.is_unprivileged)
		r = control_open(s->id, &s->control);
	if (r < 0)
		log_error("cannot listen in " RUN_PATH
			  ": %s; execguardctl will not find this session",
		    strerror(-r));
}

/*
 * All that only root may read or open is read and open: from here on the guard
 * listens to others, and needs no more than it says in guardd(8).
 */
static bool
drop(struct session *s, struct wire_reply *reply)
{
	bool may_sweep = policy_any_ends_session(&s->policies);
	enum privileges kept = may_sweep ? PRIVILEGES_SWEEP
	                                 : PRIVILEGES_SESSION;
	const char *what = "";
	int r = privileges_drop(
	    s->options.is_unprivileged ? PRIVILEGES_NONE : kept, &what);

	s->may_sweep = may_sweep;
	if (r == 0)
		return true;
	refuse(reply, "%s: %s", what, strerror(-r));
	reply->is_broken = 1;
	return false;
}

static void
welcome(
    struct session *s, const struct wire_hello *hello, struct wire_reply *reply)
{
	const struct policy *policy = NULL;
	const char *missing;

	if (!load(s, reply))
		return;
	if (s->options.policy != NULL) {
		policy = policies_named(&s->policies, s->options.policy);
		if (policy == NULL) {
			refuse(reply, "no policy is named \"%s\" in %s",
			    s->options.policy, s->options.conf);
			return;
		}
	} else if (by_user(&s->policies, hello, &policy) < 0) {
		refuse(reply, "out of memory");
		return;
	}
	if (policy == NULL) {
		reply->answer = WIRE_UNGUARDED;
		return;
	}
	if (!s->options.is_explaining)
		open_sink(s);
	if (!s->options.is_explaining && notify_supported(&missing) < 0) {
		refuse(reply,
		    "this kernel is too old: it lacks %s; use Linux 5.14 or "
		    "later",
		    missing);
		reply->is_broken = 1;
		return;
	}
	take_in(s, hello, policy, reply);
	if (reply->answer != WIRE_READY)
		return;
	open_control(s);
	if (!drop(s, reply))
		return;
	reply->answer = WIRE_LISTEN;
	reply->cookie = s->cookie;
	s->has_libraries = asks_about_libraries(policy);
	reply->libraries = s->has_libraries;
}

void
welcome_login(struct session *s, struct span bytes, struct wire_reply *reply)
{
	SCOPED(wire_hello_release) struct wire_hello hello = { 0 };

	if (wire_unpack_hello(bytes, &hello) < 0)
		refuse_version(reply);
	else
		welcome(s, &hello, reply);
}

void
welcome_guest(struct session *s, struct span bytes, struct wire_reply *reply)
{
	SCOPED(wire_hello_release) struct wire_hello hello = { 0 };
	const struct policy *policy = NULL;

	if (wire_unpack_hello(bytes, &hello) < 0)
		refuse_version(reply);
	else if (by_user(&s->policies, &hello, &policy) < 0)
		refuse(reply, "out of memory");
	else
		take_in(s, &hello, policy, reply);
}

void
welcome_goodbye(struct session *s, struct span bytes, struct wire_reply *reply)
{
	const struct guest *login = s->guests.at[0];
	struct wire_goodbye bye;

	if (wire_unpack_goodbye(bytes, &bye) < 0) {
		refuse_version(reply);
		return;
	}
	guests_close(&s->guests, bye.uid);
	reply->answer = WIRE_READY;
	/* Not by a count of sessions: a su of his own he can kill, and then it
	 * never says goodbye. */
	if (bye.is_login && login->policy->on_logout == LOGOUT_KILL)
		enforce_end(s, login);
}
