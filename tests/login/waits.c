/*
 * waits - what a parent hears of its children: order, codes, statuses.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>

#include "blocked.h"
#include "transcript.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/* The next SIGCHLD, which is blocked. */
static void
say_sigchld(void)
{
	sigset_t set;
	siginfo_t info;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigwaitinfo(&set, &info);
	say("SIGCHLD: %s %d", word_of(info.si_code), info.si_status);
}

/* Both, in the same order, whatever is done to the child. */
static void
hear(pid_t pid, int options)
{
	say_sigchld();
	say_wait(pid, options | WNOWAIT);
	say_wait(pid, options | WNOWAIT);
	say_wait(pid, options);
}

static void
order(void)
{
	static const int stops[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	pid_t pid;

	block(SIGCHLD);
	pid = child_who(waits_for_ever);
	(void)setpgid(pid, pid); /* not orphaned: its parent is not in it */
	for (size_t i = 0; i < LENGTH(stops); i++) {
		(void)kill(pid, stops[i]);
		hear(pid, WSTOPPED);
		say_wait(pid, WSTOPPED | WNOHANG);
		(void)kill(pid, SIGCONT);
		hear(pid, WCONTINUED);
		say_wait(pid, WCONTINUED | WNOHANG);
	}
	(void)kill(pid, SIGTERM);
	hear(pid, WEXITED);
	say_wait(pid, WEXITED);
}

static void
exits_7(void)
{
	_exit(7);
}

static void
aborts(void)
{
	(void)raise(SIGABRT);
}

static void
ends(void)
{
	pid_t pid;

	block(SIGCHLD);
	pid = child_who(exits_7);
	hear(pid, WEXITED | WSTOPPED | WCONTINUED);
	pid = child_who(aborts);
	hear(pid, WEXITED);
	say_wait(0, WEXITED);
}

static void
several(void)
{
	pid_t pids[16];

	for (size_t i = 0; i < LENGTH(pids); i++)
		pids[i] = child_who(waits_for_ever);
	for (size_t i = 0; i < LENGTH(pids); i++)
		(void)kill(pids[i], i % 2 ? SIGSTOP : SIGTERM);
	for (size_t i = 0; i < LENGTH(pids); i++)
		say_wait(pids[i], WEXITED | WSTOPPED);
	for (size_t i = 1; i < LENGTH(pids); i += 2)
		(void)kill(pids[i], SIGKILL);
	for (size_t i = 1; i < LENGTH(pids); i += 2)
		say_wait(pids[i], WEXITED | WCONTINUED);
	say_wait(0, WEXITED | WSTOPPED | WCONTINUED);
}

static void
many_stops(void)
{
	pid_t pid = child_who(waits_for_ever);
	int n = 0;

	for (int i = 0; i < 200; i++) {
		siginfo_t info = { .si_pid = 0 };
		int is_odd = i % 2;

		(void)kill(pid, is_odd ? SIGCONT : SIGSTOP);
		(void)waitid(P_PID, (id_t)pid, &info, WSTOPPED | WCONTINUED);
		n += info.si_code == (is_odd ? CLD_CONTINUED : CLD_STOPPED);
	}
	say("%d of 200", n);
	(void)kill(pid, SIGKILL);
	say_wait(pid, WEXITED);
}

static void
stopped_and_killed(void)
{
	pid_t pid = child_who(waits_for_ever);

	(void)kill(pid, SIGSTOP);
	say_wait(pid, WSTOPPED);
	(void)kill(pid, SIGTERM);
	say_wait(pid, WEXITED | WCONTINUED | WNOHANG);
	(void)kill(pid, SIGKILL);
	say_wait(pid, WEXITED | WCONTINUED);
}

static void
no_zombies(void)
{
	(void)signal(SIGCHLD, SIG_IGN);
	(void)child_who(exits_7);
	say_wait(0, WEXITED); /* when all are gone */
}

/* --- descriptors of processes ------------------------------------------------
 */

static int
pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void
say_poll(int fd, int ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	(void)poll(&ready, 1, ms);
	say("poll: %s", ready.revents & POLLIN ? "ended" : "alive");
}

/* Under ptrace(2) the parent may be told a moment after poll(2) says it. */
static void
pidfds(void)
{
	siginfo_t info = { .si_pid = 0 };
	pid_t pid = child_who(waits_for_ever);
	int fd = pidfd_of(pid);

	say_poll(fd, 0);
	say("signal: %ld", syscall(SYS_pidfd_send_signal, fd, SIGSTOP, 0, 0));
	(void)waitid(P_PIDFD, (id_t)fd, &info, WSTOPPED);
	say("wait: %s %d", word_of(info.si_code), info.si_status);
	say_poll(fd, 0);
	(void)syscall(SYS_pidfd_send_signal, fd, SIGCONT, 0, 0);
	(void)syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0);
	say_poll(fd, -1);
	(void)waitid(P_PIDFD, (id_t)fd, &info, WEXITED);
	say("wait: %s %d", word_of(info.si_code), info.si_status);
	say("signal: %ld", syscall(SYS_pidfd_send_signal, fd, 0, 0, 0));
}

/* --- who is whose child --- */

static int words[2]; /* a pipe */

static void
hear_word(void)
{
	char byte;

	(void)!read(words[0], &byte, 1);
}

static pid_t reaper;

static void
orphan(void)
{
	while (getppid() != reaper)
		(void)usleep(1000);
	_exit(9);
}

static void
parent_of_orphan(void)
{
	if (fork() == 0)
		orphan();
	_exit(3);
}

static void
subreaper(void)
{
	pid_t pid;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	reaper = getpid();
	pid = child_who(parent_of_orphan);
	say_wait(pid, WEXITED);
	say_wait(0, WEXITED);
	say_wait(0, WEXITED);
}

/* --- process groups and the terminal --- */

static void
note(int signal)
{
	say("got %s", signal == SIGHUP ? "SIGHUP" : "SIGCONT");
	if (signal == SIGCONT)
		_exit(6);
}

static void
catches_hangup(void)
{
	struct sigaction action = { .sa_handler = note };

	(void)sigfillset(&action.sa_mask);
	(void)sigaction(SIGHUP, &action, NULL);
	(void)sigaction(SIGCONT, &action, NULL);
	(void)prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	(void)!write(words[1], "", 1);
	waits_for_ever();
}

static pid_t stopped;

/* A job whose shell ends while it is stopped, and with it the session. */
static void
shell_that_ends(void)
{
	(void)setsid();
	stopped = child_who(catches_hangup);
	(void)setpgid(stopped, stopped);
	hear_word();
	(void)kill(stopped, SIGSTOP);
	say_wait(stopped, WSTOPPED);
	_exit(0);
}

static void
orphaned_group(void)
{
	siginfo_t info;
	pid_t pid;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	(void)!pipe(words);
	pid = child_who(shell_that_ends);
	(void)close(words[1]);
	(void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	hear_word(); /* nothing: the job has ended, too, and said its lines */
	say_wait(pid, WEXITED);
	say_wait(0, WEXITED);
}

static void
reads_terminal(void)
{
	char byte;
	ssize_t n;

	(void)setpgid(0, 0);
	n = read(STDIN_FILENO, &byte, 1);
	say("read: %s", n < 0 ? strerror(errno) : "something");
}

static void
writes_terminal(void)
{
	(void)setpgid(0, 0);
	say("write: %s",
	    write(STDIN_FILENO, "", 1) < 0 ? strerror(errno) : "done");
}

/* In a session of its own, with a terminal on stdin. */
static void
behind(void)
{
	struct termios mode;
	pid_t pid;

	pid = child_who(reads_terminal);
	say_wait(pid, WSTOPPED | WEXITED);
	(void)kill(pid, SIGCONT);
	say_wait(pid, WSTOPPED | WEXITED); /* again */
	(void)kill(pid, SIGKILL);
	say_wait(pid, WEXITED);
	(void)tcgetattr(STDIN_FILENO, &mode);
	mode.c_lflag |= TOSTOP;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &mode);
	pid = child_who(writes_terminal);
	say_wait(pid, WSTOPPED | WEXITED);
	mode.c_lflag &= ~(tcflag_t)TOSTOP;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &mode);
	(void)kill(pid, SIGCONT);
	say_wait(pid, WEXITED);
}

static int terminal;

static void
leads_session(void)
{
	int fd;

	(void)setsid();
	fd = open(ptsname(terminal), O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || dup2(fd, 0) < 0)
		say("no terminal: %s", strerror(errno));
	(void)signal(SIGHUP, SIG_IGN);
	behind();
}

static void
terminals(void)
{
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	(void)grantpt(terminal);
	(void)unlockpt(terminal);
	say_wait(child_who(leads_session), WEXITED);
}

/* --- vfork --- */

static void
vforks(void)
{
	volatile int value = 1;
	pid_t pid = vfork();

	if (pid == 0) {
		(void)usleep(20000);
		value = 2;
		_exit(4);
	}
	say("value %d", value); /* the child was first, in the same memory */
	say_wait(pid, WEXITED);
	pid = vfork();
	if (pid == 0) {
		(void)execl("/nowhere", "nowhere", NULL);
		value = errno;
		_exit(5);
	}
	say("errno %s", strerror(value));
	say_wait(pid, WEXITED);
}

static const struct fact facts[] = {
	{ "stops and continuations of one child", order },
	{ "ends", ends },
	{ "several children", several },
	{ "a hundred stops and continuations", many_stops },
	{ "killed while stopped", stopped_and_killed },
	{ "SIGCHLD ignored", no_zombies },
	{ "pidfd", pidfds },
	{ "subreaper", subreaper },
	{ "an orphaned process group", orphaned_group },
	{ "a background process and the terminal", terminals },
	{ "vfork", vforks },
};

int
main(void)
{
	return show_all(facts, LENGTH(facts));
}
