/*
 * launch.h - start guardd from inside somebody else's process.
 *
 * Floor 1c.  The application may be root or set-id, may have threads, may
 * handle or ignore SIGCHLD and may wait for any child.  None of that is
 * changed or noticed: a child made here sends no signal when it ends, and only
 * a wait with __WALL or __WCLONE finds it (clone(2), "exit_signal").
 */
#ifndef EXECGUARD_LAUNCH_H
#define EXECGUARD_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"
#include "common/span.h"
#include "common/wire.h"

struct enter_options;

/*
 * fork(2), but with every signal blocked in the child, and unnoticed by the
 * application.  The child may call async-signal-safe functions only, and ends
 * by _exit(2).  Returns the pid, 0 in the child, or a negative errno.
 */
pid_t launch_fork(void) MUST_CHECK;

/* Wait until a child of launch_fork() has ended. */
void launch_reap(pid_t child);

/*
 * Start guardd, as nobody's child, in its own session, with the other end of
 * *out_sock as descriptor 3 and nothing else of ours: no descriptor, signal
 * disposition, environment, and, unless unprivileged, no identity but root's.
 * What is run is the very file that was checked.
 *
 * Returns 0, and the caller closes *out_sock; or a negative errno with a
 * sentence in why.  That the program could not be run is heard later, on the
 * socket: see launch_failed().
 */
int launch_guard(const struct enter_options *options, int *out_sock,
    char why[WIRE_WHY]) MUST_CHECK;

/*
 * Whether a message on the socket is the last word of a process that could not
 * become the guard, and not the guard's: then why says what went wrong.
 */
bool launch_failed(struct span message, const struct enter_options *options,
    char why[WIRE_WHY]);

#endif
