/*
 * watch.h - what tracees have to say: each gets one step of tracee.h's table.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_WATCH_H
#define EXECGUARD_WATCH_H

#include "common/scope.h"
#include "guardd/tracees.h"

struct session;

/* Serve every tracee that has something to say.  Returns 0 or a negative
 * errno that the guard cannot go on with. */
int watch_serve(struct session *s) MUST_CHECK;

/* Take one step for tid, as its record and event say; makes and removes the
 * record.  signal goes with ACT_RESUME and ACT_LET_GO. */
void watch_step(
    struct session *s, pid_t tid, enum tracee_event event, int signal);

/* The same exec stop once more, of one who waits in it for the inspector. */
void watch_confirm(struct session *s, pid_t tid);

#endif
