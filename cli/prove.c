#include "cli/prove.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/opening.h"
#include "cli/trial.h"
#include "cli/who.h"
#include "common/trusted.h"
#include "gate/hypercall.h"

/* --- what a guard stands on --------------------------------------------- */

/* The value of the last NAME=VALUE among the arguments, or fallback.  Owned. */
static char *
argument(const char *arguments, const char *name, const char *fallback)
{
	size_t len = strlen(name);
	const char *found = fallback;

	for (const char *at = arguments; (at = strstr(at, name)) != NULL;
	     at += len)
		if (at == arguments || at[-1] == ' ')
			found = at + len;
	return strndup(found, strcspn(found, " "));
}

static int
prove_program(const char *path)
{
	char why[TRUSTED_WHY];
	SCOPED(fd_release) int fd = trusted_open(path, TRUSTED_NOBODY, why);

	if (fd < 0) {
		cli_say("%s; install execguard first", why);
		return fd;
	}
	if (access(path, X_OK) < 0) {
		cli_say("%s cannot be run: %s", path, strerror(errno));
		return -errno;
	}
	return 0;
}

/* The guard, and the inspector beside it. */
static int
prove_programs(const char *guardd)
{
	const char *slash = strrchr(guardd, '/');
	SCOPED(text_release) char *inspector = NULL;
	int r = prove_program(guardd);

	if (r < 0 || slash == NULL)
		return r < 0 ? r : -EINVAL;
	if (asprintf(&inspector, "%.*s/inspector", (int)(slash - guardd),
		guardd) < 0) {
		inspector = NULL;
		return -ENOMEM;
	}
	return prove_program(inspector);
}

static int
prove_no_guard(void)
{
	SCOPED(fd_release) int fd = hypercall_connect();

	if (fd == -ENOENT)
		return 0;
	cli_say("this is a guarded session, in which no second guard can be "
		"tried: run it outside, for example by 'systemd-run -t "
		"execguardctl ...'");
	return -EBUSY;
}

int
prove_ground(const char *arguments)
{
	SCOPED(text_release)
	char *guardd = argument(arguments, "guardd=", GUARDD_PATH);
	SCOPED(text_release)
	char *conf = argument(arguments, "conf=", CONF_PATH);
	int r;

	if (guardd == NULL || conf == NULL)
		return -ENOMEM;
	r = prove_no_guard();
	if (r == 0)
		r = prove_programs(guardd);
	if (r == 0)
		r = check_policy(conf);
	return r;
}

/* --- sessions ----------------------------------------------------------- */

static struct opened
open_by(const char *folder, const struct change *change, const struct who *who)
{
	const struct opening opening = { folder, change->service, who };
	struct opened opened;

	opening_try(&opening, &opened);
	return opened;
}

/* The module says this when it lets somebody in whom it cannot guard. */
static bool
is_fine(const struct opened *opened)
{
	return opened->is_open && strstr(opened->said, "execguard:") == NULL;
}

static bool
is_guarded(const struct opened *opened)
{
	return is_fine(opened) && opened->is_guarded && opened->has_run;
}

static const char *
complaint(const struct opened *opened)
{
	if (opened->said[0] != '\0')
		return opened->said;
	if (!opened->is_open)
		return "nobody says why";
	return opened->has_run ? "no guard came" : "/bin/true did not run";
}

/* Root has to get in, and to run something; what another user may run is for
 * his policy to say. */
static bool
lets_in(const struct opened *opened, const struct who *who)
{
	return is_fine(opened) && (who->uid != 0 || opened->has_run);
}

/*
 * A session did not open, or no guard came.  Is that new?  Without the change
 * it opens: -EPERM.  It opens neither way: 0, since what is wrong is not our
 * line.
 */
static int
blame(
    const struct change *c, const struct who *who, const struct opened *opened)
{
	struct opened before = open_by(trial_folder(TRIAL_OLD), c, who);

	if (before.is_open) {
		cli_say("%s: with this change a session of %s does not work "
			"(%s), and without it one does",
		    c->service, who->name, complaint(opened));
		return -EPERM;
	}
	cli_say("%s: warning: no session of %s can be opened from here, with "
		"this change or without it (%s)%s",
	    c->service, who->name, complaint(&before),
	    who->uid == 0 ? "; -u USER tries another user" : "");
	return 0;
}

/* PAM finds the module, and a guard comes. */
static int
prove_line(const struct change *c, const struct who *root)
{
	struct opened opened = open_by(trial_folder(TRIAL_ALONE), c, root);

	if (is_guarded(&opened))
		return 0;
	cli_say("%s: PAM or the kernel cannot put a session under a guard: %s "
		"(the system log may say more)",
	    c->service, complaint(&opened));
	return -EPERM;
}

/* By the whole stack he gets in; and, where he is to be guarded, a guard comes.
 * *out: he was seen to. */
static int
prove_user(const struct proof *proof, const struct change *c,
    const struct who *who, bool *out)
{
	struct opened opened;

	if (proof->is_enrolment) {
		opened = open_by(trial_folder(TRIAL_GUARDED), c, who);
		if (!is_guarded(&opened))
			return blame(c, who, &opened);
	}
	opened = open_by(trial_folder(TRIAL_NEW), c, who);
	if (!lets_in(&opened, who))
		return blame(c, who, &opened);
	cli_say("%s: a session of %s opens and is %s%s", c->service, who->name,
	    opened.is_guarded ? "guarded" : "not guarded",
	    opened.has_run ? "" : ", and /bin/true does not run in it");
	*out = true;
	return 0;
}

static int
prove_change(const struct proof *proof, struct change *c)
{
	int r = proof->is_enrolment ? prove_line(c, proof->root) : 0;

	if (r == 0)
		r = prove_user(proof, c, proof->root, &c->lets_root_in);
	if (r == 0 && proof->user != NULL)
		r = prove_user(proof, c, proof->user, &c->lets_user_in);
	return r;
}

int
prove_before(const struct proof *proof)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < proof->n; i++) {
		if (proof->changes[i].text != NULL)
			r = prove_change(proof, &proof->changes[i]);
		if (interrupt_waits())
			r = -EINTR;
	}
	return r;
}

static int
prove_in_place(const struct change *c, const struct who *who, bool was_let_in)
{
	struct opened opened;

	if (!was_let_in)
		return 0;
	opened = open_by(NULL, c, who);
	if (lets_in(&opened, who))
		return 0;
	cli_say("%s: in its place the new stack opens no session of %s: %s",
	    c->service, who->name, complaint(&opened));
	return -EPERM;
}

int
prove_after(const struct proof *proof)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < proof->n; i++) {
		const struct change *c = &proof->changes[i];

		r = prove_in_place(c, proof->root, c->lets_root_in);
		if (r == 0)
			r = prove_in_place(c, proof->user, c->lets_user_in);
	}
	return r;
}
