#include "cli/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/listed.h"
#include "policy/select.h"

/* Append what more holds to all; more is empty then. */
static int
append(struct trusted_files *all, struct trusted_files *more)
{
	struct trusted_file *at;

	if (more->n == 0)
		return 0;
	at = realloc(all->at, (all->n + more->n) * sizeof(*at));
	if (at == NULL)
		return -ENOMEM;
	memcpy(at + all->n, more->at, more->n * sizeof(*at));
	all->at = at;
	all->n += more->n;
	free(more->at);
	*more = (struct trusted_files){ 0 };
	return 0;
}

int
load_files(char *const *paths, uid_t also, struct trusted_files *out,
    char why[TRUSTED_WHY])
{
	SCOPED(trusted_files_release) struct trusted_files all = { 0 };

	for (; *paths != NULL; paths++) {
		SCOPED(trusted_files_release) struct trusted_files more = { 0 };
		int r = trusted_read(*paths, also, PARSE_FILE_MAX, &more, why);

		if (r < 0)
			return r;
		r = append(&all, &more);
		if (r < 0) {
			(void)snprintf(why, TRUSTED_WHY, "out of memory");
			return r;
		}
	}
	*out = all;
	all = (struct trusted_files){ 0 };
	return 0;
}

int
load_policies(const struct trusted_files *files, uid_t also,
    struct policies *out, char why[PARSE_WHY])
{
	SCOPED(policies_release) struct policies policies = { 0 };
	int r = parse_policies(files, &policies, why);

	for (size_t i = 0; i < policies.n && r == 0; i++)
		r = listed_load(&policies.at[i], also, why);
	if (r < 0)
		return r;
	*out = policies;
	policies = (struct policies){ 0 };
	return 0;
}

static void
names_release(struct group_name **names)
{
	free(*names);
}

int
load_choose(const struct policies *policies, const struct who *who,
    const struct policy **out)
{
	SCOPED(names_release)
	struct group_name *groups = calloc(who->n_groups + 1, sizeof(*groups));
	const struct subject subject = {
		.uid = who->uid,
		.user = who->name,
		.groups = groups,
		.n_groups = who->n_groups,
	};

	if (groups == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < who->n_groups; i++)
		groups[i] = (struct group_name){ who->groups[i].gid,
			who->groups[i].name };
	*out = select_policy(policies, &subject);
	return 0;
}
