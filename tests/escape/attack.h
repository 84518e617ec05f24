/*
 * attack.h - what every attack program needs: to know whether it won.
 *
 * The forbidden program proves that it ran by one more byte in the file that
 * ESCAPE_MARK names.  An attack that sees the file grow prints ESCAPED and
 * exits 1; one that was stopped says how and exits 0; one that could not be
 * tried exits 2.
 */
#ifndef EXECGUARD_ATTACK_H
#define EXECGUARD_ATTACK_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define ATTACK_STOPPED 0
#define ATTACK_ESCAPED 1
#define ATTACK_UNTRIED 2

/* What a child exits with when the exec it tried came back. */
#define CHILD_REFUSED 126 /* EACCES */
#define CHILD_FAILED  125 /* another errno: on stderr */

/* How often the forbidden program has run so far. */
static inline long
mark_count(void)
{
	const char *name = getenv("ESCAPE_MARK");
	struct stat st;

	if (name == NULL) {
		fputs("ESCAPE_MARK is not set\n", stderr);
		exit(ATTACK_UNTRIED);
	}
	return stat(name, &st) == 0 ? (long)st.st_size : 0;
}

/* For a child whose exec came back: say so and end. */
static inline _Noreturn void
exec_failed(void)
{
	if (errno == EACCES)
		_exit(CHILD_REFUSED);
	dprintf(STDERR_FILENO, "exec: %s\n", strerror(errno));
	_exit(CHILD_FAILED);
}

/* Say what became of a child, and whether the mark grew beyond before. */
static inline int
attack_result(long before, int status)
{
	if (mark_count() > before) {
		puts("ESCAPED");
		return ATTACK_ESCAPED;
	}
	if (WIFSIGNALED(status))
		printf("killed by signal %d\n", WTERMSIG(status));
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		puts("refused");
	else
		printf("exited %d\n", WEXITSTATUS(status));
	return ATTACK_STOPPED;
}

/* Run try(arg), which execs, in a child of its own; tell how it went. */
static inline int
attack(void (*try)(char **), char **arg)
{
	long before = mark_count();
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		try(arg);
		exec_failed();
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("fork");
		return ATTACK_UNTRIED;
	}
	return attack_result(before, status);
}

#endif
