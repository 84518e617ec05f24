/*
 * interrupt.h - SIGHUP, SIGINT and SIGTERM, while something is to be done whole
 * or not at all.
 */
#ifndef EXECGUARD_CLI_INTERRUPT_H
#define EXECGUARD_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* Let them wait, unless they are ignored anyway; out is what we block, for
 * sigprocmask(SIG_UNBLOCK). */
void interrupt_block(sigset_t *out);

/* Whether one waits. */
bool interrupt_waits(void);

#endif
