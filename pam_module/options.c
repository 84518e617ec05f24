#include "pam_module/options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum kind {
	KIND_FLAG = 0, /* a word of its own */
	KIND_PATH,     /* absolute */
	KIND_CHOICE,   /* fail or succeed */
};

static const struct option {
	const char *name;
	enum kind kind;
	size_t target; /* offset in struct options */
} table[] = {
	{ "conf", KIND_PATH, offsetof(struct options, conf) },
	{ "guardd", KIND_PATH, offsetof(struct options, guardd) },
	{ "onerr", KIND_CHOICE, offsetof(struct options, lets_in_on_error) },
	{ "debug", KIND_FLAG, offsetof(struct options, is_debug) },
};

static const struct option *
find(const char *word, size_t len)
{
	for (size_t i = 0; i < LENGTH(table); i++)
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, word, len) == 0)
			return &table[i];
	return NULL;
}

static int
set_choice(const char *value, bool *out)
{
	bool is_success = value != NULL && strcmp(value, "succeed") == 0;

	if (!is_success && (value == NULL || strcmp(value, "fail") != 0))
		return -EINVAL;
	*out = is_success;
	return 0;
}

/* value is NULL when the word has no '='. */
static int
set(const struct option *option, const char *value, struct options *out)
{
	void *target = (char *)out + option->target;

	switch (option->kind) {
	case KIND_FLAG:
		if (value != NULL)
			return -EINVAL;
		*(bool *)target = true;
		return 0;
	case KIND_PATH:
		if (value == NULL || value[0] != '/')
			return -EINVAL;
		*(const char **)target = value;
		return 0;
	case KIND_CHOICE:
		return set_choice(value, target);
	}
	return -EINVAL;
}

int
options_parse(int argc, const char *const *argv, struct options *out,
    const char **out_bad)
{
	struct options options = { .conf = CONF_PATH, .guardd = GUARDD_PATH };

	for (int i = 0; i < argc; i++) {
		size_t len = strcspn(argv[i], "=");
		const struct option *option = find(argv[i], len);
		const char *value = argv[i][len] == '=' ? argv[i] + len + 1
		                                        : NULL;
		int r = option != NULL ? set(option, value, &options) : -ENOENT;

		if (r < 0) {
			*out_bad = argv[i];
			return r;
		}
	}
	*out = options;
	return 0;
}
