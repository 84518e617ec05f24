/*
 * manager.c - start a user's manager as systemd does it, without systemd.
 *
 *	manager SERVICE USER COMMAND [ARG...]
 *
 * What systemd does for a unit with PAMName= and User=, such as user@.service:
 * the process that becomes the unit's opens the PAM session as root; a child
 * of it, (sd-pam), gives up root, waits for its death and closes the session,
 * as the user; it itself becomes the user and executes COMMAND.  (systemd 252,
 * src/core/execute.c: setup_pam(), exec_child().)
 */
#include <err.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <security/pam_appl.h>

static int
converse(int n, const struct pam_message **messages, struct pam_response **out,
    void *context)
{
	(void)n;
	(void)messages;
	(void)out;
	(void)context;
	return PAM_CONV_ERR; /* nobody is there to be asked */
}

static void
become(const struct passwd *pw)
{
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		err(1, "cannot become %s", pw->pw_name);
}

static pam_handle_t *
open_session(const char *service, const char *user)
{
	static const struct pam_conv conv = { converse, NULL };
	pam_handle_t *pamh = NULL;
	int r = pam_start(service, user, &conv, &pamh);

	if (r != PAM_SUCCESS)
		errx(1, "pam_start: %d", r);
	r = pam_acct_mgmt(pamh, PAM_SILENT);
	if (r == PAM_SUCCESS)
		(void)pam_setcred(pamh, PAM_ESTABLISH_CRED | PAM_SILENT);
	if (r == PAM_SUCCESS)
		r = pam_open_session(pamh, PAM_SILENT);
	if (r == PAM_SUCCESS)
		return pamh;
	(void)pam_end(pamh, r | PAM_DATA_SILENT);
	errx(1, "no session: %s", pam_strerror(NULL, r));
}

/* (sd-pam): its parent waits at ready until it has given up root. */
static void
wait_for_end(
    pam_handle_t *pamh, const struct passwd *pw, pid_t parent, int ready)
{
	sigset_t end;
	int r, signal;

	if (setgroups(0, NULL) < 0)
		err(1, "setgroups");
	become(pw);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		err(1, "PR_SET_PDEATHSIG");
	(void)prctl(PR_SET_NAME, "(sd-pam)");
	(void)close(ready);
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	while (getppid() == parent && sigwait(&end, &signal) != 0)
		continue;
	r = pam_setcred(pamh, PAM_DELETE_CRED | PAM_SILENT);
	if (getppid() != parent)
		r = pam_close_session(pamh, PAM_SILENT);
	(void)pam_end(pamh, r | PAM_DATA_SILENT);
	_exit(0);
}

int
main(int argc, char **argv)
{
	const struct passwd *pw = argc > 3 ? getpwnam(argv[2]) : NULL;
	pid_t parent = getpid();
	pam_handle_t *pamh;
	sigset_t end, before;
	int ready[2];
	char byte;

	if (pw == NULL)
		errx(2, "usage: manager SERVICE USER COMMAND [ARG...]");
	pamh = open_session(argv[1], argv[2]);
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &end, &before) < 0 || pipe(ready) < 0)
		err(1, "pipe");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		(void)close(ready[0]);
		wait_for_end(pamh, pw, parent, ready[1]);
	}
	(void)close(ready[1]);
	(void)!read(ready[0], &byte, 1);
	(void)close(ready[0]);
	if (sigprocmask(SIG_SETMASK, &before, NULL) < 0)
		err(1, "sigprocmask");
	if (initgroups(pw->pw_name, pw->pw_gid) < 0)
		err(1, "initgroups");
	become(pw);
	(void)execv(argv[3], argv + 3);
	err(126, "%s", argv[3]);
}
