#include "cli/who.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "cli/cli.h"
#include "gate/groups.h"

void
who_release(struct who *who)
{
	free(who->name);
	free(who->home);
	free(who->shell);
	free(who->groups);
	*who = (struct who){ 0 };
}

void
who_blame(const char *name, int r)
{
	if (r == -ENOENT && name == NULL)
		cli_say("the user database does not know uid %u",
		    (unsigned)getuid());
	else if (r == -ENOENT)
		cli_say("there is no user '%s'", name);
	else if (r == -E2BIG)
		cli_say("'%s' is in more than %d groups, or has too long a "
			"name, or one of them has",
		    name != NULL ? name : "you", WIRE_GROUPS);
	else
		cli_say("cannot look up '%s' and the groups: %s",
		    name != NULL ? name : "you", strerror(-r));
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
	r = groups_look_up(who.name, who.gid, &who.groups, &who.n_groups);
	if (r < 0)
		return r;
	*out = who;
	memset(&who, 0, sizeof(who)); /* handed over */
	return 0;
}
