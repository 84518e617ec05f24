/*
 * who.h - one user, as the name service knows him.
 */
#ifndef EXECGUARD_WHO_H
#define EXECGUARD_WHO_H

#include <stddef.h>
#include <sys/types.h>

#include "common/scope.h"
#include "common/wire.h"

struct who {
	uid_t uid;
	gid_t gid;
	char *name; /* owned, as all the rest */
	char *home;
	char *shell;
	struct wire_group *groups;
	uint32_t n_groups;
};

void who_release(struct who *who);

/*
 * Look up a user by name, or, when name is NULL, by uid; with all groups.
 *
 * Returns 0, -ENOENT (no such user), -E2BIG (a name or the list of groups is
 * too long for a session), or another negative errno; out is untouched on
 * failure.  The caller releases out.
 */
int who_look_up(const char *name, uid_t uid, struct who *out) MUST_CHECK;

/* Say on stderr why name (NULL: the caller himself) was not found. */
void who_blame(const char *name, int r);

#endif
