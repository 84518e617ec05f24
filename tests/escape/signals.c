/*
 * signals - exec under more than ten thousand signals a second.  Row R6.
 *
 * usage: ESCAPE_MARK=FILE signals ROUNDS PROGRAM restart|retry
 *
 * In each round a child execs PROGRAM while its parent sends it SIGURG, which
 * is handled before the exec and ignored after it.  With restart the kernel
 * takes the system call up again by itself, with retry the child calls again
 * after EINTR.  Prints
 *
 *	N rounds: A ran, R refused, K killed
 *	with H signals a second, I interrupted an exec
 *	M marks
 *
 * I counts the signals that were handled between the first call of an exec
 * and its end, M how often the mark grew.  LIVELOCK, with status 1, when a
 * round takes ten seconds.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "attack.h"

#define PERIOD_NS  50000 /* 20,000 Hz, and fewer where the CPU is busy */
#define SECOND_NS  1000000000
#define DEADLINE_S 10

static int ran, refused, killed;
static int64_t n_sent, pestered_ns;

/* Shared with the children, of which there is one at a time. */
struct shared {
	atomic_long n_interrupted;
	atomic_bool has_called; /* this round's child is at its exec */
};

static struct shared *shared;

static void
handle(int sig __attribute__((unused)))
{
	if (atomic_load(&shared->has_called))
		atomic_fetch_add(&shared->n_interrupted, 1);
}

static int64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static _Noreturn void
child(char **argv)
{
	char *words[] = { argv[2], NULL };

	atomic_store(&shared->has_called, true);
	do
		(void)execve(argv[2], words, environ);
	while (errno == EINTR && strcmp(argv[3], "retry") == 0);
	atomic_store(&shared->has_called, false);
	exec_failed();
}

/*
 * Signal pid until it has ended, by the clock: whoever is late catches up.
 * What is measured ends with the last signal, not when the end is noticed.
 */
static int
pester(pid_t pid)
{
	int64_t began = now_ns(), next = began, last = began;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		(void)kill(pid, SIGURG);
		n_sent++;
		last = now_ns();
		next += PERIOD_NS;
		while (now_ns() < next)
			;
		if (next - began > (int64_t)DEADLINE_S * SECOND_NS) {
			puts("LIVELOCK");
			(void)kill(pid, SIGKILL);
			exit(ATTACK_ESCAPED);
		}
	}
	pestered_ns += last - began + PERIOD_NS;
	return status;
}

static void
one_round(char **argv)
{
	pid_t pid;
	int status;

	(void)fflush(stdout);
	atomic_store(&shared->has_called, false);
	pid = fork();
	if (pid == 0)
		child(argv);
	status = pester(pid);
	if (WIFSIGNALED(status))
		killed++;
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		refused++;
	else if (WEXITSTATUS(status) == 0)
		ran++;
}

static void
print_all(int rounds, long marks)
{
	printf("%d rounds: %d ran, %d refused, %d killed\n", rounds, ran,
	    refused, killed);
	printf("with %ld signals a second, %ld interrupted an exec\n",
	    (long)(n_sent * SECOND_NS / (pestered_ns + 1)),
	    atomic_load(&shared->n_interrupted));
	printf("%ld marks\n", marks);
}

int
main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = handle };
	long before = mark_count();
	int rounds;

	if (argc != 4) {
		fputs("usage: signals ROUNDS PROGRAM restart|retry\n", stderr);
		return ATTACK_UNTRIED;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	if (strcmp(argv[3], "restart") == 0)
		action.sa_flags = SA_RESTART;
	(void)sigaction(SIGURG, &action, NULL);
	for (int i = 0; i < rounds; i++)
		one_round(argv);
	print_all(rounds, mark_count() - before);
	return ATTACK_STOPPED;
}
