/*
 * tracing.h - for attacks by ptrace(2): where it is refused, they end.
 */
#ifndef EXECGUARD_TRACING_H
#define EXECGUARD_TRACING_H

#include "attack.h"

/* What cannot be done: EPERM is what is hoped for, and is printed. */
static inline _Noreturn void
untried(const char *what)
{
	if (errno == EPERM) {
		puts("EPERM");
		exit(ATTACK_STOPPED);
	}
	perror(what);
	exit(ATTACK_UNTRIED);
}

#endif
