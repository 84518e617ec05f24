#include "guardd/kernel/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/number.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

#define PROGRAM_MAX 4096 /* BPF_MAXINSNS */
#define STOP_MS     100 /* a process in an uninterruptible wait is passed over */

/* One who was looked at and is of no session of ours: a process gets a filter
 * from its parent or from itself, never from another. */
struct stranger {
	pid_t pid;
	uint64_t start;
};

static int
compare(const void *a, const void *b)
{
	const struct stranger *left = a, *right = b;

	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	return (left->start > right->start) - (left->start < right->start);
}

static bool
is_stranger(const struct sweep *sweep, const struct stranger *who)
{
	return tfind(who, &sweep->strangers, compare) != NULL;
}

/* Out of memory: he is looked at again. */
static void
remember(struct sweep *sweep, const struct stranger *who)
{
	struct stranger *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return;
	*copy = *who;
	if (tsearch(copy, &sweep->strangers, compare) == NULL)
		free(copy);
}

void
sweep_release(struct sweep *sweep)
{
	tdestroy(sweep->strangers, free);
	sweep->strangers = NULL;
}

static void
directory_release(DIR **directory)
{
	if (*directory != NULL)
		(void)closedir(*directory);
}

static DIR *
open_directory(int proc, const char *name)
{
	SCOPED(fd_release)
	int fd = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (directory != NULL)
		(void)fd_take(&fd);
	return directory;
}

/* gate/filter.c put the two halves behind the last return. */
static bool
ends_in_cookie(const struct sock_filter *program, long len, uint64_t cookie)
{
	return len >= 3 && program[len - 3].code == (BPF_LD | BPF_IMM) &&
	       program[len - 3].k == (uint32_t)cookie &&
	       program[len - 2].code == (BPF_LD | BPF_IMM) &&
	       program[len - 2].k == (uint32_t)(cookie >> 32);
}

/* pid is stopped under our trace. */
static bool
carries_cookie(pid_t pid, uint64_t cookie)
{
	static struct sock_filter program[PROGRAM_MAX];

	for (unsigned long i = 0;; i++) {
		long len = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, i, program);

		if (len < 0)
			return false; /* ENOENT: that was the last one */
		if (ends_in_cookie(program, len, cookie))
			return true;
	}
}

/* Returns the wait status of its stop, 0 when it has ended meanwhile, or -1
 * when it does not stop. */
static int
wait_for_stop(pid_t pid)
{
	uint64_t until = clock_ms(CLOCK_MONOTONIC) + STOP_MS;

	do {
		int status;
		pid_t r = waitpid(pid, &status, WNOHANG | __WALL);

		if (r == pid)
			return WIFSTOPPED(status) ? status : 0;
		if (r < 0)
			return 0;
		trace_await_news(1);
	} while (clock_ms(CLOCK_MONOTONIC) < until);
	return -1;
}

/* Whether one of its threads is ours, as of a process that cannot be looked at
 * because that thread's exec waits for a user's file. */
static bool
has_held_thread(const struct sweep *sweep, pid_t pid)
{
	SCOPED(directory_release) DIR *directory = NULL;
	const struct dirent *entry;
	struct proc_status who;
	char name[32];
	uint64_t tid;

	(void)snprintf(name, sizeof(name), "%d/task", (int)pid);
	directory = open_directory(sweep->proc, name);
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (number_parse(entry->d_name, 1, INT32_MAX, &tid) == 0 &&
		    proc_status(sweep->proc, (pid_t)tid, &who) == 0 &&
		    who.tracer == getpid() &&
		    sweep->is_held((pid_t)tid, sweep->context))
			return true;
	return false;
}

enum found {
	FOUND_STRANGER, /* not of this session */
	FOUND_NOTHING,  /* nobody that could be looked at */
	FOUND_WORK,     /* killed, or to be looked at again */
};

/* pid is attached. */
static enum found
look(const struct sweep *sweep, pid_t pid)
{
	bool is_ours;
	int status;

	trace_interrupt(pid);
	status = wait_for_stop(pid);
	if (status < 0)
		sweep->give_up(pid, sweep->context);
	if (status <= 0)
		return FOUND_NOTHING;
	is_ours = carries_cookie(pid, sweep->cookie);
	if (is_ours)
		(void)kill(pid, SIGKILL);
	/* A signal that stopped him first is his to have. */
	trace_let_go(pid, status >> 16 == 0 ? WSTOPSIG(status) : 0);
	return is_ours ? FOUND_WORK : FOUND_STRANGER;
}

/* Somebody whom we do not hold: look at his filters. */
static enum found
find_out(const struct sweep *sweep, pid_t pid)
{
	int r = trace_seize_for_a_look(pid);
	struct proc_status who;

	/* It may have been attached just before the interruption. */
	if ((r == -EINTR || r == -EPERM || r == -ETIMEDOUT) &&
	    proc_status(sweep->proc, pid, &who) == 0 && who.tracer == getpid())
		r = 0;
	if (r == 0)
		return look(sweep, pid);
	if (r == -EINTR)
		return FOUND_WORK;
	if (r == -ETIMEDOUT && has_held_thread(sweep, pid) &&
	    kill(pid, SIGKILL) == 0)
		return FOUND_WORK;
	/* EPERM: another guard holds him, so he is in another session. */
	return FOUND_NOTHING;
}

/* A thread of pid, whose leader has ended before the others; or pid. */
static pid_t
live_thread(int proc, pid_t pid)
{
	SCOPED(directory_release) DIR *directory = NULL;
	const struct dirent *entry;
	char name[32];

	(void)snprintf(name, sizeof(name), "%d/task", (int)pid);
	directory = open_directory(proc, name);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		uint64_t tid;

		if (number_parse(entry->d_name, 1, INT32_MAX, &tid) == 0 &&
		    (pid_t)tid != pid)
			return (pid_t)tid;
	}
	return pid;
}

/* Whether there was, or may be, something to do. */
static bool
sweep_one(struct sweep *sweep, pid_t pid)
{
	const struct stranger key = { pid, proc_start(sweep->proc, pid) };
	struct proc_status who;
	enum found found;
	bool is_ours;

	if (key.start < sweep->since || is_stranger(sweep, &key) ||
	    proc_status(sweep->proc, pid, &who) < 0 ||
	    who.seccomp != PROC_FILTERED ||
	    sweep->is_spared(who.real, sweep->context) ||
	    (who.is_boxed && who.tracer == 0 &&
		!sweep->is_user(who.real, sweep->context)))
		return false;
	/* His tracer, if of the session, is looked at, too.  Two who trace each
	 * other are known. */
	if (who.tracer != 0 && who.tracer != getpid())
		return who.state != 'Z' &&
		       sweep->is_known(pid, key.start, sweep->context) &&
		       kill(pid, SIGKILL) == 0;
	is_ours = who.tracer != 0 && sweep->is_held(pid, sweep->context);
	if (is_ours)
		(void)kill(pid, SIGKILL);
	/* Or given up, and then he stops some time. */
	if (who.state == 'D' || (who.tracer != 0 && !is_ours)) {
		sweep->n_waiting++;
		return false;
	}
	if (is_ours)
		return true;
	found = find_out(
	    sweep, who.state == 'Z' ? live_thread(sweep->proc, pid) : pid);
	if (found == FOUND_STRANGER)
		remember(sweep, &key);
	return found == FOUND_WORK;
}

unsigned
sweep_kill(struct sweep *sweep)
{
	SCOPED(directory_release)
	DIR *directory = open_directory(sweep->proc, ".");
	const struct dirent *entry;
	unsigned n = 0;

	sweep->n_waiting = 0;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		uint64_t pid;

		if (number_parse(entry->d_name, 1, INT32_MAX, &pid) == 0 &&
		    sweep_one(sweep, (pid_t)pid))
			n++;
	}
	return n;
}
