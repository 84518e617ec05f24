/*
 * affinity.h - on which processor the guard runs.
 *
 * Floor 1b.  A question wakes the guard on the asker's own processor
 * (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6), and who was answered goes on
 * there.  The exec stop that follows would wake the guard on another one, if
 * that is idle: it has to come out of its sleep first, which takes longer than
 * all that the guard does (sched(7); kernel/sched/fair.c,
 * select_task_rq_fair()). The tracee waits meanwhile, so nothing is won by
 * running beside it.
 */
#ifndef EXECGUARD_AFFINITY_H
#define EXECGUARD_AFFINITY_H

#include <sched.h>
#include <stdbool.h>

struct affinity {
	cpu_set_t home; /* where the guard may run */
	bool is_known;  /* home is; else nothing is ever done */
	bool stays;
};

/* As it was inherited. */
void affinity_init(struct affinity *affinity);

/* Stay on this processor until affinity_roam().  Best effort, both. */
void affinity_stay(struct affinity *affinity);
void affinity_roam(struct affinity *affinity);

#endif
