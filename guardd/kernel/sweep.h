/*
 * sweep.h - find and end the processes under one session's filter.
 *
 * Floor 1b.  A process that was let go is in no table of ours, may have left
 * its parents, its terminal and its process group behind, but never its
 * filter; and our filter carries a number that is in no other
 * (PTRACE_SECCOMP_GET_FILTER, Linux 4.4 with CONFIG_CHECKPOINT_RESTORE, for a
 * reader with CAP_SYS_ADMIN who is under no filter himself).
 */
#ifndef EXECGUARD_SWEEP_H
#define EXECGUARD_SWEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sweep {
	int proc;        /* borrowed: /proc */
	uint64_t cookie; /* of the session's filter */
	uint64_t since; /* clock ticks after boot: who is older is left alone */
	void *context;  /* of the functions */
	bool (*is_spared)(uid_t real, void *context);
	/* Whether it is a user of the session. */
	bool (*is_user)(uid_t real, void *context);
	/* Whether pid, whose tracer we are, is of the session. */
	bool (*is_held)(pid_t pid, void *context);
	/* Whether pid, which began at start and has another tracer, is known to
	 * be of the session. */
	bool (*is_known)(pid_t pid, uint64_t start, void *context);
	/* pid did not stop in time to be looked at: it is attached, and is to
	 * be let go at its next stop. */
	void (*give_up)(pid_t pid, void *context);
	void *strangers; /* NULL at first: who need not be looked at again */
	/* How many the last round passed over that may be of the session and
	 * waited uninterruptibly (state D), or were given up.  One who waits
	 * for the child of his vfork does so until it is dead, and runs on. */
	unsigned n_waiting;
};

void sweep_release(struct sweep *sweep);

/*
 * Look round once and SIGKILL every process that carries the cookie and is
 * not spared.  Who is held by nobody, is no user of the session, has
 * no_new_privs and one filter alone is not looked at: sshd's child before a
 * login, a service in its sandbox.  A stop would take him out of his system
 * call, and not every sandbox permits restart_syscall(2).  Returns how many
 * were killed, or could not be looked at before trace_next() was heard: after 0
 * there is none left, but for n_waiting that can neither be looked at nor, most
 * of them, die.  Some SIGCHLD may have been taken: call trace_next() also after
 * 0.
 */
unsigned sweep_kill(struct sweep *sweep);

#endif
