/*
 * own_proc.h - run where /proc shows nobody but ourselves: pid_namespaces(7).
 *
 * Test code, for the tests of guardd/kernel.
 */
#ifndef EXECGUARD_OWN_PROC_H
#define EXECGUARD_OWN_PROC_H

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of a child. */
static inline int
result_of(pid_t pid)
{
	int status = 0;
	pid_t ended;

	do {
		ended = wait(&status);
	} while (ended > 0 && ended != pid);
	return ended == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* In the init of a pid namespace: it waits for orphans, too. */
static inline int
run_with_proc(int (*run)(void))
{
	pid_t pid;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		exit(run());
	return result_of(pid);
}

/* In a child, whose own children get the new namespace. */
static inline int
run_in_namespace(int (*run)(void))
{
	pid_t pid;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(run_with_proc(run));
	return result_of(pid);
}

/* Returns what run() returns there, or 1. */
static inline int
own_proc_run(int (*run)(void))
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(run_in_namespace(run));
	return result_of(pid);
}

#endif
