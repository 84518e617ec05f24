#include "cli/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/above.h"
#include "cli/cli.h"
#include "cli/load.h"
#include "cli/who.h"

/* clang-format off */
static const struct examination {
	const char *about;
	void (*examine)(struct doctor *d);
} examinations[] = {
	{ "policy", doctor_policy },
	{ "users", doctor_users },
	{ "kernel", doctor_kernel },
	{ "sysctl", doctor_sysctl },
	{ "host", doctor_host },
	{ "pam", doctor_pam },
	{ "pam", doctor_applications },
	{ "processes", doctor_processes },
};

static const int statuses[FINDING_LEVELS] = {
	[FINDING_ERROR] = EXIT_UNGUARDED,
	[FINDING_WARNING] = EXIT_WRONG,
	[FINDING_HINT] = EXIT_FINE,
	[FINDING_OK] = EXIT_FINE,
};
/* clang-format on */

bool
doctor_is_policed(const struct doctor *d)
{
	return d->state != DOCTOR_POLICY_READ || d->policies.n > 0;
}

const struct policy *
doctor_policy_of(const struct doctor *d, uid_t uid)
{
	SCOPED(who_release) struct who who = { 0 };
	const struct policy *p = NULL;

	if (d->state != DOCTOR_POLICY_READ ||
	    who_look_up(NULL, uid, &who) < 0 ||
	    load_choose(&d->policies, &who, &p) < 0)
		return NULL;
	return p;
}

bool
doctor_is_login_shell(const char *shell)
{
	static const char *const closed[] = { "nologin", "false", "sync",
		"halt", "shutdown" };
	const char *slash = strrchr(shell, '/');

	for (size_t i = 0; i < LENGTH(closed); i++)
		if (slash != NULL && strcmp(slash + 1, closed[i]) == 0)
			return false;
	return true;
}

/* True the first time only; or when it cannot be kept. */
static bool
is_new(struct doctor *d, const char *path)
{
	char **more;

	for (size_t i = 0; i < d->files.n; i++)
		if (strcmp(d->files.at[i], path) == 0)
			return false;
	more = realloc(d->files.at, (d->files.n + 1) * sizeof(*more));
	if (more == NULL)
		return true;
	d->files.at = more;
	more[d->files.n] = strdup(path);
	d->files.n += more[d->files.n] != NULL;
	return true;
}

void
doctor_file(struct doctor *d, const char *name, const char *path)
{
	char at[PATH_MAX];
	enum reason reason;
	int r;

	if (!is_new(d, path))
		return;
	r = above_judge_system(path, &reason, at);
	if (r < 0) {
		finding_tell(d->findings,
		    r == -EACCES ? FINDING_HINT : FINDING_ERROR, "%s: %s: %s",
		    name, path, strerror(-r));
		finding_remedy(d->findings, "%s",
		    r == -EACCES ? "ask again as root"
				 : "install it: make install");
	} else if (reason != REASON_NONE) {
		finding_tell(d->findings, FINDING_ERROR,
		    "%s is not safe: %s %s", name, at, above_clause(reason));
		finding_remedy(d->findings, "%s %s; and install anew",
		    above_command(reason), at);
	} else {
		finding_tell(d->findings, FINDING_OK,
		    "%s: only root can change %s", name, path);
	}
}

static void
doctor_release(struct doctor *d)
{
	policies_release(&d->policies);
	for (size_t i = 0; i < d->files.n; i++)
		free(d->files.at[i]);
	free(d->files.at);
}

static void
findings_release(struct findings *findings)
{
	finding_release(findings);
}

static int
examine(bool is_json)
{
	SCOPED(findings_release) struct findings findings = { 0 };
	SCOPED(doctor_release) struct doctor d = { .findings = &findings };
	int r;

	for (size_t i = 0; i < LENGTH(examinations); i++) {
		findings.about = examinations[i].about;
		examinations[i].examine(&d);
	}
	r = is_json ? finding_print_json(&findings) : finding_print(&findings);
	return r < 0 ? cli_no_memory() : statuses[finding_worst(&findings)];
}

static int
doctor_main(int argc, char **argv)
{
	bool is_json = false;
	int status = cli_read_json(argc, argv, &is_json);

	if (status >= 0)
		return status;
	if (argv[optind] != NULL)
		return cli_no_argument("doctor", argv[optind]);
	return examine(is_json);
}

/* clang-format off */
const struct verb doctor_verb = { "doctor", doctor_main,
"say whether logins are really guarded here",
"usage: execguardctl doctor [--json]\n"
"\n"
"Look at all that guarded logins rest on: the policy, the users whom it does not\n"
"name, the kernel and its settings, what is installed, PAM stacks, and processes\n"
"that have no guard.  Changes nothing.  What is not well comes with its remedy:\n"
"an error (somebody is not guarded, or cannot log in), a warning (less is\n"
"enforced than it seems) or a hint.  Best run by root, who sees all.\n"
"\n"
"  -j, --json  as JSON\n"
"\n"
"Exit status: the worst that was found: 0 hints at most, 1 warnings, 3 errors;\n"
"2 usage.\n"
"\n"
"Example: what is not as it should be?\n"
"  execguardctl doctor --json | jq '.findings[] | select(.level != \"ok\")'\n" };
/* clang-format on */
