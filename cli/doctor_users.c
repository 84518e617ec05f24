/*
 * doctor_users.c - who may log in, and matches no policy?  Whose manager runs
 * without a login?
 */
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"

#define USERS_MAX  5000 /* more are not looked at: each asks for groups */
#define NAMES_ROOM 200
#define LINGER     "/var/lib/systemd/linger"

/* The first names of a list, for a sentence. */
struct names {
	size_t n;
	char text[NAMES_ROOM];
};

static void
add_name(struct names *names, const char *name)
{
	size_t len = strlen(names->text);
	const char *comma = len > 0 ? ", " : "";

	if (names->n++ < 5)
		(void)snprintf(names->text + len, sizeof(names->text) - len,
		    "%s%.32s", comma, name);
	else if (names->n == 6)
		(void)snprintf(
		    names->text + len, sizeof(names->text) - len, ", ...");
}

static void
file_release(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

static void
dir_release(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

/* Root has a rule of his own: only a policy that names him. */
static void
examine_logins(struct doctor *d)
{
	SCOPED(file_release) FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *user;
	struct names unguarded = { 0 };
	size_t n = 0;

	while (
	    file != NULL && n < USERS_MAX && (user = fgetpwent(file)) != NULL) {
		if (user->pw_uid == 0 || !doctor_is_login_shell(user->pw_shell))
			continue;
		n++;
		if (doctor_policy_of(d, user->pw_uid) == NULL)
			add_name(&unguarded, user->pw_name);
	}
	if (unguarded.n > 0) {
		finding_tell(d->findings, FINDING_HINT,
		    "%zu of %zu users of /etc/passwd with a login shell match "
		    "no policy and are not guarded: %s",
		    unguarded.n, n, unguarded.text);
		finding_remedy(d->findings,
		    "if that is not meant: a last policy without users and "
		    "groups is for all others");
	} else {
		finding_tell(d->findings, FINDING_OK,
		    "each user of /etc/passwd with a login shell has a policy: "
		    "%zu",
		    n);
	}
}

static void
examine_lingering(struct doctor *d)
{
	SCOPED(dir_release) DIR *dir = opendir(LINGER);
	const struct dirent *entry;
	struct names lingering = { 0 };

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const struct passwd *user = getpwnam(entry->d_name);

		if (user != NULL && doctor_policy_of(d, user->pw_uid) != NULL)
			add_name(&lingering, user->pw_name);
	}
	if (dir == NULL && errno != ENOENT) {
		finding_tell(d->findings, FINDING_HINT, "%s: %s", LINGER,
		    strerror(errno));
		finding_remedy(d->findings, "ask again as root");
	} else if (lingering.n > 0) {
		finding_tell(d->findings, FINDING_HINT,
		    "%zu guarded users linger, and what their manager runs "
		    "has the policy of the day it was started: %s",
		    lingering.n, lingering.text);
		finding_remedy(d->findings,
		    "loginctl disable-linger USER; or restart user@UID.service "
		    "when the policy changes");
	} else {
		finding_tell(
		    d->findings, FINDING_OK, "no guarded user lingers");
	}
}

void
doctor_users(struct doctor *d)
{
	if (d->state != DOCTOR_POLICY_READ || d->policies.n == 0)
		return;
	examine_logins(d);
	examine_lingering(d);
}
