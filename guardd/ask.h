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

#include "guardd/inspector.h"

struct question;
struct session;

/* Receive one question and answer it.  Returns 0, or a negative errno when
 * the listener itself is broken. */
int ask_serve(struct session *s) MUST_CHECK;

/* Answer a question about an exec, or wait for the inspector and do it then. */
int ask_exec(struct session *s, const struct question *q,
    struct waiting waiting) MUST_CHECK;

#endif
