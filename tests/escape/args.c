/*
 * args - exec with arguments that are hard to take.  Row G3.
 *
 * usage: args WAY PROGRAM
 *
 *	big	2 MiB of arguments
 *	bigenv	2 MiB of environment
 *	bigboth	2 MiB of each
 *	toobig	more arguments than the kernel takes
 *	toobigenv	more environment than it takes
 *	long	one string longer than the kernel takes
 *	none	an argument list without any
 *	null	no argument list
 *	badlist	an argument list that cannot be read
 *	badpath	a path that cannot be read
 *	empty	the empty path
 *	deep	a path of 4096 bytes
 *	under	a path below a file
 *	plain	nothing special
 *
 * Prints "exited N", or the name of the errno that the exec came back with;
 * the same with a guard and without.
 */
#include <limits.h>
#include <stdint.h>
#include <sys/resource.h>

#include "attack.h"

#define STRING_MAX 131072 /* MAX_ARG_STRLEN, linux/binfmts.h */
#define MANY       64
#define MEBIBYTE   1048576
#define TWO_MIB    (2 * MEBIBYTE / STRING_MAX)

static char *words[MANY + 1] = { (char *)"program" };
static char *variables[MANY + 1];
static char **list = words;
static char string[STRING_MAX + 1];
static char path[PATH_MAX + 1];

/*
 * A quarter of the stack limit is for these lists, 6 MiB at most (execve(2)):
 * room for both.
 */
static void
make_room(void)
{
	struct rlimit limit;

	(void)getrlimit(RLIMIT_STACK, &limit);
	limit.rlim_cur = 32 * MEBIBYTE;
	if (setrlimit(RLIMIT_STACK, &limit) < 0) {
		perror("setrlimit");
		exit(ATTACK_UNTRIED);
	}
}

/* n strings of len bytes each, the NUL included, after the first. */
static void
fill(char **strings, size_t n, size_t len)
{
	memset(string, 'a', len - 1);
	for (size_t i = 1; i <= n; i++)
		strings[i] = string;
}

static char *
way(const char *name, char *program)
{
	if (strcmp(name, "big") == 0)
		fill(words, TWO_MIB, STRING_MAX);
	else if (strcmp(name, "bigenv") == 0)
		fill(variables, TWO_MIB, STRING_MAX);
	else if (strcmp(name, "bigboth") == 0) {
		fill(words, TWO_MIB, STRING_MAX);
		fill(variables, TWO_MIB, STRING_MAX);
	} else if (strcmp(name, "toobig") == 0)
		fill(words, MANY - 1, STRING_MAX);
	else if (strcmp(name, "toobigenv") == 0)
		fill(variables, MANY - 1, STRING_MAX);
	else if (strcmp(name, "long") == 0)
		fill(words, 1, STRING_MAX + 1);
	else if (strcmp(name, "none") == 0)
		words[0] = NULL;
	else if (strcmp(name, "null") == 0)
		list = NULL;
	else if (strcmp(name, "badlist") == 0)
		list = (char **)(uintptr_t)1;
	else if (strcmp(name, "badpath") == 0)
		return (char *)(uintptr_t)1;
	else if (strcmp(name, "empty") == 0)
		return path;
	else if (strcmp(name, "deep") == 0)
		return memset(path, '/', PATH_MAX);
	else if (strcmp(name, "under") == 0)
		(void)strncat(strcpy(path, program), "/x", 3);
	return path[0] != '\0' ? path : program;
}

int
main(int argc, char **argv)
{
	char mark[PATH_MAX];
	char *program;
	int status = 0;
	pid_t child;

	if (argc != 3 || strlen(argv[2]) > PATH_MAX - 3) {
		fputs("usage: args WAY PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	(void)snprintf(
	    mark, sizeof(mark), "ESCAPE_MARK=%s", getenv("ESCAPE_MARK"));
	variables[0] = mark;
	make_room();
	program = way(argv[1], argv[2]);
	child = fork();
	if (child == 0) {
		(void)execve(program, list, variables);
		puts(strerrorname_np(errno));
		(void)fflush(stdout);
		_exit(CHILD_FAILED);
	}
	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		printf("killed by signal %d\n", WTERMSIG(status));
	else
		printf("exited %d\n", WEXITSTATUS(status));
	return 0;
}
