#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/apply.h"
#include "cli/change.h"
#include "cli/cli.h"
#include "cli/diff.h"
#include "cli/prove.h"
#include "cli/replace.h"
#include "cli/trial.h"
#include "cli/who.h"

struct enroll_options {
	bool is_enrolment;
	bool is_dry;
	bool is_sure;
	const char *user; /* NULL: none but root */
	char *arguments;  /* owned: of the line */
	char **services;  /* argv's */
	size_t n;
};

/* What is to be done, for all the services. */
struct work {
	struct change *changes; /* owned */
	size_t n, n_changed;
	struct who root, user;
};

static void
options_release(struct enroll_options *opt)
{
	free(opt->arguments);
}

static void
work_release(struct work *work)
{
	for (size_t i = 0; i < work->n; i++)
		change_release(&work->changes[i]);
	free(work->changes);
	who_release(&work->root);
	who_release(&work->user);
}

/* --- what is asked for -------------------------------------------------- */

/* One more argument of the line.  PAM gives brackets, '#' and '\' a meaning. */
static int
add_argument(struct enroll_options *opt, const char *word)
{
	char *longer;

	for (const char *at = word; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("[]#\\", *at) != NULL) {
			cli_say("%s: '%s' is no argument of a PAM line",
			    "enroll", word);
			return EXIT_USAGE;
		}
	if (asprintf(&longer, "%s%s%s", opt->arguments,
		opt->arguments[0] != '\0' ? " " : "", word) < 0)
		return cli_no_memory();
	free(opt->arguments);
	opt->arguments = longer;
	return -1;
}

/* A name, and no path: it becomes one below PAM's folder. */
static int
check_services(const char *verb, char **services)
{
	if (services[0] == NULL) {
		cli_say("%s: which service?", verb);
		cli_usage(verb);
		return EXIT_USAGE;
	}
	for (; *services != NULL; services++) {
		const char *name = *services;

		for (char **other = services + 1; *other != NULL; other++)
			if (strcmp(name, *other) == 0)
				return cli_no_argument(verb, name);
		if (name[0] == '\0' || name[0] == '.' ||
		    name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._@+-")] != '\0')
			return cli_no_argument(verb, name);
	}
	return -1;
}

/* Returns -1 to go on, or the exit status. */
static int
parse_options(int argc, char **argv, struct enroll_options *opt)
{
	int status = -1, option;

	opterr = 0;
	opt->arguments = strdup("");
	if (opt->arguments == NULL)
		return cli_no_memory();
	while (status < 0 &&
	       (option = getopt(argc, argv,
		    opt->is_enrolment ? ":hno:u:y" : ":hnu:y")) != -1) {
		switch (option) {
		case 'h':
			cli_help(argv[0]);
			return EXIT_FINE;
		case 'n':
			opt->is_dry = true;
			break;
		case 'o':
			status = add_argument(opt, optarg);
			break;
		case 'u':
			opt->user = optarg;
			break;
		case 'y':
			opt->is_sure = true;
			break;
		default:
			cli_bad_option(argv[0], option, optopt);
			return EXIT_USAGE;
		}
	}
	opt->services = argv + optind;
	opt->n = (size_t)(argc - optind);
	return status >= 0 ? status : check_services(argv[0], argv + optind);
}

/* --- what is to be changed ---------------------------------------------- */

/* A service is looked at as it will be when those before it are changed. */
static int
plan(const struct enroll_options *opt, struct work *work,
    struct chain_draft *drafts)
{
	const struct change_wish wish = { opt->arguments, "conf=" TRIAL_POLICY,
		drafts };
	size_t n_drafts = 0;
	char why[CHAIN_WHY] = "";

	for (work->n = 0; work->n < opt->n; work->n++) {
		const char *service = opt->services[work->n];
		struct change *c = &work->changes[work->n];
		int r = opt->is_enrolment
		            ? change_enroll(service, &wish, c, why)
		            : change_unenroll(service, &wish, c, why);

		if (r == -ENOMEM)
			return cli_no_memory();
		if (r < 0) {
			cli_point(why);
			cli_say("nothing is changed");
			return EXIT_WRONG;
		}
		if (c->text == NULL)
			continue;
		drafts[n_drafts++] = (struct chain_draft){ service, c->text };
		work->n_changed++;
	}
	return -1;
}

static int
plan_all(const struct enroll_options *opt, struct work *work)
{
	struct chain_draft *drafts = calloc(opt->n + 1, sizeof(*drafts));
	int status;

	work->changes = calloc(opt->n + 1, sizeof(*work->changes));
	if (drafts == NULL || work->changes == NULL) {
		free(drafts);
		return cli_no_memory();
	}
	status = plan(opt, work, drafts);
	free(drafts);
	return status;
}

static void
show(const struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct change *c = &work->changes[i];

		if (c->text != NULL)
			diff_print(c->path, c->old, c->text);
		else
			cli_say("%s", c->note);
	}
	(void)fflush(stdout);
}

/* Returns -1 to go on, or the exit status. */
static int
ask(const struct enroll_options *opt)
{
	char answer[8] = "";

	if (opt->is_sure)
		return -1;
	if (isatty(STDIN_FILENO) != 1) {
		cli_say("nothing is changed: there is no terminal to ask on, "
			"and no -y");
		return EXIT_WRONG;
	}
	(void)fputs("execguardctl: try this, and change it? [y/N] ", stderr);
	if (fgets(answer, sizeof(answer), stdin) != NULL &&
	    (strcasecmp(answer, "y\n") == 0 ||
		strcasecmp(answer, "yes\n") == 0))
		return -1;
	cli_say("nothing is changed");
	return EXIT_WRONG;
}

/* --- both verbs --------------------------------------------------------- */

static int
look_up(const struct enroll_options *opt, struct work *work)
{
	int r = who_look_up(NULL, 0, &work->root);

	if (r < 0) {
		who_blame("root", r);
		return r;
	}
	if (opt->user == NULL)
		return 0;
	r = who_look_up(opt->user, 0, &work->user);
	if (r < 0)
		who_blame(opt->user, r);
	return r;
}

static int
apply(const struct enroll_options *opt, struct work *work)
{
	const struct proof proof = { work->changes, work->n, &work->root,
		opt->user != NULL ? &work->user : NULL, opt->is_enrolment };

	if (look_up(opt, work) < 0 || apply_changes(&proof, opt->arguments) < 0)
		return EXIT_WRONG;
	for (size_t i = 0; i < work->n; i++) {
		const struct change *c = &work->changes[i];

		if (c->text != NULL)
			cli_say("%s is %s; what %s was is in %s", c->service,
			    opt->is_enrolment ? "enrolled"
					      : "not enrolled any more",
			    c->path, c->backup);
	}
	return EXIT_FINE;
}

static int
enroll(const struct enroll_options *opt)
{
	SCOPED(work_release) struct work work = { 0 };
	int status = plan_all(opt, &work);

	if (status >= 0)
		return status;
	show(&work);
	if (opt->is_dry || work.n_changed == 0)
		return EXIT_FINE;
	if (geteuid() != 0) {
		cli_say("nothing is changed: only root can");
		return EXIT_WRONG;
	}
	status = ask(opt);
	return status >= 0 ? status : apply(opt, &work);
}

static int
enroll_main(int argc, char **argv)
{
	SCOPED(options_release)
	struct enroll_options opt = { .is_enrolment = true };
	int status = parse_options(argc, argv, &opt);

	return status >= 0 ? status : enroll(&opt);
}

static int
unenroll_main(int argc, char **argv)
{
	SCOPED(options_release) struct enroll_options opt = { 0 };
	int status = parse_options(argc, argv, &opt);

	return status >= 0 ? status : enroll(&opt);
}

/* clang-format off */
const struct verb enroll_verb = { "enroll", enroll_main,
"put the sessions of a service under guard",
"usage: execguardctl enroll [-n] [-y] [-u USER] [-o ARGUMENT]... SERVICE...\n"
"\n"
"Put the line of pam_execguard into the PAM stacks of services (sshd, login, su,\n"
"...): show the change, ask, try it by opening sessions, keep a copy of each file\n"
"in " REPLACE_BACKUPS ", and change all of them or none.\n"
"\n"
"  -n           show the change, and do nothing\n"
"  -y           do not ask\n"
"  -u USER      open sessions of USER, too, and not of root alone\n"
"  -o ARGUMENT  an argument of the line, such as onerr=succeed\n"
"\n"
"Exit status: 0 they are enrolled (with -n: could be), 1 nothing is changed, and\n"
"why is said, 2 usage.\n"
"\n"
"Example: what would change for sshd?\n"
"  execguardctl enroll -n sshd\n" };

const struct verb unenroll_verb = { "unenroll", unenroll_main,
"let a service open sessions without a guard again",
"usage: execguardctl unenroll [-n] [-y] [-u USER] SERVICE...\n"
"\n"
"Take the line of pam_execguard out of the PAM stacks of services, with the same\n"
"care.  Sessions that run now stay guarded.\n"
"\n"
"  -n       show the change, and do nothing\n"
"  -y       do not ask\n"
"  -u USER  open sessions of USER, too, and not of root alone\n"
"\n"
"Exit status: 0 they are not enrolled (with -n: need not be), 1 nothing is\n"
"changed, and why is said, 2 usage.\n"
"\n"
"Example: su is to be as it was\n"
"  execguardctl unenroll su\n" };
/* clang-format on */
