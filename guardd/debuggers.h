/*
 * debuggers.h - who wants to be a tracer, or to have one.
 *
 * Floor 2.  A process has one tracer.  Where policy permits another (policy/
 * debug.h), the guard steps back from a process that it holds:
 *
 *	debugger                  guard                    target
 *	ptrace(ATTACH, target) -> notes the wish
 *	waits                     PTRACE_INTERRUPT ------> stops
 *	waits                     lets go <--------------- stands
 *	attaches  <-------------- "go on"                  runs
 *
 * Nothing here waits: a wish is looked at on each turn of the loop.  Who asks
 * to be traced himself (TRACEME) is taken out of his question by the
 * interruption, and asks again when he has been let go.
 */
#ifndef EXECGUARD_DEBUGGERS_H
#define EXECGUARD_DEBUGGERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guardd/kernel/notify.h"

struct session;

#define DEBUGGERS_WISHES 256  /* at once; who comes after them is refused */
#define DEBUGGERS_MS     1000 /* how long one may wait */
#define DEBUGGERS_KNOWN  1024 /* alive at once; who comes after is refused */

struct wish {
	struct question q;
	pid_t target;
	uint64_t until; /* ms of CLOCK_BOOTTIME */
};

/* A process that asked, and was let: it is of this session. */
struct debugger {
	pid_t pid;
	uint64_t start; /* proc_start() */
};

struct debuggers {
	struct wish wishes[DEBUGGERS_WISHES];
	size_t n_wishes;
	struct debugger *known; /* owned */
	size_t n_known, room;
	bool were_let; /* somebody has been let trace, or may have been */
};

void debuggers_release(struct debuggers *debuggers);

/* A ptrace(2) that would make a tracer; a process_vm_writev(2). */
void debuggers_ask(struct session *s, const struct question *q);
void debuggers_write(struct session *s, const struct question *q);

/* Answer the wishes that can be answered now. */
void debuggers_on_turn(struct session *s);

/* How long the next turn may take; -1: as long as it likes. */
int debuggers_patience_ms(const struct debuggers *all, uint64_t now);

/*
 * Whether pid, which began at start, asked here to be a tracer or to have one,
 * and so is of this session: nobody can look at the filter of one who is traced
 * by another.
 */
bool debuggers_know(
    const struct debuggers *debuggers, pid_t pid, uint64_t start);

#endif
