/*
 * lease - have an exec wait for a file that another process of ours has a
 * lease of (fcntl(2), F_SETLEASE): its process cannot be attached to until the
 * lease is given back, and a guard that wants to waits with it.
 *
 * usage: lease DIRECTORY SECONDS [leave]
 *
 * One thread of a process execs a script in DIRECTORY, by a link that leads
 * each process to something of its own; its interpreter is the leased file.
 * Another thread of that process execs /bin/true again and again: that is what
 * stops the guard.  The lease is held for SECONDS at most.  Then, until
 * WATCH_MS are over, /bin/true is started from a third process.  Prints
 *
 *	the longest exec took N ms
 *
 * and ends the others.  With `leave' it leaves them behind and says nothing.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "attack.h"

#define WATCH_MS 3000
#define DIR_FD   207

static char script[] = "link/script"; /* link: to /proc/self/fd/DIR_FD */
static char truth[] = "/bin/true";
static pid_t holder, victim;

static _Noreturn void
give_up(const char *what)
{
	perror(what);
	exit(ATTACK_UNTRIED);
}

static long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
run(char *path)
{
	char *words[] = { path, NULL };

	(void)execv(path, words);
}

static void
make(const char *name, const char *before, const char *content)
{
	int fd;

	(void)unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || dprintf(fd, "%s%s", before, content) < 0)
		give_up(name);
	(void)close(fd);
}

static void
make_files(const char *directory)
{
	char interpreter[256];

	if (chdir(directory) < 0)
		give_up(directory);
	(void)snprintf(
	    interpreter, sizeof(interpreter), "%s/leased\n", directory);
	make("script", "#!", interpreter);
	make("leased", "", "x");
	(void)unlink("link");
	if (symlink("/proc/self/fd/207", "link") < 0 ||
	    dup2(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), DIR_FD) < 0)
		give_up("link");
}

/* Says on told that it has the lease, and then to two who wait that somebody
 * wants the file; keeps it all the same. */
static _Noreturn void
hold(int told, unsigned seconds)
{
	int fd = open("leased", O_RDONLY | O_CLOEXEC);
	sigset_t wanted;
	int signal;

	(void)setsid();
	(void)alarm(seconds);
	(void)sigemptyset(&wanted);
	(void)sigaddset(&wanted, SIGIO);
	(void)sigprocmask(SIG_BLOCK, &wanted, NULL);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		give_up("lease");
	(void)!write(told, "x", 1);
	(void)sigwait(&wanted, &signal);
	(void)!write(told, "xx", 2);
	for (;;)
		(void)pause();
}

static void *
run_script(void *unused)
{
	run(script);
	return unused;
}

static void
hear(int told)
{
	char byte;

	if (read(told, &byte, 1) != 1)
		give_up("no lease");
}

static _Noreturn void
be_victim(int told, unsigned seconds)
{
	pthread_t thread;

	(void)setsid();
	(void)alarm(seconds);
	if (pthread_create(&thread, NULL, run_script, NULL) != 0)
		give_up("thread");
	hear(told);
	for (;;) {
		run(truth);
		(void)poll(NULL, 0, 1);
	}
}

static long
longest_exec(void)
{
	long began = now_ms(), longest = 0;

	while (now_ms() - began < WATCH_MS) {
		long from = now_ms();
		pid_t child = fork();

		if (child == 0) {
			run(truth);
			exec_failed();
		}
		(void)waitpid(child, NULL, 0);
		if (now_ms() - from > longest)
			longest = now_ms() - from;
	}
	return longest;
}

int
main(int argc, char **argv)
{
	unsigned seconds = argc >= 3 ? (unsigned)atoi(argv[2]) : 0;
	int told[2];

	if (seconds == 0) {
		fputs("usage: lease DIRECTORY SECONDS [leave]\n", stderr);
		return ATTACK_UNTRIED;
	}
	make_files(argv[1]);
	if (pipe2(told, O_CLOEXEC) < 0 || (holder = fork()) < 0)
		give_up("fork");
	if (holder == 0)
		hold(told[1], seconds);
	(void)close(told[1]);
	hear(told[0]);
	victim = fork();
	if (victim == 0)
		be_victim(told[0], seconds);
	hear(told[0]);
	if (argc > 3)
		return ATTACK_STOPPED;
	printf("the longest exec took %ld ms\n", longest_exec());
	(void)kill(victim, SIGKILL);
	(void)kill(holder, SIGKILL);
	return ATTACK_STOPPED;
}
