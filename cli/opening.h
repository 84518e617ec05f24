/*
 * opening.h - open a PAM session, run /bin/true in it, and close it.
 *
 * opening.c is the only file here that sees PAM.  Nobody is asked for a
 * password and no account is checked: it is the session part alone.  All is
 * done by a child: what modules do to a process ends with it.  Needs root.
 */
#ifndef EXECGUARD_CLI_OPENING_H
#define EXECGUARD_CLI_OPENING_H

#include <stdbool.h>

#include "common/scope.h"

struct who;

struct opening {
	const char *folder; /* of stacks; NULL: where PAM finds them */
	const char *service;
	const struct who *who;
};

#define OPENING_SAID 512

struct opened {
	bool is_open;
	bool is_guarded; /* a filter came with it */
	bool has_run;    /* /bin/true did */
	/* What the modules complained of, or why it is not open; escaped. */
	char said[OPENING_SAID];
};

/* Whatever goes wrong, it is not open. */
void opening_try(const struct opening *opening, struct opened *out);

#endif
