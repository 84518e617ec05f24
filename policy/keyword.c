#include "policy/keyword.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "common/names.h"
#include "common/number.h"
#include "policy/policy.h"
#include "policy/validate.h"

const char keyword_no_memory[] = "out of memory";

static const char *
add_word(void *field, const char *word, const char *complaint)
{
	struct words *words = field;
	SCOPED(text_release) char *copy = NULL;
	char **more;

	if (complaint != NULL)
		return complaint;
	copy = strdup(word);
	more = realloc(words->at, (words->n + 1) * sizeof(*more));
	if (more != NULL)
		words->at = more;
	if (copy == NULL || more == NULL)
		return keyword_no_memory;
	words->at[words->n++] = text_take(&copy);
	return NULL;
}

static const char *
add_id(void *field, uint32_t id)
{
	struct ids *ids = field;
	uint32_t *more = realloc(ids->at, (ids->n + 1) * sizeof(*more));

	if (more == NULL)
		return keyword_no_memory;
	ids->at = more;
	ids->at[ids->n++] = id;
	return NULL;
}

static const char *
take_selector(void *field, const char *word)
{
	return add_word(field, word, validate_selector(word));
}

static const char *
take_glob(void *field, const char *word)
{
	return add_word(field, word, validate_glob(word));
}

static const char *
take_except(void *field, const char *word)
{
	return add_word(field, word, validate_except(word));
}

static const char *
take_filesystem(void *field, const char *word)
{
	return add_word(field, word, validate_filesystem(word));
}

static const char *
take_root(void *field, const char *word)
{
	struct words *roots = field;
	const char *complaint = add_word(field, word, validate_path(word));

	if (complaint == NULL)
		validate_tidy(roots->at[roots->n - 1]);
	return complaint;
}

static const char *
take_owner(void *field, const char *word)
{
	uid_t uid;
	int r = names_user(word, &uid);

	if (r == -ENOENT)
		return "no such user";
	return r < 0 ? "the name service does not answer" : add_id(field, uid);
}

static const char *
take_writer(void *field, const char *word)
{
	gid_t gid;
	int r = names_group(word, &gid);

	if (r == -ENOENT)
		return "no such group";
	return r < 0 ? "the name service does not answer" : add_id(field, gid);
}

static const char *
set_text(void *field, const char *word, const char *complaint)
{
	char **text = field;

	if (complaint != NULL)
		return complaint;
	*text = strdup(word);
	return *text == NULL ? keyword_no_memory : NULL;
}

static const char *
take_message(void *field, const char *word)
{
	return set_text(field, word, validate_message(word));
}

static const char *
take_events(void *field, const char *word)
{
	const char *complaint = validate_path(word);

	if (complaint == NULL && word[strlen(word) - 1] == '/')
		complaint = "a file, not a directory, belongs here";
	return set_text(field, word, complaint);
}

static const char *
take_action(void *field, const char *word)
{
	enum action *action = field;

	for (unsigned i = 0; i < ACTIONS; i++) {
		if (strcmp(word, action_name((enum action)i)) == 0) {
			*action = (enum action)i;
			return NULL;
		}
	}
	return "unknown action (allow, warn, filter, deny, stop, abort, kill "
	       "or exit)";
}

/* 0 for the first word, 1 for the second, or -1. */
static int
one_of(const char *word, const char *first, const char *second)
{
	if (strcmp(word, first) == 0)
		return 0;
	return strcmp(word, second) == 0 ? 1 : -1;
}

static const char *
take_mode(void *field, const char *word)
{
	enum policy_mode *mode = field;
	int i = one_of(word, "enforce", "permissive");

	if (i < 0)
		return "unknown mode (enforce or permissive)";
	*mode = i == 0 ? MODE_ENFORCE : MODE_PERMISSIVE;
	return NULL;
}

static const char *
take_logout(void *field, const char *word)
{
	enum policy_on_logout *logout = field;
	int i = one_of(word, "keep", "kill");

	if (i < 0)
		return "unknown value (keep or kill)";
	*logout = i == 0 ? LOGOUT_KEEP : LOGOUT_KILL;
	return NULL;
}

static const char *
take_switch(void *field, const char *word)
{
	int i = one_of(word, "false", "true");

	if (i < 0)
		return "unknown value (true or false)";
	*(bool *)field = i == 1;
	return NULL;
}

static const char *
take_default(void *field, const char *word)
{
	int i = one_of(word, "deny", "allow");

	if (i < 0)
		return "unknown value (deny or allow)";
	*(bool *)field = i == 1;
	return NULL;
}

static const char *
take_vdso(void *field, const char *word)
{
	int i = one_of(word, "show", "hide");

	if (i < 0)
		return "unknown value (show or hide)";
	*(bool *)field = i == 1;
	return NULL;
}

/* A default of allow, for what only some hosts want to deny. */
static const char *
take_denial(void *field, const char *word)
{
	int i = one_of(word, "allow", "deny");

	if (i < 0)
		return "unknown value (allow or deny)";
	*(bool *)field = i == 1;
	return NULL;
}

/* What a crash count belongs to.  The field is the section itself. */
static const char *
take_scope(void *field UNUSED, const char *word)
{
	return strcmp(word, "session") == 0 ? NULL : "unknown scope (session)";
}

static const char *
take_crashes(void *field, const char *word)
{
	uint64_t number;

	if (number_parse(word, 1, MAXCRASHES_MAX, &number) < 0)
		return "not a number from 1 to 32";
	*(unsigned *)field = (unsigned)number;
	return NULL;
}

static const char *
take_seconds(void *field, const char *word)
{
	uint64_t number;

	if (number_parse(word, 1, EXPIRY_MAX_S, &number) < 0)
		return "not a number of seconds from 1 to 31536000 (a year)";
	*(unsigned *)field = (unsigned)number;
	return NULL;
}

/* clang-format off */
#define TOP(X) \
	X("", events, false, take_events, struct policies, events)

#define POLICY(X) \
	X("policy", users, true, take_selector, struct policy, users) \
	X("policy", groups, true, take_selector, struct policy, groups) \
	X("policy", except_users, true, take_selector, struct policy, \
	    except_users) \
	X("policy", except_groups, true, take_selector, struct policy, \
	    except_groups) \
	X("policy", mode, false, take_mode, struct policy, mode) \
	X("policy", on_logout, false, take_logout, struct policy, on_logout) \
	X("policy", message, false, take_message, struct policy, message)

#define SEGVGUARD(X) \
	X("segvguard", action, false, take_action, struct policy, \
	    segvguard.action) \
	X("segvguard", maxcrashes, false, take_crashes, struct policy, \
	    segvguard.maxcrashes) \
	X("segvguard", expiry, false, take_seconds, struct policy, \
	    segvguard.expiry_s) \
	X("segvguard", suspension, false, take_seconds, struct policy, \
	    segvguard.suspension_s) \
	X("segvguard", scope, false, take_scope, struct policy, segvguard) \
	X("segvguard", kill_running, false, take_switch, struct policy, \
	    segvguard.kill_running) \
	X("segvguard", except, true, take_except, struct policy, \
	    segvguard.except)

#define EXEC(X) \
	X("exec", action, false, take_action, struct policy, exec.action) \
	X("exec", allow, true, take_glob, struct policy, exec.allow) \
	X("exec", deny, true, take_glob, struct policy, exec.deny) \
	X("exec", default, false, take_default, struct policy, \
	    exec.default_allow) \
	X("exec", except, true, take_except, struct policy, exec.except)

#define TPE(X) \
	X("tpe", action, false, take_action, struct policy, tpe.action) \
	X("tpe", roots, true, take_root, struct policy, tpe.roots) \
	X("tpe", owners, true, take_owner, struct policy, tpe.owners) \
	X("tpe", writers, true, take_writer, struct policy, tpe.writers) \
	X("tpe", own, false, take_switch, struct policy, tpe.own) \
	X("tpe", filesystems, true, take_filesystem, struct policy, \
	    tpe.filesystems) \
	X("tpe", except, true, take_except, struct policy, tpe.except)

#define ENVIRONMENT(X) \
	X("environment", secure, false, take_switch, struct policy, \
	    environment.secure) \
	X("environment", vdso, false, take_vdso, struct policy, \
	    environment.hide_vdso) \
	X("environment", except, true, take_except, struct policy, \
	    environment.except)

#define MEMORY(X) \
	X("memory", write_exec, false, take_denial, struct policy, \
	    memory.deny_write_exec)

#define SCRIPTS(X) \
	X("scripts", restrict, false, take_switch, struct policy, \
	    scripts.restrict_files) \
	X("scripts", interactive, false, take_denial, struct policy, \
	    scripts.deny_interactive)

#define ROW(section, name, is_list, take, type, field) \
	{ section, #name, is_list, take, offsetof(type, field) },
#define NAME(section, name, is_list, take, type, field) #name,

const struct keyword keywords[] = {
	TOP(ROW) POLICY(ROW) SEGVGUARD(ROW) EXEC(ROW) TPE(ROW)
	ENVIRONMENT(ROW) MEMORY(ROW) SCRIPTS(ROW)
};

static const char *const top_names[] = { TOP(NAME) "policy", NULL };
static const char *const policy_names[] = {
	POLICY(NAME) "segvguard", "exec", "tpe", "environment", "memory",
	"scripts", NULL
};
static const char *const segvguard_names[] = { SEGVGUARD(NAME) NULL };
static const char *const exec_names[] = { EXEC(NAME) NULL };
static const char *const tpe_names[] = { TPE(NAME) NULL };
static const char *const environment_names[] = { ENVIRONMENT(NAME) NULL };
static const char *const memory_names[] = { MEMORY(NAME) NULL };
static const char *const scripts_names[] = { SCRIPTS(NAME) NULL };
/* clang-format on */

const size_t n_keywords = LENGTH(keywords);

_Static_assert(LENGTH(keywords) <= 64, "more keywords than bits");

static const struct {
	const char *section;
	const char *const *names;
} all_names[] = {
	{ "", top_names },
	{ "policy", policy_names },
	{ "segvguard", segvguard_names },
	{ "exec", exec_names },
	{ "tpe", tpe_names },
	{ "environment", environment_names },
	{ "memory", memory_names },
	{ "scripts", scripts_names },
};

const char *const *
keyword_names(const char *section)
{
	for (size_t i = 0; i < LENGTH(all_names); i++)
		if (strcmp(section, all_names[i].section) == 0)
			return all_names[i].names;
	return NULL;
}

const struct keyword *
keyword_find(const char *section, const char *name)
{
	for (size_t i = 0; i < LENGTH(keywords); i++)
		if (strcmp(section, keywords[i].section) == 0 &&
		    strcmp(name, keywords[i].name) == 0)
			return &keywords[i];
	return NULL;
}
