#include "cli/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/doubts.h"
#include "cli/load.h"
#include "cli/who.h"
#include "common/scope.h"

/* An ordinary user may look at files of his own, too. */
static uid_t
also_trusted(void)
{
	return geteuid() == 0 ? TRUSTED_NOBODY : geteuid();
}

static void
warn(const struct policy *p, const char *what, void *context)
{
	SCOPED(text_release) char *line = NULL;

	(void)context;
	if (p == NULL) {
		cli_say("warning: %s", what);
		return;
	}
	if (asprintf(&line, "%s:%u: warning: policy \"%s\": %s", p->file,
		p->line, p->name, what) < 0) {
		line = NULL;
		return; /* what matters is told elsewhere */
	}
	cli_point(line);
}

static void
show_all(const struct policies *policies)
{
	if (policies->n == 0)
		puts("no policy: nobody is guarded");
	for (size_t i = 0; i < policies->n; i++) {
		if (i > 0)
			(void)putchar('\n');
		describe_policy(&policies->at[i]);
	}
	printf("%sevents go to %s\n", policies->n > 0 ? "\n" : "",
	    policies->events != NULL ? policies->events : "syslog");
}

static void
show_choice(const struct policies *policies, const struct who *who)
{
	const struct policy *p;

	if (load_choose(policies, who, &p) < 0) {
		cli_say("out of memory");
		return;
	}
	if (p == NULL) {
		printf("%s (uid %u) gets no policy and is not guarded\n",
		    who->name, (unsigned)who->uid);
		return;
	}
	printf("%s (uid %u) gets policy \"%s\"\n\n", who->name,
	    (unsigned)who->uid, p->name);
	describe_policy(p);
}

/* All of it, warnings as well; said on stderr what is wrong. */
static int
load(char **paths, struct trusted_files *files, struct policies *policies)
{
	char why[PARSE_WHY];
	int r = load_files(paths, also_trusted(), files, why);

	if (r < 0) {
		cli_say("%s", why);
		return r;
	}
	r = load_policies(files, also_trusted(), policies, why);
	if (r < 0)
		cli_point(why);
	else
		doubts_tell(policies, warn, NULL);
	return r;
}

int
check_policy(const char *path)
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(policies_release) struct policies policies = { 0 };
	SCOPED(text_release) char *copy = strdup(path);
	int r;

	if (copy == NULL)
		return -ENOMEM;
	r = load((char *[]){ copy, NULL }, &files, &policies);
	if (r == 0 && policies.n == 0)
		cli_say(
		    "warning: %s holds no policy, so nobody is guarded", path);
	return r;
}

static int
check(char **paths, const char *user)
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(policies_release) struct policies policies = { 0 };
	SCOPED(who_release) struct who who = { 0 };

	if (user != NULL) {
		int r = who_look_up(user, 0, &who);

		if (r < 0) {
			who_blame(user, r);
			return EXIT_USAGE;
		}
	}
	if (load(paths, &files, &policies) < 0)
		return EXIT_WRONG;
	if (user != NULL)
		show_choice(&policies, &who);
	else
		show_all(&policies);
	return EXIT_FINE;
}

static int
check_main(int argc, char **argv)
{
	char installed[] = CONF_PATH;
	char *by_default[] = { installed, NULL };
	const char *user = NULL;
	int c;

	while ((c = getopt(argc, argv, ":hu:")) != -1) {
		switch (c) {
		case 'u':
			user = optarg;
			break;
		case 'h':
			cli_help("check");
			return EXIT_FINE;
		default:
			cli_bad_option("check", c, optopt);
			return EXIT_USAGE;
		}
	}
	return check(optind < argc ? argv + optind : by_default, user);
}

/* clang-format off */
const struct verb check_verb = { "check", check_main, "say what is wrong with a policy, or what it is",
"usage: execguardctl check [-u USER] [PATH...]\n"
"\n"
"Read policy files, or folders of *.conf files (by default\n"
CONF_PATH "), and say what is wrong with them, or who gets what.\n"
"\n"
"  -u USER  say which policy USER gets\n"
"\n"
"Exit status: 0 the policy is fine, 1 it is wrong, 2 usage.\n"
"\n"
"Example: which policy would alice get from a draft?\n"
"  execguardctl check -u alice ./draft.conf\n" };
/* clang-format on */
