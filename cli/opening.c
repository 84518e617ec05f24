#include "cli/opening.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <security/pam_appl.h>

#include "cli/who.h"
#include "common/io.h"
#include "common/text.h"

#define TIMEOUT_MS 60000
#define PROGRAM    "/bin/true"

/* --- in the child ------------------------------------------------------- */

/* Append what a module says, a blank between two. */
static void
hear(struct opened *opened, const char *sentence)
{
	size_t len = strlen(opened->said);

	if (len > 0 && len < OPENING_SAID - 2)
		opened->said[len++] = ' ';
	text_escape(sentence, opened->said + len, OPENING_SAID - len);
}

/* Complaints are kept, a greeting is not, and a question has no answer. */
static int
converse(int n, const struct pam_message **messages, struct pam_response **out,
    void *opened)
{
	if (n <= 0 || n > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	for (int i = 0; i < n; i++) {
		int style = messages[i]->msg_style;

		if (style == PAM_ERROR_MSG)
			hear(opened, messages[i]->msg);
		else if (style != PAM_TEXT_INFO)
			return PAM_CONV_ERR;
	}
	*out = calloc((size_t)n, sizeof(**out));
	return *out != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* How many filters this process is under. */
static unsigned
count_filters(void)
{
	static const char field[] = "\nSeccomp_filters:";
	char status[8192];
	const char *at;

	if (io_read_text(
		AT_FDCWD, "/proc/self/status", status, sizeof(status)) < 0)
		return 0;
	at = strstr(status, field);
	return at != NULL ? (unsigned)atoi(at + sizeof(field) - 1) : 0;
}

/* In a process of its own: be that user, and the program. */
static void
become_program(const struct who *who)
{
	char *const argv[] = { (char[]){ PROGRAM }, NULL };
	char *const envp[] = { NULL };

	if (who->uid != 0 && (initgroups(who->name, who->gid) < 0 ||
				 setresgid(who->gid, who->gid, who->gid) < 0 ||
				 setresuid(who->uid, who->uid, who->uid) < 0))
		_exit(EXIT_FAILURE);
	(void)execve(PROGRAM, argv, envp);
	_exit(EXIT_FAILURE);
}

static bool
run_program(const struct who *who)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		become_program(who);
	return child > 0 && waitpid(child, &status, 0) == child &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
open_session(
    const struct opening *opening, pam_handle_t *pamh, struct opened *out)
{
	unsigned before = count_filters();
	/* pam_systemd(8) makes no terminal's session of this one. */
	int code = pam_set_item(pamh, PAM_TTY, "cron");

	if (code == PAM_SUCCESS)
		code = pam_open_session(pamh, 0);
	out->is_guarded = count_filters() > before;
	if (code != PAM_SUCCESS) {
		hear(out, pam_strerror(pamh, code));
		return;
	}
	out->is_open = true;
	out->has_run = run_program(opening->who);
	(void)pam_close_session(pamh, 0);
}

static void
open_in_child(const struct opening *opening, struct opened *out)
{
	struct pam_conv conv = { converse, out };
	pam_handle_t *pamh = NULL;
	int code = opening->folder != NULL
	               ? pam_start_confdir(opening->service, opening->who->name,
			     &conv, opening->folder, &pamh)
	               : pam_start(opening->service, opening->who->name, &conv,
			     &pamh);

	if (code != PAM_SUCCESS) {
		hear(out, "PAM cannot start: ");
		hear(out, pam_strerror(pamh, code));
		return;
	}
	open_session(opening, pamh, out);
	(void)pam_end(pamh, PAM_SUCCESS);
}

/* Nothing of ours for the modules: no terminal, no descriptor, no signal that
 * waits; and no longer than its parent lives. */
static int
prepare_child(pid_t parent, int answer)
{
	SCOPED(fd_release) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	(void)sigemptyset(&none);
	if (null < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    getppid() != parent || setsid() < 0 || dup2(null, 0) < 0 ||
	    dup2(null, 1) < 0 || dup2(null, 2) < 0 || dup2(answer, 3) < 0 ||
	    fcntl(3, F_SETFD, FD_CLOEXEC) < 0 || close_range(4, ~0U, 0) < 0)
		return -errno;
	(void)fd_take(&null); /* closed with the others */
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGCHLD, SIG_DFL);
	return 0;
}

/* --- in the parent ------------------------------------------------------ */

static void
read_answer(int fd, struct opened *out)
{
	struct opened opened = { 0 };
	const char *why = "whatever opened it ended";
	ssize_t n = 0;

	if (io_wait_readable(fd, TIMEOUT_MS) < 0)
		why = "it did not open within 60 seconds";
	else
		n = read(fd, &opened, sizeof(opened));
	if (n == sizeof(opened)) {
		*out = opened;
		return;
	}
	*out = (struct opened){ 0 };
	hear(out, why);
}

void
opening_try(const struct opening *opening, struct opened *out)
{
	pid_t self = getpid(), child;
	int ends[2];

	*out = (struct opened){ 0 };
	if (pipe2(ends, O_CLOEXEC) < 0) {
		hear(out, strerror(errno));
		return;
	}
	child = fork();
	if (child == 0) {
		if (prepare_child(self, ends[1]) < 0)
			_exit(EXIT_FAILURE);
		open_in_child(opening, out);
		/* Fewer bytes than PIPE_BUF: all or none. */
		_exit(io_write_all(3, out, sizeof(*out)) < 0 ? EXIT_FAILURE
							     : EXIT_SUCCESS);
	}
	(void)close(ends[1]);
	if (child < 0) {
		hear(out, strerror(errno));
	} else {
		read_answer(ends[0], out);
		(void)kill(-child, SIGKILL);
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	(void)close(ends[0]);
}
