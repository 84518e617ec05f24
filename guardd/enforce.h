/*
 * enforce.h - what a refusal does besides refusing.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_ENFORCE_H
#define EXECGUARD_ENFORCE_H

#include <sys/types.h>

#include "guardd/tracees.h"
#include "policy/decide.h"

struct session;
struct guest;

/* The actions abort, kill and exit, upon the process (proc_pin()) whose
 * exec is being refused. */
void enforce_action(struct session *s, enum action action, int process);

/* A held process ended by this signal (0: by none). */
void enforce_death(struct session *s, const struct tracee *t, int signal);

/*
 * SIGKILL every process of the session but those of root and of users whose
 * own PAM session is still open under this guard (except who names one, is
 * not spared).
 */
void enforce_end(struct session *s);

#endif
