/*
 * decide.c - the table of checks; facts and policy to a verdict.
 */
#include "policy/decide.h"

#include <string.h>

#include "common/scope.h"
#include "policy/facts.h"
#include "policy/path.h"

#define MEMFD "memfd:"

/* In the order in which equals win. */
static struct verdict (*const checks[])(
    const struct policy *, const struct facts *, const struct image *) = {
	check_segvguard,
	check_exec,
	check_tpe,
	check_elf,
	check_integrity,
};

struct verdict
decide_no_objection(void)
{
	return decide_objection(CHECK_GUARD, REASON_NONE, ACTION_ALLOW, 0);
}

struct verdict
decide_objection(
    enum check check, enum reason reason, enum action action, unsigned line)
{
	return (struct verdict){
		.action = action,
		.check = check,
		.reason = reason,
		.line = line,
		.node = NODE_SELF,
		.wanted = action,
	};
}

/* A memfd has a name, not a path: where a path has '/' it has some byte. */
static bool
name_matches(const char *name, const char *glob)
{
	char plain_name[PATH_MAX], plain_glob[PATH_MAX];
	size_t n = 0, g = 0;

	for (; n < sizeof(plain_name) - 1 && name[n] != '\0'; n++)
		plain_name[n] = name[n] == '/' ? '|' : name[n];
	for (; g < sizeof(plain_glob) - 1 && glob[g] != '\0'; g++)
		plain_glob[g] = glob[g] == '/' ? '|' : glob[g];
	if (name[n] != '\0' || glob[g] != '\0')
		return false;
	plain_name[n] = plain_glob[g] = '\0';
	return path_matches(plain_name, plain_glob);
}

bool
decide_names(const struct words *globs, enum image_name name, const char *path)
{
	if (name == NAME_VERIFIED)
		return path_matches_any(path, globs);
	if (name != NAME_MEMFD)
		return false;

	/* A user names his memfd as he likes: a glob for paths, "**" even,
	   must not be what lets it in. */
	for (size_t i = 0; i < globs->n; i++) {
		const char *glob = globs->at[i];

		if (strncmp(glob, MEMFD, strlen(MEMFD)) == 0 &&
		    name_matches(path, glob))
			return true;
	}
	return false;
}

bool
decide_names_image(const struct words *globs, const struct image *image)
{
	return decide_names(globs, image->name, image->path);
}

static bool
is_known(const struct image *image)
{
	if (image->name == NAME_UNKNOWN || image->n_chain > CHAIN_MAX)
		return false;
	if (memchr(image->path, '\0', sizeof(image->path)) == NULL)
		return false;
	return image->name != NAME_VERIFIED || image->path[0] == '/';
}

/* Whether facts can be judged; if not, out is the image to blame. */
static bool
are_known(const struct facts *facts, size_t *out)
{
	bool has_asked = false;

	if (facts->n_images > IMAGES_MAX)
		return false;
	for (size_t i = 0; i < facts->n_images; i++) {
		const struct image *image = &facts->images[i];

		if (!is_known(image)) {
			*out = i;
			return false;
		}
		if (image->role == ROLE_PROGRAM || image->role == ROLE_SCRIPT ||
		    image->role == ROLE_LIBRARY)
			has_asked = true;
	}
	return has_asked;
}

struct verdict
decide_softened(const struct policy *policy, struct verdict verdict)
{
	if (policy->mode == MODE_PERMISSIVE && !action_lets_run(verdict.action))
		verdict.action = ACTION_WARN;
	return verdict;
}

struct verdict
decide_refusal(const struct policy *policy, enum reason reason)
{
	return decide_softened(
	    policy, decide_objection(CHECK_GUARD, reason, ACTION_DENY, 0));
}

struct verdict
decide(const struct policy *policy, const struct facts *facts)
{
	struct verdict worst = decide_refusal(policy, REASON_UNKNOWN);

	if (!are_known(facts, &worst.image))
		return worst;

	worst = decide_no_objection();
	for (size_t c = 0; c < LENGTH(checks); c++) {
		for (size_t i = 0; i < facts->n_images; i++) {
			struct verdict one = checks[c](
			    policy, facts, &facts->images[i]);

			one.image = i;
			if (action_severity(one.action) >
			    action_severity(worst.action))
				worst = one;
		}
	}
	return decide_softened(policy, worst);
}
