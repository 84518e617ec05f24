/*
 * ask.h - the first phase: a thread asks, and hears no or "go on".
 *
 * Floor 2.  Courtesy: it refuses what it can see is wrong, with an errno that
 * the shell can print.  It never lets anything through that the second phase
 * (confirm.h) would not.
 */
#ifndef EXECGUARD_ASK_H
#define EXECGUARD_ASK_H

#include "common/scope.h"

struct session;

/* Receive one question and answer it.  Returns 0, or a negative errno when
 * the listener itself is broken. */
int ask_serve(struct session *s) MUST_CHECK;

#endif
