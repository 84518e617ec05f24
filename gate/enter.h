/*
 * enter.h - put the calling process, and all it will start, under a guard.
 *
 * Floor 1c: logs nothing, exits nothing, knows no policy.  Runs in sshd, su,
 * login, ...: as root, or as an ordinary user for `execguardctl run'.
 */
#ifndef EXECGUARD_ENTER_H
#define EXECGUARD_ENTER_H

#include <stdbool.h>

#include "common/scope.h"
#include "common/wire.h"

struct enter_options {
	const char *guardd;   /* absolute path of the program */
	const char *conf;     /* policy folder or file */
	const char *policy;   /* take this policy by name, or NULL: by user */
	bool is_debug;        /* guardd -d */
	bool keeps_stderr;    /* and its steps go to our standard error, too */
	bool is_alone;        /* join no guard that is there already */
	bool is_unprivileged; /* set no_new_privs; policy may be the caller's */
	bool is_explaining;   /* guardd -x: for enter_explanation() */
};

enum enter_result {
	ENTER_REFUSED = 0, /* why says why; the caller must not go on */
	ENTER_BROKEN,      /* neither guard nor no: onerr= decides, see below */
	ENTER_UNGUARDED,   /* no policy applies: nothing was installed */
	ENTER_GUARDED,     /* the filter is on, the guard is ready */
	ENTER_NESTED,      /* under the guard that was there already */
};

/* How long each answer of the guard is waited for. */
#define ENTER_TIMEOUT_MS 5000

/*
 * Ask the guard we are under, if there is one, to take in hello's user; else
 * start a guard, install the filter on this process (all its threads), hand
 * the listener over and wait until the guard is ready.
 *
 * Leaves no descriptor, child or signal disposition behind.  why is one
 * sentence for people, without a full stop, naming cause and remedy; "" when
 * there is nothing to say.
 *
 * ENTER_BROKEN means that there is nothing to obey and no filter was installed
 * (what the sections memory and scripts ask for may be on): guard missing,
 * silent or of another version, kernel too old, no privilege, policy
 * unreadable.  Whether to go on unguarded is the caller's choice.  For uid 0 it
 * also stands for a no of the guard, so that root is never locked out.
 *
 * ENTER_REFUSED is the guard's no to anybody else; or the filter is on (or was
 * on before) and there is no guard for it: then this process cannot exec any
 * more (ENOSYS) and should end.
 */
enum enter_result enter_session(const struct enter_options *options,
    const struct wire_hello *hello, char why[WIRE_WHY]);

/*
 * Start a guard that guards nobody, and waits for one EXPLAIN about hello's
 * user on *out_sock, which is then the caller's: ENTER_GUARDED.  No filter is
 * installed, and a guard that is there already is not asked.
 */
enum enter_result enter_explanation(const struct enter_options *options,
    const struct wire_hello *hello, int *out_sock, char why[WIRE_WHY]);

/*
 * Tell the guard we are under that hello's session closes.  Returns 0, also
 * when there is no guard, or a negative errno.
 */
int enter_goodbye(const struct wire_goodbye *bye) MUST_CHECK;

#endif
