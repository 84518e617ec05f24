/*
 * proc.h - /proc, through one descriptor of it.
 *
 * Floor 1b.  proc(5).  What is read under a number may be another process's
 * by now, unless that process is our stopped tracee: ask
 * notify_is_pending() afterwards.
 */
#ifndef EXECGUARD_PROC_H
#define EXECGUARD_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "common/scope.h"

#define PROC_FILTERED 2 /* SECCOMP_MODE_FILTER, as proc(5) shows it */

struct proc_status {
	uid_t real;
	uid_t effective;
	pid_t tgid;
	pid_t tracer;  /* 0: none */
	int seccomp;   /* PROC_FILTERED: it is, or may be */
	bool is_boxed; /* no_new_privs, and one filter alone (Linux 5.9) */
	char state;    /* as ps(1) shows it */
};

/* Open /proc itself.  Returns a descriptor that the caller closes. */
int proc_open(void) MUST_CHECK;

/* Returns 0 or a negative errno (-ENOENT: no such process). */
int proc_status(int proc, pid_t tid, struct proc_status *out) MUST_CHECK;

/*
 * The same without tracer and seccomp (0 then), where the kernel can tell it
 * without /proc: PIDFD_GET_INFO, pidfd_open(2), Linux 6.14 for threads.  An
 * entry of /proc costs its making, and its undoing when the process ends.
 */
int proc_identity(int proc, pid_t tid, struct proc_status *out) MUST_CHECK;

/* Open an entry of a process ("exe", "root", "fd/3") as O_PATH. */
int proc_open_path(int proc, pid_t tid, const char *name) MUST_CHECK;

/* statx(2) of what such an entry leads to: cheaper than to open it.  Network
 * and FUSE servers are not asked.  Returns 0 or a negative errno. */
int proc_look_at(
    int proc, pid_t tid, const char *name, struct statx *out) MUST_CHECK;

/*
 * A handle of a process that outlives its number (pidfd_open(2)), and a signal
 * through it: never to a newcomer.  A handle below 0 is nobody.
 */
int proc_pin(pid_t pid) MUST_CHECK;
void proc_signal(int handle, int signal);

/* Whether the process is in our own user namespace (user_namespaces(7)). */
bool proc_shares_userns(int proc, pid_t tid);

/* What a guard calls itself: PR_SET_NAME. */
#define PROC_GUARD "guardd"

/*
 * Whether a process calls itself a guard, of whatever version (after an upgrade
 * the guards of older sessions run another file), or is hidden from us
 * (proc(5), hidepid) and may do so.  Anybody can call himself so; who does is
 * not taken for root's tracer, and gains nothing.
 */
bool proc_is_guard(int proc, pid_t tid);

/* Device number of the controlling terminal, or 0.  And of its start: the
 * clock ticks after boot at which it began, or 0. */
uint32_t proc_terminal(int proc, pid_t tid);
uint64_t proc_start(int proc, pid_t tid);

/* How many threads the process has; 0: not known. */
unsigned proc_count_threads(int proc, pid_t pid);

/* Their numbers.  Returns how many there are, or a negative errno: -E2BIG when
 * there are more than max. */
int proc_list_threads(int proc, pid_t pid, pid_t *out, size_t max) MUST_CHECK;

/* Whether the thread waits for the child of its vfork(2), and so for nothing
 * that this child does not do first.  Not seen of a 32-bit program. */
bool proc_waits_for_vfork(int proc, pid_t tid);

/* Whether the thread sleeps in a call that began with these arguments.  Of one
 * that runs it is not known: false. */
bool proc_is_in_call(int proc, pid_t tid, const uint64_t args[3]);

/* What personality(2) tells it of itself. */
int proc_personality(int proc, pid_t tid, unsigned long *out) MUST_CHECK;

/* Where its arguments begin on its stack, or 0. */
uint64_t proc_arguments(int proc, pid_t tid);

#endif
