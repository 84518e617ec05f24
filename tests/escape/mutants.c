/*
 * mutants - run a program with headers that were changed at random.
 * Rows G4 and L7.
 *
 * usage: ESCAPE_MARK=FILE mutants N SEED PROGRAM
 *
 * Makes N copies of PROGRAM in the current folder, one after the other, with a
 * few words of their headers changed, and runs each.  PROGRAM leaves its mark
 * when it did what the policy is to prevent.  Prints
 *
 *	N mutants: M left marks, R were refused, U cannot be run, K were
 *	killed, C crashed, E ended
 *
 * and ESCAPED, with status 1, if there was a mark.
 */
#include "headers.h"

#define MUTANT    "mutant"
#define PATIENCE  5   /* seconds that one may run */
#define NO_FORMAT 124 /* as errno ENOEXEC */
#define TRUNCATED 16  /* one in so many is cut short */

static int n_refused, n_unrunnable, n_killed, n_crashed, n_ended;

/* What headers are made of, and what a reader may stumble over. */
static uint32_t
strange_word(void)
{
	static const uint32_t words[] = { 0, 1, 2, 3, 4, 5, 6, 7, 32, 52, 56,
		64, 0x1000, 0xfff, PT_GNU_STACK, PT_GNU_EH_FRAME, 0x7fffffff,
		0x80000000, 0xffffffff, 0x00030002, 0x003e0002, 0x003e0003 };
	size_t i = (size_t)random() % (sizeof(words) / sizeof(words[0]) + 2);

	return i < sizeof(words) / sizeof(words[0]) ? words[i]
	                                            : (uint32_t)random();
}

static void
mutate(struct headers *m)
{
	size_t end = m->table + m->n * m->entry;

	for (long n = random() % 3 + 1; n > 0; n--) {
		uint32_t word = strange_word();
		size_t at = (size_t)random() % (end / 2 - 2) * 2;

		/* A half of it may be all that a field holds. */
		memcpy(m->bytes + at, &word, random() % 3 == 0 ? 2 : 4);
	}
	memcpy(m->bytes, ELFMAG, SELFMAG);
	if (random() % TRUNCATED == 0)
		m->size = (size_t)random() % (end + 64);
}

static _Noreturn void
become_mutant(void)
{
	char name[] = MUTANT;
	char *words[] = { name, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	(void)alarm(PATIENCE);
	(void)execv("./" MUTANT, words);
	_exit(errno == EACCES    ? CHILD_REFUSED
	      : errno == ENOEXEC ? NO_FORMAT
				 : CHILD_FAILED);
}

static void
run(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		become_mutant();
	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		n_killed++;
	else if (WIFSIGNALED(status))
		n_crashed++;
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		n_refused++;
	else if (WEXITSTATUS(status) == NO_FORMAT ||
		 WEXITSTATUS(status) == CHILD_FAILED)
		n_unrunnable++;
	else
		n_ended++;
}

int
main(int argc, char **argv)
{
	struct headers whole;
	long before = mark_count(), marks;
	int n;

	if (argc != 4) {
		fputs("usage: mutants N SEED PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	n = atoi(argv[1]);
	srandom((unsigned)atoi(argv[2]));
	headers_read(argv[3], &whole);
	for (int i = 0; i < n; i++) {
		struct headers m = whole;

		m.bytes = malloc(m.size);
		if (m.bytes == NULL)
			return ATTACK_UNTRIED;
		memcpy(m.bytes, whole.bytes, whole.size);
		mutate(&m);
		if (headers_write(&m, MUTANT) < 0)
			return ATTACK_UNTRIED;
		run();
		free(m.bytes);
	}
	marks = mark_count() - before;
	printf("%d mutants: %ld left marks, %d were refused, %d cannot be "
	       "run, %d were killed, %d crashed, %d ended\n",
	    n, marks, n_refused, n_unrunnable, n_killed, n_crashed, n_ended);
	if (marks == 0)
		return ATTACK_STOPPED;
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}
