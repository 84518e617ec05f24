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
#include "guardd/request.h"

#include "guardd/inspector.h"

struct question;
struct session;

/* Receive one question and answer it.  Returns 0, or a negative errno when
 * the listener itself is broken. */
int ask_serve(struct session *s) MUST_CHECK;

/*
 * Judge what can be seen now, and answer nothing: r->verdict is about s->facts.
 * What cannot be seen is left to the exec stop; r->waits says that the
 * inspector has yet to speak.
 */
void ask_look(struct session *s, struct request *r);

/*
 * Answer no, do what the verdict's action wants besides, and tell of it; or,
 * when the verdict lets run, answer yes and tell.  The verdict is about
 * s->facts.  Returns 0.
 */
int ask_refuse(
    struct session *s, const struct request *r, struct verdict verdict);

/* Answer a question about an exec, or wait for the inspector and do it then. */
int ask_exec(struct session *s, const struct question *q,
    struct waiting waiting) MUST_CHECK;

#endif
