#include "cli/check.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/who.h"
#include "common/scope.h"
#include "common/trusted.h"
#include "policy/listed.h"
#include "policy/parse.h"
#include "policy/policy.h"
#include "policy/select.h"

/* Append what more holds to all; more is empty then. */
static int
append(struct trusted_files *all, struct trusted_files *more)
{
	struct trusted_file *at;

	if (more->n == 0)
		return 0;
	at = realloc(all->at, (all->n + more->n) * sizeof(*at));
	if (at == NULL)
		return -ENOMEM;
	memcpy(at + all->n, more->at, more->n * sizeof(*at));
	all->at = at;
	all->n += more->n;
	free(more->at);
	*more = (struct trusted_files){ 0 };
	return 0;
}

/* An ordinary user may look at files of his own, too. */
static uid_t
also_trusted(void)
{
	return geteuid() == 0 ? TRUSTED_NOBODY : geteuid();
}

static int
read_paths(char **paths, struct trusted_files *out)
{
	uid_t also = also_trusted();

	for (; *paths != NULL; paths++) {
		SCOPED(trusted_files_release) struct trusted_files more = { 0 };
		char why[TRUSTED_WHY];
		int r = trusted_read(*paths, also, PARSE_FILE_MAX, &more, why);

		if (r < 0) {
			cli_say("%s", why);
			return r;
		}
		r = append(out, &more);
		if (r < 0) {
			cli_say("out of memory");
			return r;
		}
	}
	return 0;
}

static void
warn(const struct policy *p, const char *what, const char *word)
{
	SCOPED(text_release) char *line = NULL;

	if (asprintf(&line, "%s:%u: warning: policy \"%s\": %s%s", p->file,
		p->line, p->name, what, word) < 0) {
		line = NULL;
		return; /* what matters is told elsewhere */
	}
	cli_point(line);
}

/* Whether word is one name: no pattern and no number. */
static bool
is_name(const char *word)
{
	uint32_t low, high;

	return select_range(word, &low, &high) == ID_RANGE_NONE &&
	       strpbrk(word, "*?[\\") == NULL;
}

static bool
user_exists(const char *name)
{
	return getpwnam(name) != NULL;
}

static bool
group_exists(const char *name)
{
	return getgrnam(name) != NULL;
}

static void
warn_word(const struct policy *p, const char *word, bool is_group)
{
	bool (*exists)(const char *) = is_group ? group_exists : user_exists;

	if (is_name(word) && !exists(word))
		warn(p, is_group ? "there is no group " : "there is no user ",
		    word);
	if (strspn(word, "0123456789") == strlen(word) && exists(word))
		warn(p,
		    "digits are a number, and there is a name like that, "
		    "which \"[0-9]...\" would match: ",
		    word);
	if (strchr(word, '\\') != NULL)
		warn(p,
		    "a backslash stands for the byte behind it, write two: ",
		    word);
}

static void
warn_words(const struct policy *p, const struct words *words, bool is_group)
{
	for (size_t i = 0; i < words->n; i++)
		warn_word(p, words->at[i], is_group);
}

static void
warn_roots(const struct policy *p)
{
	for (size_t i = 0; i < p->tpe.roots.n; i++)
		if (access(p->tpe.roots.at[i], F_OK) < 0)
			warn(p, "there is no root ", p->tpe.roots.at[i]);
}

/* The guard would send them to syslog, and say so there. */
static void
warn_events(const struct policies *policies)
{
	SCOPED(text_release) char *folder = NULL;
	struct stat st;

	if (policies->events == NULL)
		return;
	folder = strdup(policies->events);
	if (folder == NULL)
		return;
	*strrchr(folder, '/') = '\0'; /* it is absolute */
	if (stat(folder[0] != '\0' ? folder : "/", &st) < 0)
		cli_say("warning: events: there is no folder %s", folder);
	else if (stat(policies->events, &st) == 0 &&
		 (!S_ISREG(st.st_mode) ||
		     (st.st_uid != 0 && st.st_uid != geteuid()) ||
		     (st.st_mode & (S_IWGRP | S_IWOTH)) != 0))
		cli_say("warning: events: %s is no file of root's that nobody "
			"else can write",
		    policies->events);
}

/* What is legal, and yet hardly meant. */
static void
warn_policy(const struct policy *p)
{
	warn_words(p, &p->users, false);
	warn_words(p, &p->groups, true);
	warn_words(p, &p->except_users, false);
	warn_words(p, &p->except_groups, true);
	warn_roots(p);
	if (!p->segvguard.is_on && !p->exec.is_on && !p->tpe.is_on &&
	    !p->elf.is_on && !p->integrity.is_on && !p->environment.is_on &&
	    !p->memory.is_on && !p->scripts.is_on)
		warn(p, "it has no check, so it refuses nothing", "");
	if (p->exec.is_on && p->exec.allow.n == 0 && !p->exec.default_allow)
		warn(p,
		    "exec denies every program: name some in allow, or say "
		    "default = allow",
		    "");
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
names_release(struct group_name **names)
{
	free(*names);
}

static void
show_choice(const struct policies *policies, const struct who *who)
{
	SCOPED(names_release)
	struct group_name *groups = calloc(who->n_groups + 1, sizeof(*groups));
	const struct subject subject = {
		.uid = who->uid,
		.user = who->name,
		.groups = groups,
		.n_groups = groups != NULL ? who->n_groups : 0,
	};
	const struct policy *p;

	if (groups == NULL) {
		cli_say("out of memory");
		return;
	}
	for (size_t i = 0; i < who->n_groups; i++)
		groups[i] = (struct group_name){ who->groups[i].gid,
			who->groups[i].name };
	p = select_policy(policies, &subject);
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
	int r = read_paths(paths, files);

	if (r < 0)
		return r;
	r = parse_policies(files, policies, why);
	for (size_t i = 0; r == 0 && i < policies->n; i++) {
		r = listed_load(&policies->at[i], also_trusted(), why);
		if (r == 0)
			warn_policy(&policies->at[i]);
	}
	if (r < 0)
		cli_point(why);
	else
		warn_events(policies);
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
