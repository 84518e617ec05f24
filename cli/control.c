#include "cli/control.h"

#include <string.h>
#include <strings.h>

#include "common/number.h"

/* By their numbers: security/_pam_types.h. */
static const char *const answers[PAMD_ANSWERS] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
};

static const struct {
	const char *name;
	int action;
} actions_by_name[] = {
	{ "ignore", PAMD_IGNORE },
	{ "ok", PAMD_OK },
	{ "done", PAMD_DONE },
	{ "bad", PAMD_BAD },
	{ "die", PAMD_DIE },
	{ "reset", PAMD_RESET },
};

/* What four words are short for: pam.d(5). */
static const struct {
	const char *name, *brackets;
} words[] = {
	{ "required", "success=ok new_authtok_reqd=ok ignore=ignore "
		      "default=bad" },
	{ "requisite", "success=ok new_authtok_reqd=ok ignore=ignore "
		       "default=die" },
	{ "sufficient", "success=done new_authtok_reqd=done default=ignore" },
	{ "optional", "success=ok new_authtok_reqd=ok default=ignore" },
};

static bool
read_action(const char *word, int *out)
{
	uint64_t jump;

	for (size_t i = 0; i < LENGTH(actions_by_name); i++)
		if (strcasecmp(word, actions_by_name[i].name) == 0) {
			*out = actions_by_name[i].action;
			return true;
		}
	/* A jump over nothing is the worst of both. */
	if (number_parse(word, 1, 1000, &jump) < 0)
		return false;
	*out = (int)jump;
	return true;
}

/* Which answers a word is about that were not spoken of so far. */
static bool
set(const char *name, int action, int actions[], bool known[])
{
	bool is_default = strcasecmp(name, "default") == 0;
	bool is_found = is_default;

	for (size_t i = 0; i < PAMD_ANSWERS; i++) {
		bool is_it = strcasecmp(name, answers[i]) == 0;

		if (is_it || (is_default && !known[i]))
			actions[i] = action;
		if (is_it || is_default)
			known[i] = true;
		is_found = is_found || is_it;
	}
	return is_found;
}

static bool
read_brackets(const char *text, int actions[])
{
	SCOPED(text_release) char *copy = strdup(text);
	bool known[PAMD_ANSWERS] = { false };
	char *rest = copy;
	const char *word;

	/* Of what nothing is said, PAM thinks ill. */
	for (size_t i = 0; i < PAMD_ANSWERS; i++)
		actions[i] = PAMD_BAD;
	if (copy == NULL)
		return false;
	while ((word = strsep(&rest, " \t\n")) != NULL) {
		char *value = strchr(word, '=');
		int action;

		if (word[0] == '\0')
			continue;
		if (value == NULL)
			return false;
		*value++ = '\0';
		if (!read_action(value, &action) ||
		    !set(word, action, actions, known))
			return false;
	}
	return true;
}

bool
control_read(const char *control, bool is_bracketed, int actions[PAMD_ANSWERS])
{
	if (is_bracketed)
		return read_brackets(control, actions);
	for (size_t i = 0; i < LENGTH(words); i++)
		if (strcasecmp(control, words[i].name) == 0)
			return read_brackets(words[i].brackets, actions);
	return false;
}
