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

/* The actions abort, kill and exit, upon the process (proc_pin()) of guest
 * whose exec is being refused. */
void enforce_action(struct session *s, enum action action,
    const struct guest *guest, int process);

/* A held process ended by this signal (0: by none). */
void enforce_death(struct session *s, const struct tracee *t, int signal);

/*
 * SIGKILL what is whose, and nobody else's: a daemon restarted in here may
 * have let in many.  If it is the login that ends, also what is left of users
 * whose PAM session under this guard was closed.  Who is exempt is spared.
 */
void enforce_end(struct session *s, const struct guest *whose);

#endif
