/*
 * doctor_policy.c - does the policy say what it should, and may others change
 * what it trusts?
 */
#include <errno.h>
#include <string.h>

#include "cli/above.h"
#include "cli/doctor.h"
#include "cli/doubts.h"
#include "cli/load.h"
#include "policy/explain.h"

static void
hear_doubt(const struct policy *p, const char *what, void *context)
{
	struct doctor *d = context;

	if (p != NULL)
		finding_tell(d->findings, FINDING_WARNING,
		    "%s:%u: policy \"%s\": %s", p->file, p->line, p->name,
		    what);
	else
		finding_tell(d->findings, FINDING_WARNING, "%s", what);
	finding_remedy(d->findings, "correct it, then: execguardctl check");
}

/* What is refused for that reason, is refused to all who get the policy. */
static void
examine_root(struct doctor *d, const struct policy *p, const char *root)
{
	char at[PATH_MAX];
	enum reason reason;
	int r = above_judge(&p->tpe, root, &reason, at);

	if (r == -ENOENT)
		return; /* that is a doubt */
	if (r < 0) {
		finding_tell(d->findings, FINDING_HINT,
		    "policy \"%s\": root %s: %s", p->name, root, strerror(-r));
		finding_remedy(d->findings, "ask again as root");
	} else if (reason != REASON_NONE) {
		finding_tell(d->findings, FINDING_WARNING,
		    "policy \"%s\": nothing below root %s is trusted: %s %s",
		    p->name, root, at, above_clause(reason));
		finding_remedy(d->findings, "%s %s; or say so in %s",
		    above_command(reason), at, explain_tip(reason));
	} else {
		finding_tell(d->findings, FINDING_OK,
		    "policy \"%s\": nobody else can write to root %s", p->name,
		    root);
	}
}

static void
examine_policy(struct doctor *d, const struct policy *p)
{
	if (p->mode == MODE_PERMISSIVE) {
		finding_tell(d->findings, FINDING_WARNING,
		    "policy \"%s\" is permissive: it logs, and refuses nothing",
		    p->name);
		finding_remedy(d->findings,
		    "%s:%u: say mode = enforce when the log is quiet", p->file,
		    p->line);
	}
	for (size_t i = 0; p->tpe.is_on && i < p->tpe.roots.n; i++)
		examine_root(d, p, p->tpe.roots.at[i]);
}

/* As a guard does it: what is not root's is not read. */
static enum doctor_policy_state
read_policy(struct doctor *d)
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	char installed[] = CONF_PATH;
	char *const paths[] = { installed, NULL };
	char why[PARSE_WHY];
	int r = load_files(paths, TRUSTED_NOBODY, &files, why);

	if (r == 0)
		r = load_policies(&files, TRUSTED_NOBODY, &d->policies, why);
	if (r == 0)
		return DOCTOR_POLICY_READ;
	if (r == -EACCES) {
		finding_tell(d->findings, FINDING_HINT, "%s", why);
		finding_remedy(d->findings,
		    "ask again as root: without the policy much is not known");
		return DOCTOR_POLICY_UNSEEN;
	}
	finding_tell(d->findings, FINDING_ERROR,
	    "the policy is broken, and nobody but root can log in where it "
	    "is asked for: %s",
	    why);
	finding_remedy(d->findings, "%s",
	    r == -ENOENT ? "install -d -m 0755 " CONF_PATH
			 : "correct it, then: execguardctl check");
	return DOCTOR_POLICY_BROKEN;
}

void
doctor_policy(struct doctor *d)
{
	d->state = read_policy(d);
	if (d->state != DOCTOR_POLICY_READ)
		return;
	if (d->policies.n == 0) {
		finding_tell(d->findings, FINDING_WARNING,
		    "there is no policy in %s: nobody is guarded", CONF_PATH);
		finding_remedy(
		    d->findings, "write one: execguard.conf(5), EXAMPLES");
		return;
	}
	finding_tell(d->findings, FINDING_OK,
	    "the policy in %s can be read: %zu", CONF_PATH, d->policies.n);
	doubts_tell(&d->policies, hear_doubt, d);
	for (size_t i = 0; i < d->policies.n; i++)
		examine_policy(d, &d->policies.at[i]);
}
