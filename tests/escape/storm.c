/*
 * storm - ask for more than anybody can answer.  Row G2.
 *
 * usage: ESCAPE_MARK=FILE storm execs MS ALLOWED FORBIDDEN
 *
 *	As many programs one after another as the machine starts in that time,
 *	in four processes at once; every fourth is FORBIDDEN.
 *
 * usage: ESCAPE_MARK=FILE storm bomb MS LIMIT ALLOWED FORBIDDEN
 *
 *	A fork bomb for that time, of no more than LIMIT processes (of the
 *	user): each forks until it may not, and then execs.
 *
 * usage: ESCAPE_MARK=FILE storm threads NUMBER PROGRAM
 *
 *	So many threads that exec PROGRAM at once.
 *
 * The first two print "N tried: A ran, R refused, K killed, O otherwise; F
 *forks, M not", of the bomb also of those that ended without an exec, as if
 *they had run; the last one "N threads: R refused, O otherwise; the process
 *ran", or "did not run".  ESCAPED, with status 1, when FORBIDDEN ran.  ALLOWED
 *must end with 0.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "attack.h"

#define WORKERS    4
#define DEADLINE_S 90

/* Shared by all processes of the storm. */
static struct counts {
	long tried, ran, refused, killed, otherwise;
	long forks, no_forks;
} * counts;

static char *allowed, *forbidden;

static void
add(long *count)
{
	(void)__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
note_end(int status)
{
	if (WIFSIGNALED(status))
		add(&counts->killed);
	else if (WEXITSTATUS(status) == 0)
		add(&counts->ran);
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		add(&counts->refused);
	else
		add(&counts->otherwise);
}

static _Noreturn void
exec_one(long number)
{
	char *program = number % 4 == 3 ? forbidden : allowed;
	char *words[] = { program, NULL };

	(void)execve(program, words, environ);
	_exit(errno == EACCES ? CHILD_REFUSED : CHILD_FAILED);
}

static bool
run_one(long number)
{
	int status = 0;
	pid_t child = vfork();

	if (child == 0)
		exec_one(number);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	add(&counts->tried);
	note_end(status);
	return true;
}

static _Noreturn void
work(uint64_t end)
{
	for (long i = 0; now_ms() < end; i++)
		if (!run_one(i))
			_exit(ATTACK_UNTRIED);
	_exit(0);
}

static void
execs(int ms)
{
	uint64_t end = now_ms() + (uint64_t)ms;

	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0)
			work(end);
	while (wait(NULL) > 0)
		;
}

static void
reap(int options)
{
	int status = 0;

	while (waitpid(-1, &status, options) > 0)
		note_end(status);
}

/* Each forks until it may not, and then execs, to make room for others; but for
 * the first ones. */
static _Noreturn void
explode(uint64_t end)
{
	bool is_first = true;

	while (now_ms() < end) {
		pid_t child = fork();

		if (child > 0)
			add(&counts->forks);
		if (child == 0)
			is_first = false;
		if (child >= 0)
			continue;
		add(&counts->no_forks);
		if (!is_first)
			exec_one(__atomic_fetch_add(
			    &counts->tried, 1, __ATOMIC_RELAXED));
		(void)sched_yield();
		reap(WNOHANG);
	}
	reap(0);
	_exit(0);
}

static void
bomb(int ms, rlim_t limit)
{
	const struct rlimit few = { limit, limit };
	uint64_t end = now_ms() + (uint64_t)ms;

	if (setrlimit(RLIMIT_NPROC, &few) < 0)
		_exit(ATTACK_UNTRIED);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0)
			explode(end);
	reap(0);
}

static pthread_barrier_t start;

static void *
run(void *unused)
{
	char *words[] = { forbidden, NULL };

	(void)pthread_barrier_wait(&start);
	(void)execve(forbidden, words, environ);
	if (errno == EACCES)
		add(&counts->refused);
	else
		add(&counts->otherwise);
	return unused;
}

/* In a child, which all its threads but one do not outlive if one wins. */
static _Noreturn void
be_many(unsigned number)
{
	pthread_t *threads = calloc(number, sizeof(*threads));
	pthread_attr_t small;

	(void)pthread_barrier_init(&start, NULL, number + 1);
	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, 32768);
	for (unsigned i = 0; threads != NULL && i < number; i++)
		if (pthread_create(&threads[i], &small, run, NULL) != 0)
			_exit(ATTACK_UNTRIED);
	(void)pthread_barrier_wait(&start);
	for (unsigned i = 0; threads != NULL && i < number; i++)
		(void)pthread_join(threads[i], NULL);
	_exit(CHILD_REFUSED);
}

static void
threads(unsigned number)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		be_many(number);
	(void)waitpid(child, &status, 0);
	printf("%u threads: %ld refused, %ld otherwise; the process %s\n",
	    number, counts->refused, counts->otherwise,
	    status == 0 ? "ran" : "did not run");
}

static void
say_counts(void)
{
	printf("%ld tried: %ld ran, %ld refused, %ld killed, %ld otherwise; "
	       "%ld forks, %ld not\n",
	    counts->tried, counts->ran, counts->refused, counts->killed,
	    counts->otherwise, counts->forks, counts->no_forks);
}

int
main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[1] : "";
	long before = mark_count();

	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		return ATTACK_UNTRIED;
	(void)alarm(DEADLINE_S);
	allowed = argc > 3 ? argv[argc - 2] : NULL;
	forbidden = argv[argc - 1];
	if (argc == 5 && strcmp(way, "execs") == 0)
		execs(atoi(argv[2]));
	else if (argc == 6 && strcmp(way, "bomb") == 0)
		bomb(atoi(argv[2]), strtoul(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(way, "threads") == 0)
		threads((unsigned)atoi(argv[2]));
	else
		return ATTACK_UNTRIED;
	if (strcmp(way, "threads") != 0)
		say_counts();
	if (mark_count() == before)
		return ATTACK_STOPPED;
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}
