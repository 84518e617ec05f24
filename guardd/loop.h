/*
 * loop.h - wait for one event, hand it over, again.
 *
 * Floor 2; the only file of the guard that waits.
 */
#ifndef EXECGUARD_LOOP_H
#define EXECGUARD_LOOP_H

#include "common/scope.h"

struct session;

/* Serve the session until it is over.  Returns 0, or the first negative
 * errno that a handler could not deal with; the guard must then end. */
int loop_run(struct session *s) MUST_CHECK;

#endif
