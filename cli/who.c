#include "cli/who.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

void
who_release(struct who *who)
{
	free(who->name);
	free(who->home);
	free(who->shell);
	free(who->groups);
	*who = (struct who){ 0 };
}

static void
gids_release(gid_t **gids)
{
	free(*gids);
}

static int
look_up_groups(struct who *who)
{
	int n = WIRE_GROUPS;
	SCOPED(gids_release) gid_t *gids = calloc((size_t)n, sizeof(*gids));

	who->groups = calloc(WIRE_GROUPS, sizeof(*who->groups));
	if (gids == NULL || who->groups == NULL)
		return -ENOMEM;
	if (getgrouplist(who->name, who->gid, gids, &n) < 0)
		return -E2BIG;
	for (int i = 0; i < n; i++) {
		struct wire_group *to = &who->groups[who->n_groups++];
		const struct group *gr = getgrgid(gids[i]);
		size_t len;

		to->gid = gids[i];
		if (gr == NULL)
			continue; /* a number without a name */
		len = strlen(gr->gr_name);
		if (len >= sizeof(to->name))
			return -E2BIG;
		memcpy(to->name, gr->gr_name, len + 1);
	}
	return 0;
}

int
who_look_up(const char *name, uid_t uid, struct who *out)
{
	SCOPED(who_release) struct who who = { 0 };
	const struct passwd *pw;
	int r;

	errno = 0;
	pw = name != NULL ? getpwnam(name) : getpwuid(uid);
	if (pw == NULL)
		return errno == 0 || errno == ESRCH ? -ENOENT : -errno;
	who.uid = pw->pw_uid;
	who.gid = pw->pw_gid;
	who.name = strdup(pw->pw_name);
	who.home = strdup(pw->pw_dir);
	who.shell = strdup(pw->pw_shell);
	if (who.name == NULL || who.home == NULL || who.shell == NULL)
		return -ENOMEM;
	if (strlen(who.name) >= WIRE_TEXT)
		return -E2BIG;
	r = look_up_groups(&who);
	if (r < 0)
		return r;
	*out = who;
	who = (struct who){ 0 };
	return 0;
}
