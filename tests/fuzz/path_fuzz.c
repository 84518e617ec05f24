/*
 * path_fuzz.c - a pattern and a text for path_matches(), beside a matcher that
 * goes back; and two paths for path_is_under().
 *
 * The input is the pattern, a NUL, and the text.
 */
#include "policy/path.h"

#include <limits.h>

#include "policy/validate.h"
#include "tests/fuzz/fuzz.h"

#define STEPS_MAX 20000 /* what goes back may take for ever */

struct walk {
	size_t n_steps;
	bool is_over;   /* gave up */
	bool is_broken; /* met a set without end, or a last backslash */
};

/* The byte at *at of a set, which a backslash may escape. */
static unsigned char
member(const char **at)
{
	if ((*at)[0] == '\\' && (*at)[1] != '\0')
		(*at)++;
	return (unsigned char)*(*at)++;
}

/* Behind the set that begins at glob; NULL: it has no end. */
static const char *
take_set(const char *glob, unsigned char byte, bool *takes)
{
	bool is_negated = *++glob == '!', is_in = false;
	const char *first = is_negated ? ++glob : glob;

	while (*glob != '\0' && (glob == first || *glob != ']')) {
		unsigned char low = member(&glob), high = low;

		if (glob[0] == '-' && glob[1] != '\0' && glob[1] != ']') {
			glob++;
			high = member(&glob);
		}
		is_in = is_in || (low <= byte && byte <= high);
	}
	*takes = is_in != is_negated && byte != '/';
	return *glob == ']' ? glob + 1 : NULL;
}

static bool matches(struct walk *w, const char *glob, const char *text);

static bool
star_matches(struct walk *w, const char *glob, const char *text)
{
	bool is_double = glob[1] == '*';
	const char *rest = glob + (is_double ? 2 : 1);

	for (;; text++) {
		if (matches(w, rest, text))
			return true;
		if (*text == '\0' || (*text == '/' && !is_double))
			return false;
	}
}

static bool
matches(struct walk *w, const char *glob, const char *text)
{
	const char *rest = glob + 1;
	bool takes = *glob == *text;

	if (w->is_over || w->n_steps++ > STEPS_MAX) {
		w->is_over = true;
		return false;
	}
	if (*glob == '\0')
		return *text == '\0';
	if (*glob == '*')
		return star_matches(w, glob, text);
	if (*glob == '?')
		takes = *text != '/';
	else if (*glob == '[')
		rest = take_set(glob, (unsigned char)*text, &takes);
	else if (*glob == '\\') {
		takes = glob[1] != '\0' && glob[1] == *text;
		rest = glob[1] != '\0' ? glob + 2 : NULL;
	}
	if (rest == NULL) {
		w->is_broken = true;
		return false;
	}
	return takes && *text != '\0' && matches(w, rest, text + 1);
}

static void
under(const char *path, const char *dir)
{
	size_t len = strlen(dir);
	bool is_under = strcmp(dir, "/") == 0 ? path[0] == '/' : false;

	if (len > 0 && strcmp(dir, "/") != 0 && strlen(path) >= len)
		is_under = fuzz_same(path, dir, len) &&
		           (strlen(path) == len || path[len] == '/');
	insist(len == 0 || path_is_under(path, dir) == is_under);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	SCOPED(text_release) char *glob = fuzz_text((struct span){ data, len });
	const char *text = glob + strlen(glob);
	struct walk walk = { 0 };
	bool got, want;

	if (text < glob + len)
		text++;
	got = path_matches(text, glob);
	want = matches(&walk, glob, text);
	insist(walk.is_over || got == want);
	/* What never matches is told to who writes it. */
	if (walk.is_broken) {
		insist(validate_selector(glob) != NULL);
		insist(validate_glob(glob) != NULL);
		insist(validate_except(glob) != NULL);
	}
	if (validate_glob(glob) == NULL || validate_except(glob) == NULL ||
	    validate_selector(glob) == NULL)
		insist(strlen(glob) <= PATH_MAX);
	under(text, glob);
	return 0;
}
