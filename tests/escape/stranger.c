/*
 * stranger - be nobody's business, under the pids that stale.c had.  Row C3.
 *
 * usage: stranger UID CMD [ARG...]
 *
 * Starts CMD, which is to print a line "pids: N N ..."; has each of these
 * numbers taken by a process of UID that only waits; answers CMD with a line,
 * waits for its end, and prints
 *
 *	N pids taken again, H strangers hurt
 *
 * after it has read a line itself: until then a guard of CMD may do harm.  A
 * stranger that was killed is a win.  Needs root in its pid namespace, best
 * in one of its own (pid_namespaces(7)): nobody else counts there.
 */
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "attack.h"

#define STRANGERS_MAX 1000

static pid_t strangers[STRANGERS_MAX];
static int n_strangers;

static _Noreturn void
give_up(const char *what)
{
	perror(what);
	exit(ATTACK_UNTRIED);
}

/* CMD, its input and output being our pipes. */
static pid_t
start(char **words, FILE **to, FILE **from)
{
	int in[2], out[2];
	pid_t child;

	if (pipe(in) < 0 || pipe(out) < 0 || (child = fork()) < 0)
		give_up("pipe");
	if (child == 0) {
		if (dup2(in[0], STDIN_FILENO) < 0 ||
		    dup2(out[1], STDOUT_FILENO) < 0)
			give_up("dup2");
		for (int i = 0; i < 2; i++) {
			(void)close(in[i]);
			(void)close(out[i]);
		}
		(void)execv(words[0], words);
		exec_failed();
	}
	(void)close(in[0]);
	(void)close(out[1]);
	*to = fdopen(in[1], "w");
	*from = fdopen(out[0], "r");
	if (*to == NULL || *from == NULL)
		give_up("fdopen");
	return child;
}

static _Noreturn void
wait_forever(uid_t uid)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		_exit(ATTACK_UNTRIED);
	for (;;)
		(void)pause();
}

/* clone3(2): a number that is not free is left alone. */
static void
take(pid_t pid, uid_t uid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (__u64)(unsigned long)&pid,
		.set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child == 0)
		wait_forever(uid);
	if (child < 0 && errno != EEXIST)
		give_up("clone3");
	if (child > 0)
		strangers[n_strangers++] = (pid_t)child;
}

static void
take_all(const char *line, uid_t uid)
{
	const char *at = strstr(line, "pids:");
	char *end;

	if (at == NULL)
		return;
	at += strlen("pids:");
	while (n_strangers < STRANGERS_MAX) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		if (end == at)
			break;
		at = end;
		take(pid, uid);
	}
}

/* A SIGKILL that came first is what one dies of. */
static int
count_hurt(void)
{
	int n_hurt = 0;

	for (int i = 0; i < n_strangers; i++)
		(void)kill(strangers[i], SIGTERM);
	for (int i = 0; i < n_strangers; i++) {
		int status = 0;

		(void)waitpid(strangers[i], &status, 0);
		n_hurt += !WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM;
	}
	return n_hurt;
}

int
main(int argc, char **argv)
{
	char line[16384] = "";
	FILE *to, *from;
	int n_hurt;
	pid_t cmd;

	if (argc < 3) {
		fputs("usage: stranger UID CMD [ARG...]\n", stderr);
		return ATTACK_UNTRIED;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	cmd = start(argv + 2, &to, &from);
	(void)!fgets(line, sizeof(line), from);
	take_all(line, (uid_t)atoi(argv[1]));
	fputs("go\n", to);
	(void)fclose(to);
	(void)waitpid(cmd, NULL, 0);
	puts("ended");
	(void)fflush(stdout);
	(void)!read(STDIN_FILENO, line, sizeof(line));
	n_hurt = count_hurt();
	printf("Of all: %d pids taken again, %d strangers hurt\n", n_strangers,
	    n_hurt);
	if (n_hurt > 0)
		puts("ESCAPED");
	return n_hurt > 0 ? ATTACK_ESCAPED : ATTACK_STOPPED;
}
