/*
 * flood - crash in so many programs that the guard forgets the first.
 * Row C5.
 *
 * usage: flood NUMBER PROGRAM
 *
 * Makes NUMBER copies of PROGRAM, which is run as "PROGRAM segv", beside it,
 * runs each once, and then the first again.  Prints
 *
 *	N copies: C crashed, R refused
 *	the first again: refused
 *
 * or "crashed" and ESCAPED, with status 1.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/sendfile.h>

#include "attack.h"

static int crashed, refused;

static void
name_of(char name[PATH_MAX], const char *program, int number)
{
	(void)snprintf(name, PATH_MAX, "%s.%d", program, number);
}

static int
copy(const char *program, const char *name)
{
	int from = open(program, O_RDONLY | O_CLOEXEC);
	int to = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	struct stat st;
	int result = -1;

	if (from >= 0 && to >= 0 && fstat(from, &st) == 0 &&
	    sendfile(to, from, NULL, (size_t)st.st_size) == st.st_size)
		result = 0;
	(void)close(from);
	(void)close(to);
	return result;
}

static int
run(char *name)
{
	char *words[] = { name, (char *)"segv", NULL };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)execve(name, words, environ);
		exec_failed();
	}
	(void)waitpid(child, &status, 0);
	return status;
}

static void
remove_all(const char *program, int number)
{
	char name[PATH_MAX];

	for (int i = 0; i < number; i++) {
		name_of(name, program, i);
		(void)unlink(name);
	}
}

int
main(int argc, char **argv)
{
	char name[PATH_MAX];
	int number, status;

	if (argc != 3) {
		fputs("usage: flood NUMBER PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	number = atoi(argv[1]);
	for (int i = 0; i < number; i++) {
		name_of(name, argv[2], i);
		if (copy(argv[2], name) < 0) {
			perror(name);
			return ATTACK_UNTRIED;
		}
		status = run(name);
		crashed += WIFSIGNALED(status);
		refused += !WIFSIGNALED(status);
	}
	name_of(name, argv[2], 0);
	status = run(name);
	remove_all(argv[2], number);
	printf("%d copies: %d crashed, %d refused\n", number, crashed, refused);
	printf("the first again: %s\n",
	    WIFSIGNALED(status) ? "crashed" : "refused");
	if (WIFSIGNALED(status))
		puts("ESCAPED");
	return WIFSIGNALED(status) ? ATTACK_ESCAPED : ATTACK_STOPPED;
}
