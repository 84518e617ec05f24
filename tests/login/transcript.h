/*
 * transcript.h - facts, one a line, that must be the same with and without a
 * guard.
 *
 * Test code.  In words, and with no number that another run would not print.
 */
#ifndef EXECGUARD_TRANSCRIPT_H
#define EXECGUARD_TRANSCRIPT_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 20 /* of one fact */
#define LENGTH(a)  (sizeof(a) / sizeof((a)[0]))

struct fact {
	const char *name;
	void (*show)(void);
};

/* One write a line: children say theirs between those of their parent. */
__attribute__((format(printf, 1, 2))) static inline void
say(const char *format, ...)
{
	char line[512];
	va_list words;
	int n;

	va_start(words, format);
	n = vsnprintf(line, sizeof(line) - 1, format, words);
	va_end(words);
	line[n] = '\n';
	(void)!write(STDOUT_FILENO, line, (size_t)n + 1);
}

/* clang-format off */
static const char *const words_of_codes[] = { "nothing", "exited", "killed",
	"dumped", "trapped", "stopped", "continued" }; /* CLD_... */
/* clang-format on */

static inline const char *
word_of(int code)
{
	return words_of_codes[code > 0 && code < 7 ? code : 0];
}

/* What waitid says of pid (0: of any child). */
static inline void
say_wait(pid_t pid, int options)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(pid > 0 ? P_PID : P_ALL, (id_t)pid, &info, options) < 0)
		say("wait: %s", strerror(errno));
	else if (info.si_pid == 0)
		say("wait: nothing");
	else
		say("wait: %s %d%s%s", word_of(info.si_code), info.si_status,
		    info.si_signo == SIGCHLD ? "" : ", no SIGCHLD",
		    pid > 0 && info.si_pid != pid ? ", another" : "");
}

static inline pid_t
child_who(void (*does)(void))
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	does();
	_exit(0);
}

static inline void
waits_for_ever(void)
{
	for (;;)
		(void)pause();
}

/* Each in a process of its own: what it leaves behind is nobody else's. */
static inline int
show_all(const struct fact *facts, size_t n)
{
	int status, r = 0;

	for (size_t i = 0; i < n; i++) {
		pid_t pid;

		say("== %s", facts[i].name);
		pid = fork();
		if (pid == 0) {
			(void)alarm(DEADLINE_S);
			facts[i].show();
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid || status != 0) {
			say("== ended with %x", (unsigned)status);
			r = 1;
		}
	}
	return r;
}

#endif
