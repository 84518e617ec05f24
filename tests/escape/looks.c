/*
 * looks - be many when a session is ended by force, so that the guard is
 * interrupted by the deaths of some while it looks at others.
 *
 * usage: looks crowd N PROGRAM
 *
 * In a session: makes N children that the guard holds and N that it was not
 * told of (CLONE_UNTRACED), then execs PROGRAM, which is to end them all.  For
 * each pair it writes a byte and waits for one.
 *
 *	  looks watch UID SECONDS CMD [ARG...]
 *
 * Outside, as the first process of a pid namespace (pid_namespaces(7)): starts
 * CMD, which is to become the crowd, and for each pair of it a process of UID
 * with a seccomp filter of its own and a timer, which is nobody's business.
 * Once the crowd has done its worst, and nobody else is left or SECONDS
 * are over, it prints
 *
 *	B bystanders, T traced, H hurt, S survivors
 *
 * A bystander that is traced or was killed, or a survivor, is a win.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "attack.h"

#define BYSTANDERS_MAX 1000

static pid_t bystanders[BYSTANDERS_MAX];
static int n_bystanders, n_hurt, n_traced, n_others, n_survivors;

static _Noreturn void
give_up(const char *what)
{
	perror(what);
	exit(ATTACK_UNTRIED);
}

/* --- crowd ---------------------------------------------------------------- */

static _Noreturn void
stay(void)
{
	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	(void)alarm(60); /* if nobody ends us, the test should not hang */
	for (;;)
		(void)pause();
}

static int
crowd(int number, char *program)
{
	char *words[] = { program, NULL };
	char byte = 'x';

	for (int i = 0; i < number; i++) {
		if (fork() == 0 || syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD,
				       0, 0, 0, 0) == 0)
			stay();
		if (write(STDOUT_FILENO, &byte, 1) != 1 ||
		    read(STDIN_FILENO, &byte, 1) != 1)
			return ATTACK_UNTRIED;
	}
	(void)!write(STDOUT_FILENO, ".", 1);
	(void)execv(program, words);
	exec_failed();
}

/* --- bystanders ----------------------------------------------------------- */

static void
on_alarm(int signal)
{
	(void)signal;
}

static _Noreturn void
stand_by(uid_t uid)
{
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };
	struct sock_filter allow = BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW);
	const struct sock_fprog filter = { 1, &allow };

	if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		_exit(ATTACK_UNTRIED);
	(void)signal(SIGALRM, on_alarm);
	(void)setitimer(ITIMER_REAL, &often, NULL);
	for (;;)
		(void)pause();
}

/* CMD, with one end of a socket for its input and output; returns ours. */
static int
start(char **words)
{
	int ends[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
	    (child = fork()) < 0)
		give_up("socketpair");
	if (child == 0) {
		if (dup2(ends[1], STDIN_FILENO) < 0 ||
		    dup2(ends[1], STDOUT_FILENO) < 0)
			give_up("dup2");
		(void)execv(words[0], words);
		exec_failed();
	}
	(void)close(ends[1]);
	return ends[0];
}

/* One bystander for each pair, so that their numbers are among the crowd's. */
static void
accompany(int crowd_fd, uid_t uid)
{
	char byte;

	while (read(crowd_fd, &byte, 1) == 1 && byte == 'x' &&
	       n_bystanders < BYSTANDERS_MAX) {
		pid_t child = fork();

		if (child == 0)
			stand_by(uid);
		if (child < 0 || write(crowd_fd, "x", 1) != 1)
			give_up("fork");
		bystanders[n_bystanders++] = child;
	}
}

static bool
is_bystander(pid_t pid)
{
	for (int i = 0; i < n_bystanders; i++)
		if (bystanders[i] == pid)
			return true;
	return false;
}

static bool
is_traced(pid_t pid)
{
	char name[32], line[256];
	bool found = false;
	FILE *status;

	(void)snprintf(name, sizeof(name), "/proc/%d/status", (int)pid);
	status = fopen(name, "re");
	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "TracerPid:", 10) == 0)
			found = atoi(line + 10) != 0;
	if (status != NULL)
		(void)fclose(status);
	return found;
}

static void
count_one(const char *name, uid_t uid)
{
	pid_t pid = (pid_t)atoi(name);
	char path[300];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%s", name);
	if (pid <= 0 || pid == getpid() || stat(path, &st) < 0)
		return;
	if (is_bystander(pid)) {
		n_traced += is_traced(pid);
		return;
	}
	n_others++;
	n_survivors += st.st_uid == uid;
}

/* Who is there at this moment, and who has died until now. */
static void
count(uid_t uid)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	pid_t dead;

	while ((dead = waitpid(-1, NULL, WNOHANG)) > 0)
		n_hurt += is_bystander(dead);
	n_traced = n_others = n_survivors = 0;
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		count_one(entry->d_name, uid);
	if (directory != NULL)
		(void)closedir(directory);
}

static int
watch(uid_t uid, int patience, char **words)
{
	time_t until;
	int crowd_fd;

	(void)signal(SIGPIPE, SIG_IGN);
	crowd_fd = start(words);
	accompany(crowd_fd, uid);
	until = time(NULL) + patience;
	do {
		(void)poll(NULL, 0, 20);
		count(uid);
	} while (n_others > 0 && time(NULL) <= until);
	printf("Of all: %d bystanders, %d traced, %d hurt, %d survivors\n",
	    n_bystanders, n_traced, n_hurt, n_survivors);
	if (n_traced + n_hurt + n_survivors == 0)
		return ATTACK_STOPPED;
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "crowd") == 0)
		return crowd(atoi(argv[2]), argv[3]);
	if (argc >= 5 && strcmp(argv[1], "watch") == 0)
		return watch((uid_t)atoi(argv[2]), atoi(argv[3]), argv + 4);
	fputs("usage: looks crowd N PROGRAM | watch UID SECONDS CMD...\n",
	    stderr);
	return ATTACK_UNTRIED;
}
