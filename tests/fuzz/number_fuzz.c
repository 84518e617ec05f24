/*
 * number_fuzz.c - texts that may be numbers for number_parse(), the ids of
 * names.h and the ranges of select.h, beside a reading by strtoull(3).
 */
#include "common/number.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "common/names.h"
#include "policy/select.h"
#include "tests/fuzz/fuzz.h"

#define UNTOUCHED 4711

/* No name service is asked; the local files are, and know few of the names. */
struct passwd *
getpwnam(const char *name UNUSED)
{
	return NULL;
}

struct group *
getgrnam(const char *name UNUSED)
{
	return NULL;
}

static bool
is_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Of a text of digits; what is too large is -ERANGE. */
static int
reference(const char *digits, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value;

	errno = 0;
	value = strtoull(digits, NULL, 10);
	if (errno == ERANGE || value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

static void
number(const char *text, uint64_t min, uint64_t max)
{
	uint64_t got = UNTOUCHED, want = UNTOUCHED;
	int r = number_parse(text, min, max, &got);

	if (is_digits(text))
		insist(r == reference(text, min, max, &want));
	else
		insist(r == -EINVAL || r == -ERANGE);
	insist(got == want);
}

static void
ids(const char *text)
{
	uid_t uid = UNTOUCHED;
	gid_t gid = UNTOUCHED;
	uint64_t want = UNTOUCHED;
	bool is_id = is_digits(text) &&
	             reference(text, 0, UINT32_MAX - 1, &want) == 0;
	int r = names_user(text, &uid);

	insist(!is_id || r == 0);
	insist(r == 0 || uid == UNTOUCHED);
	r = names_group(text, &gid);
	insist(!is_id || r == 0);
	insist(r == 0 || gid == UNTOUCHED);
	if (is_id)
		insist(uid == want && gid == want);
}

static void
range(const char *text)
{
	SCOPED(text_release) char *copy = strdup(text);
	char *dash = strchr(copy, '-');
	uint64_t first, last;
	uint32_t low = UNTOUCHED, high = UNTOUCHED;
	enum id_range got = select_range(text, &low, &high);
	bool is_found;

	if (dash != NULL)
		*dash = '\0';
	is_found = is_digits(copy) && (dash == NULL || is_digits(dash + 1)) &&
	           reference(copy, 0, UINT32_MAX - 1, &first) == 0 &&
	           reference(dash != NULL ? dash + 1 : copy, 0, UINT32_MAX - 1,
		       &last) == 0 &&
	           first <= last;
	if (is_found) {
		insist(got == ID_RANGE_FOUND);
		insist(low == first && high == last);
		return;
	}
	insist(low == UNTOUCHED && high == UNTOUCHED);
	insist(
	    got == (text[strspn(text, "0123456789-")] == '\0' ? ID_RANGE_BROKEN
							      : ID_RANGE_NONE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	SCOPED(text_release) char *text = fuzz_text((struct span){ data, len });

	number(text, 0, UINT64_MAX);
	number(text, 1, 32);
	number(text, 1, UINT32_MAX);
	ids(text);
	range(text);
	return 0;
}
