#include "tests/module/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <security/pam_appl.h>

#include "common/io.h"

#define SERVICE  "execguard-test"
#define DEADLINE 20 /* seconds */

static char scratch[] = "/tmp/execguard-module-XXXXXX";
static char module_path[PATH_MAX];

/* In the child: what the log and the user got, and how often SIGCHLD came. */
static struct outcome *listening;
static volatile sig_atomic_t n_sigchld;

/*
 * libpam logs through these; ours stand before the C library's.  The second is
 * what it calls when it was built with _FORTIFY_SOURCE.
 */
void __syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void syslog(int priority, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
append(char *text, const char *more)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, STAGE_TEXT - len, "%s\n", more);
}

static void log_line(const char *format, va_list list)
    __attribute__((format(printf, 1, 0)));

static void
log_line(const char *format, va_list list)
{
	char line[STAGE_TEXT];

	(void)vsnprintf(line, sizeof(line), format, list);
	if (listening != NULL)
		append(listening->logged, line);
}

void
syslog(int priority UNUSED, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_line(format, list);
	va_end(list);
}

void
__syslog_chk(int priority UNUSED, int flag UNUSED, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_line(format, list);
	va_end(list);
}

const char *
stage_path(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

int
stage_write(const char *name, const char *text, mode_t mode)
{
	SCOPED(fd_release)
	int fd = open(
	    stage_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	errno = -io_write_all(fd, text, strlen(text));
	return errno == 0 ? fchmod(fd, mode) : -1;
}

int
stage_copy(const char *from, const char *name, mode_t mode)
{
	SCOPED(fd_release) int in = open(from, O_RDONLY | O_CLOEXEC);
	SCOPED(fd_release)
	int out = open(
	    stage_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char bytes[65536];
	ssize_t n;

	if (in < 0 || out < 0)
		return -1;
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		if (io_write_all(out, bytes, (size_t)n) < 0)
			return -1;
	return n < 0 ? -1 : fchmod(out, mode);
}

int
stage_build(const char *module)
{
	if (realpath(module, module_path) == NULL || mkdtemp(scratch) == NULL)
		return -1;
	if (chmod(scratch, 0755) < 0 || mkdir(stage_path("pam.d"), 0755) < 0)
		return -1;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st UNUSED, int kind UNUSED,
    struct FTW *where UNUSED)
{
	return remove(path);
}

void
stage_strike(void)
{
	(void)nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int
converse(int n, const struct pam_message **messages,
    struct pam_response **replies, void *data)
{
	struct outcome *outcome = data;

	*replies = calloc((size_t)n, sizeof(**replies));
	for (int i = 0; i < n; i++)
		append(outcome->said, messages[i]->msg);
	return *replies != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (dir == NULL)
		return -1;
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

struct signals {
	sigset_t mask;
	struct sigaction actions[NSIG];
};

static void
note_signals(struct signals *out)
{
	memset(out, 0, sizeof(*out));
	(void)sigprocmask(SIG_BLOCK, NULL, &out->mask);
	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, NULL, &out->actions[number]);
}

static bool
same_signals(const struct signals *a, const struct signals *b)
{
	for (int number = 1; number < NSIG; number++)
		if (a->actions[number].sa_handler !=
			b->actions[number].sa_handler ||
		    a->actions[number].sa_flags !=
			b->actions[number].sa_flags ||
		    sigismember(&a->mask, number) !=
			sigismember(&b->mask, number))
			return false;
	return true;
}

static void
count_sigchld(int number UNUSED)
{
	n_sigchld = n_sigchld + 1;
}

static void
fill_line(const char *options, char *dst, size_t size)
{
	size_t n = (size_t)snprintf(
	    dst, size, "session required %s ", module_path);

	for (; *options != '\0' && n + PATH_MAX < size; options++) {
		if (*options == '@')
			n += (size_t)snprintf(dst + n, size - n, "%s", scratch);
		else if (*options == '\n')
			n += (size_t)snprintf(dst + n, size - n,
			    "\nsession required %s ", module_path);
		else
			dst[n++] = *options;
	}
	dst[n++] = '\n';
	dst[n] = '\0';
}

/* In the child: the whole session, as an application would. */
static void
perform(const struct play *play, const char *folder, struct outcome *out)
{
	static struct signals before, after;
	const struct pam_conv conv = { converse, out };
	pam_handle_t *pamh = NULL;
	int n_before;

	if (pam_start_confdir(SERVICE, play->user, &conv, folder, &pamh) !=
	    PAM_SUCCESS)
		return;
	n_before = count_descriptors();
	note_signals(&before);
	out->opened = pam_open_session(pamh, play->flags);
	out->is_filtered = prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L) == 2;
	out->inside = -1;
	if (out->opened == PAM_SUCCESS && play->inside != NULL)
		out->inside = play->inside();
	if (out->opened == PAM_SUCCESS)
		out->closed = pam_close_session(pamh, play->flags);
	note_signals(&after);
	out->n_leaked = count_descriptors() - n_before;
	out->is_signal_changed = !same_signals(&before, &after);
	out->is_child_seen = n_sigchld != 0 || waitpid(-1, NULL, WNOHANG) != -1;
	(void)pam_end(pamh, out->opened);
	out->is_complete = true;
}

static void
child(const struct play *play, const char *folder, int to)
{
	const struct sigaction counting = { .sa_handler = count_sigchld };
	static struct outcome outcome;
	const struct passwd *pw = getpwnam(play->user);
	gid_t groups[64];
	int n = 64;

	(void)alarm(DEADLINE);
	listening = &outcome;
	/* What the C library opens at the first look-up is not the module's. */
	if (pw != NULL)
		(void)getgrouplist(pw->pw_name, pw->pw_gid, groups, &n);
	(void)sigaction(SIGCHLD, &counting, NULL);
	if (play->before != NULL)
		play->before();
	perform(play, folder, &outcome);
	(void)!io_write_all(to, &outcome, sizeof(outcome));
}

struct performance
stage_begin(const struct play *play)
{
	static int n_plays;
	char line[PATH_MAX * 4];
	char name[64];
	char folder[PATH_MAX];
	struct performance begun = { -1, -1 };
	int ends[2];

	(void)snprintf(name, sizeof(name), "pam.d/%d", n_plays++);
	(void)snprintf(folder, sizeof(folder), "%s", stage_path(name));
	fill_line(play->options, line, sizeof(line));
	(void)mkdir(folder, 0755);
	(void)snprintf(name, sizeof(name), "pam.d/%d/" SERVICE, n_plays - 1);
	if (stage_write(name, line, 0644) < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return begun;
	begun.child = fork();
	if (begun.child == 0) {
		(void)close(ends[0]);
		child(play, folder, ends[1]);
		_exit(0);
	}
	(void)close(ends[1]);
	begun.from = ends[0];
	return begun;
}

struct outcome
stage_end(struct performance performance)
{
	struct outcome outcome = { 0 };
	SCOPED(fd_release) int from = performance.from;
	char bytes[sizeof(outcome)];
	size_t len = 0;

	if (performance.child < 0)
		return outcome;
	while (len < sizeof(bytes) &&
	       io_wait_readable(from, (DEADLINE + 2) * 1000) == 0) {
		ssize_t n = read(from, bytes + len, sizeof(bytes) - len);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (len == sizeof(bytes))
		memcpy(&outcome, bytes, sizeof(bytes));
	(void)kill(performance.child, SIGKILL);
	(void)waitpid(performance.child, NULL, 0);
	return outcome;
}

struct outcome
stage_play(const struct play *play)
{
	return stage_end(stage_begin(play));
}
