#include "guardd/ground.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/trusted.h"

static int
add_word(struct words *words, char *word)
{
	char **more = realloc(words->at, (words->n + 1) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	words->at = more;
	words->at[words->n++] = word;
	return 0;
}

/*
 * /bin may be a symbolic link to usr/bin.  Images are known by where they
 * really are: trust that place too, for that is what the administrator meant.
 */
static int
add_real_roots(struct words *roots)
{
	size_t n = roots->n;

	for (size_t i = 0; i < n; i++) {
		SCOPED(text_release) char *real = realpath(roots->at[i], NULL);

		if (real == NULL || strcmp(real, roots->at[i]) == 0)
			continue;
		if (add_word(roots, real) < 0)
			return -ENOMEM;
		(void)text_take(&real);
	}
	return 0;
}

int
ground_load(
    const char *conf, uid_t also, struct policies *out, char why[PARSE_WHY])
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(policies_release) struct policies policies = { 0 };
	int r = trusted_read(conf, also, PARSE_FILE_MAX, &files, why);

	if (r == 0)
		r = parse_policies(&files, &policies, why);
	for (size_t i = 0; r == 0 && i < policies.n; i++) {
		r = add_real_roots(&policies.at[i].tpe.roots);
		if (r < 0)
			(void)snprintf(why, PARSE_WHY, "out of memory");
	}
	if (r < 0)
		return r;
	*out = policies;
	policies = (struct policies){ 0 };
	return 0;
}

size_t
ground_devices(const struct policy *policy, uint64_t out[GROUND_DEVICES])
{
	size_t n = 0;

	for (size_t i = 0; i < policy->tpe.roots.n; i++) {
		struct stat st;

		if (n < GROUND_DEVICES &&
		    stat(policy->tpe.roots.at[i], &st) == 0)
			out[n++] = st.st_dev;
	}
	return n;
}
