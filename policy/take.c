#include "policy/take.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "common/names.h"
#include "common/number.h"
#include "policy/policy.h"
#include "policy/validate.h"

const char take_no_memory[] = "out of memory";

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
		return take_no_memory;
	words->at[words->n++] = text_take(&copy);
	return NULL;
}

static const char *
add_id(void *field, uint32_t id)
{
	struct ids *ids = field;
	uint32_t *more = realloc(ids->at, (ids->n + 1) * sizeof(*more));

	if (more == NULL)
		return take_no_memory;
	ids->at = more;
	ids->at[ids->n++] = id;
	return NULL;
}

const char *
take_selector(void *field, const char *word)
{
	return add_word(field, word, validate_selector(word));
}

const char *
take_glob(void *field, const char *word)
{
	return add_word(field, word, validate_glob(word));
}

const char *
take_except(void *field, const char *word)
{
	return add_word(field, word, validate_except(word));
}

const char *
take_filesystem(void *field, const char *word)
{
	return add_word(field, word, validate_filesystem(word));
}

const char *
take_root(void *field, const char *word)
{
	struct words *roots = field;
	const char *complaint = add_word(field, word, validate_path(word));

	if (complaint == NULL)
		validate_tidy(roots->at[roots->n - 1]);
	return complaint;
}

const char *
take_owner(void *field, const char *word)
{
	uid_t uid;
	int r = names_user(word, &uid);

	if (r == -ENOENT)
		return "no such user";
	return r < 0 ? "the name service does not answer" : add_id(field, uid);
}

const char *
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
	return *text == NULL ? take_no_memory : NULL;
}

const char *
take_message(void *field, const char *word)
{
	return set_text(field, word, validate_message(word));
}

const char *
take_events(void *field, const char *word)
{
	const char *complaint = validate_path(word);

	if (complaint == NULL && word[strlen(word) - 1] == '/')
		complaint = "a file, not a directory, belongs here";
	return set_text(field, word, complaint);
}

const char *
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

const char *
take_mode(void *field, const char *word)
{
	enum policy_mode *mode = field;
	int i = one_of(word, "enforce", "permissive");

	if (i < 0)
		return "unknown mode (enforce or permissive)";
	*mode = i == 0 ? MODE_ENFORCE : MODE_PERMISSIVE;
	return NULL;
}

const char *
take_logout(void *field, const char *word)
{
	enum policy_on_logout *logout = field;
	int i = one_of(word, "keep", "kill");

	if (i < 0)
		return "unknown value (keep or kill)";
	*logout = i == 0 ? LOGOUT_KEEP : LOGOUT_KILL;
	return NULL;
}

const char *
take_debuggers(void *field, const char *word)
{
	enum policy_debuggers *debuggers = field;
	int i = one_of(word, "deny", "allow");

	if (i < 0)
		return "unknown value (deny or allow)";
	*debuggers = i == 0 ? DEBUGGERS_DENY : DEBUGGERS_ALLOW;
	return NULL;
}

const char *
take_switch(void *field, const char *word)
{
	int i = one_of(word, "false", "true");

	if (i < 0)
		return "unknown value (true or false)";
	*(bool *)field = i == 1;
	return NULL;
}

const char *
take_default(void *field, const char *word)
{
	int i = one_of(word, "deny", "allow");

	if (i < 0)
		return "unknown value (deny or allow)";
	*(bool *)field = i == 1;
	return NULL;
}

const char *
take_vdso(void *field, const char *word)
{
	int i = one_of(word, "show", "hide");

	if (i < 0)
		return "unknown value (show or hide)";
	*(bool *)field = i == 1;
	return NULL;
}

/* A default of allow, for what only some hosts want to deny. */
const char *
take_denial(void *field, const char *word)
{
	int i = one_of(word, "allow", "deny");

	if (i < 0)
		return "unknown value (allow or deny)";
	*(bool *)field = i == 1;
	return NULL;
}

const char *
take_pie(void *field, const char *word)
{
	int i = one_of(word, "any", "require");

	if (i < 0)
		return "unknown value (any or require)";
	*(bool *)field = i == 1;
	return NULL;
}

/* What a crash count belongs to.  The field is the section itself. */
const char *
take_scope(void *field, const char *word)
{
	bool is_user = strcmp(word, "user") == 0;

	if (!is_user && strcmp(word, "session") != 0)
		return "unknown scope (session or user)";
	*(bool *)field = is_user;
	return NULL;
}

const char *
take_crashes(void *field, const char *word)
{
	uint64_t number;

	if (number_parse(word, 1, MAXCRASHES_MAX, &number) < 0)
		return "not a number from 1 to 32";
	*(unsigned *)field = (unsigned)number;
	return NULL;
}

const char *
take_seconds(void *field, const char *word)
{
	uint64_t number;

	if (number_parse(word, 1, EXPIRY_MAX_S, &number) < 0)
		return "not a number of seconds from 1 to 31536000 (a year)";
	*(unsigned *)field = (unsigned)number;
	return NULL;
}
