/*
 * swapped - a tracer that swaps the name while its tracee asks for an exec.
 *
 * usage: swapped ALLOWED FORBIDDEN ROUNDS patient|hasty
 *
 *	Traces children that exec ALLOWED, and lets the name of it become that
 *	of FORBIDDEN and back meanwhile.  patient: waits behind each exec of
 *	FORBIDDEN for up to half a second before its first instruction; hasty:
 *	lets it run, and waits for its end.  At most ROUNDS times, and for ten
 *	seconds, until FORBIDDEN was loaded five times.  Prints "loaded L killed
 *	K": how often FORBIDDEN was seen, or a child ended by SIGKILL; and the
 *	latter.  Or EPERM.
 */
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "common/clock.h"
#include "tracing.h"

#define DWELL       150
#define PATIENCE_MS 500
#define ENOUGH      5
#define AT_MOST_MS  10000

struct swap {
	char *path; /* shared; its last byte is the program */
	size_t last;
	struct stat forbidden;
	bool is_patient;
	int n_loaded, n_killed;
};

static void
prepare_swap(struct swap *swap, const char *allowed, const char *forbidden)
{
	char name[64];

	swap->path = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (swap->path == MAP_FAILED)
		untried("mmap");
	(void)strcpy(swap->path, "swap.XXXXXX");
	if (mkdtemp(swap->path) == NULL ||
	    snprintf(name, sizeof(name), "%s/a", swap->path) < 0 ||
	    symlink(allowed, name) < 0 ||
	    snprintf(name, sizeof(name), "%s/b", swap->path) < 0 ||
	    symlink(forbidden, name) < 0 ||
	    stat(forbidden, &swap->forbidden) < 0)
		untried("swap");
	(void)strcpy(swap->path, name);
	swap->last = strlen(name) - 1;
}

static pid_t
start_asker(const struct swap *swap)
{
	char *words[] = { swap->path, (char[]){ "20" }, NULL };
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(CHILD_FAILED);
		(void)raise(SIGSTOP);
		(void)execve(swap->path, words, environ);
		_exit(CHILD_REFUSED);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		untried("fork");
	if (!WIFSTOPPED(status)) {
		errno = EPERM;
		untried("ptrace");
	}
	(void)ptrace(PTRACE_SETOPTIONS, child, 0,
	    PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	return child;
}

/* Flip the name until the asker stops or ends.  Returns its wait status. */
static int
flip(const struct swap *swap, pid_t asker)
{
	volatile char *last = &swap->path[swap->last];
	int status;

	while (waitpid(asker, &status, WNOHANG) == 0) {
		*last = 'b';
		for (volatile int i = 0; i < DWELL; i++)
			;
		*last = 'a';
		for (volatile int i = 0; i < DWELL; i++)
			;
	}
	return status;
}

/* At its exec stop. */
static bool
is_forbidden(const struct swap *swap, pid_t asker)
{
	char name[32];
	struct stat st;

	(void)snprintf(name, sizeof(name), "/proc/%d/exe", (int)asker);
	return stat(name, &st) == 0 && st.st_ino == swap->forbidden.st_ino &&
	       st.st_dev == swap->forbidden.st_dev;
}

/* Wait in its stop for its end.  Returns whether it came. */
static bool
has_ended_there(pid_t asker, int *status)
{
	uint64_t end = clock_ms(CLOCK_MONOTONIC) + PATIENCE_MS;

	while (clock_ms(CLOCK_MONOTONIC) < end)
		if (waitpid(asker, status, WNOHANG) == asker)
			return WIFSIGNALED(*status);
	return false;
}

static void
race_once(struct swap *swap)
{
	pid_t asker = start_asker(swap);
	bool is_loaded, is_killed;
	int status;

	swap->path[swap->last] = 'a';
	(void)ptrace(PTRACE_CONT, asker, 0, 0);
	status = flip(swap, asker);
	is_loaded = WIFSTOPPED(status) && is_forbidden(swap, asker);
	if (!is_loaded || !swap->is_patient || !has_ended_there(asker, &status))
		while (WIFSTOPPED(status)) {
			(void)ptrace(PTRACE_CONT, asker, 0, 0);
			if (waitpid(asker, &status, 0) != asker)
				break;
		}
	is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	swap->n_killed += is_killed;
	swap->n_loaded += is_loaded || is_killed;
}

int
main(int argc, char **argv)
{
	uint64_t end = clock_ms(CLOCK_MONOTONIC) + AT_MOST_MS;
	struct swap swap = { 0 };

	if (argc != 5) {
		fputs("usage: see the source\n", stderr);
		return ATTACK_UNTRIED;
	}
	swap.is_patient = strcmp(argv[4], "patient") == 0;
	prepare_swap(&swap, argv[1], argv[2]);
	for (int i = atoi(argv[3]);
	     i > 0 && swap.n_loaded < ENOUGH && clock_ms(CLOCK_MONOTONIC) < end;
	     i--)
		race_once(&swap);
	printf("loaded %d killed %d\n", swap.n_loaded, swap.n_killed);
	return ATTACK_STOPPED;
}
