/*
 * crash - end in one of many ways.  Rows C1 to C4.
 *
 * usage: [ESCAPE_MARK=FILE] crash WAY [NUMBER]
 *
 *	signal NUMBER	die by that signal
 *	segv		a real one: write to address 0
 *	nocore		the same, with RLIMIT_CORE 0
 *	threads		the same in one of 8 threads
 *	leaderless	the same in a thread, the leader being gone
 *	vfork		the same in a vfork child; the parent exits 0
 *	server NUMBER	so many children crash without exec; exits 0
 *	lasting NUMBER	the same, and then waits to be killed
 *	become NUMBER	become that user, and wait to be killed; set-id only
 *	handled		SIGSEGV with a handler; exits 0
 *	exit139		exit with what a shell shows for a SIGSEGV
 *	again		run /proc/self/exe with "segv"
 *	self		when stdin has a line, run it with "exit139"
 *	dumped		a child crashes without exec; prints whether the
 *			kernel dumped its core; exits 0
 *
 * Appends a byte to FILE when it starts, if there is one.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>

#include "attack.h"

#define THREADS 8

static void
leave_mark(void)
{
	const char *name = getenv("ESCAPE_MARK");
	int fd;

	if (name == NULL)
		return;
	fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	(void)!write(fd, "x", 1);
	(void)close(fd);
}

static void
way_segv(int number __attribute__((unused)))
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

static void
way_signal(int number)
{
	sigset_t set;

	(void)signal(number, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, number);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)kill(getpid(), number);
}

static void
way_nocore(int number)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	way_segv(number);
}

static void *
wait_thread(void *unused)
{
	(void)pause();
	return unused;
}

static void *
crash_thread(void *unused)
{
	way_segv(0);
	return unused;
}

/* The thread that crashes finds its leader gone. */
static void *
crash_later(void *leader)
{
	(void)pthread_join(*(pthread_t *)leader, NULL);
	way_segv(0);
	return NULL;
}

static void
way_threads(int number __attribute__((unused)))
{
	pthread_t thread;

	for (int i = 0; i < THREADS; i++)
		(void)pthread_create(&thread, NULL,
		    i == THREADS - 1 ? crash_thread : wait_thread, NULL);
	(void)pause();
}

static void
way_leaderless(int number __attribute__((unused)))
{
	static pthread_t leader;
	pthread_t thread;

	leader = pthread_self();
	(void)pthread_create(&thread, NULL, crash_later, &leader);
	pthread_exit(NULL);
}

static void
way_vfork(int number)
{
	pid_t child = vfork();

	if (child == 0)
		way_segv(number);
	(void)waitpid(child, NULL, 0);
	exit(0);
}

static void
way_server(int number)
{
	for (int i = 0; i < number; i++) {
		pid_t child = fork();

		if (child == 0)
			way_segv(0);
		(void)waitpid(child, NULL, 0);
	}
}

static void
way_lasting(int number)
{
	way_server(number);
	(void)alarm(30); /* if nobody kills us, the test should not hang */
	for (;;)
		(void)pause();
}

static void
way_become(int number)
{
	if (setresuid((uid_t)number, (uid_t)number, (uid_t)number) == 0)
		way_lasting(0);
}

static void
handle(int sig __attribute__((unused)))
{
	_exit(0);
}

static void
way_handled(int number)
{
	(void)signal(SIGSEGV, handle);
	way_segv(number);
}

static void
way_exit139(int number __attribute__((unused)))
{
	exit(139);
}

static _Noreturn void
run_self(const char *way)
{
	char *words[] = { (char *)"crash", (char *)(uintptr_t)way, NULL };

	(void)execve("/proc/self/exe", words, environ);
	exec_failed();
}

static void
way_again(int number __attribute__((unused)))
{
	run_self("segv");
}

static void
way_self(int number __attribute__((unused)))
{
	char line[80];

	(void)!read(STDIN_FILENO, line, sizeof(line));
	run_self("exit139");
}

static void
way_dumped(int number)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		way_segv(number);
	(void)waitpid(child, &status, 0);
	puts(WCOREDUMP(status) ? "dumped" : "not dumped");
}

static const struct way {
	const char *name;
	void (*run)(int number);
} ways[] = {
	{ "signal", way_signal },
	{ "segv", way_segv },
	{ "nocore", way_nocore },
	{ "threads", way_threads },
	{ "leaderless", way_leaderless },
	{ "vfork", way_vfork },
	{ "server", way_server },
	{ "lasting", way_lasting },
	{ "become", way_become },
	{ "handled", way_handled },
	{ "exit139", way_exit139 },
	{ "again", way_again },
	{ "self", way_self },
	{ "dumped", way_dumped },
};

int
main(int argc, char **argv)
{
	leave_mark();
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0) {
			ways[i].run(argc > 2 ? atoi(argv[2]) : 0);
			return 0;
		}
	fputs("usage: crash WAY [NUMBER]\n", stderr);
	return ATTACK_UNTRIED;
}
