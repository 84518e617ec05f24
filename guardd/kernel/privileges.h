/*
 * privileges.h - what of root's power a guard keeps, once it knows its session.
 *
 * Floor 1b.  capabilities(7).  Before this call a guard is root with all that
 * the program that started it could do; after it the list below is all there
 * is, and nothing that it executes can have more.
 */
#ifndef EXECGUARD_PRIVILEGES_H
#define EXECGUARD_PRIVILEGES_H

#include <sys/types.h>

#include "common/scope.h"

/* Who a guard becomes, where /etc/passwd has such a user. */
#define PRIVILEGES_USER  "execguard"
#define PRIVILEGES_GROUP "tty" /* may write to terminals: mesg(1) */

enum privileges {
	PRIVILEGES_NONE = 0, /* guard of a user's own command: as he is */
	PRIVILEGES_SESSION,  /* look at, trace and end processes of all users */
	PRIVILEGES_SWEEP,    /* and read their filters: sweep.h */
};

/* The ids of PRIVILEGES_USER; untouched where there is no such user. */
void privileges_identity(uid_t *uid, gid_t *gid);

/*
 * Keep what kept says and give up all else, for good: capabilities, identity,
 * groups, what an exec could give, and that others of our uid look into us.
 *
 * A capability that was not there to begin with (a service that was confined)
 * is not missed here, but by the calls that need it.
 *
 * Returns 0, or a negative errno with a static clause in *out_what; what was
 * given up by then is gone, and the caller must not go on.
 */
int privileges_drop(enum privileges kept, const char **out_what) MUST_CHECK;

#endif
