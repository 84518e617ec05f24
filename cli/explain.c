#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "cli/cli.h"
#include "cli/explained.h"
#include "cli/link.h"
#include "cli/start.h"
#include "common/fdpass.h"
#include "common/names.h"
#include "common/wire_explain.h"

#define PATIENCE_S 300  /* a guard hashes what a manifest lists */
#define GROUPS_MAX 1024 /* of -g: more are no options */

struct explain_options {
	struct start_options start;
	const char *groups[GROUPS_MAX]; /* borrowed from argv, as all of them */
	size_t n_groups;
	bool is_searched; /* --argv */
	bool is_json;
	char **command;
};

static const struct option longs[] = {
	{ "argv", no_argument, NULL, 'a' },
	{ "group", required_argument, NULL, 'g' },
	{ "guardd", required_argument, NULL, 'G' },
	{ "json", no_argument, NULL, 'j' },
	{ "policy", required_argument, NULL, 'P' },
	{ "user", required_argument, NULL, 'u' },
	{ 0 },
};

/* Returns -1 when all is well, else the exit status. */
static int
check_words(const struct explain_options *opt)
{
	if (opt->command[0] == NULL || opt->command[0][0] == '\0') {
		cli_say("explain: which program?");
		cli_usage("explain");
		return EXIT_USAGE;
	}
	if (opt->command[1] != NULL && !opt->is_searched)
		return cli_no_argument("explain", opt->command[1]);
	return -1;
}

/* An option with an argument; false: it is none of these. */
static bool
take_argument(int option, struct explain_options *out)
{
	switch (option) {
	case 'g':
		if (out->n_groups == GROUPS_MAX)
			return false;
		out->groups[out->n_groups++] = optarg;
		return true;
	case 'u':
		out->start.user = optarg;
		return true;
	case 'p':
		out->start.conf = optarg;
		return true;
	case 'P':
		out->start.policy = optarg;
		return true;
	case 'G':
		out->start.guardd = optarg;
		return true;
	default:
		return false;
	}
}

static int
parse_options(int argc, char **argv, struct explain_options *out)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:hajg:u:p:P:G:", longs, NULL)) !=
	       -1) {
		switch (c) {
		case 'h':
			cli_help("explain");
			return EXIT_FINE;
		case 'a':
			out->is_searched = true;
			break;
		case 'j':
			out->is_json = true;
			break;
		default:
			if (take_argument(c, out))
				break;
			cli_bad_option("explain", c, optopt);
			return EXIT_USAGE;
		}
	}
	out->command = argv + optind;
	return check_words(out);
}

/* A group that the user would have.  Returns -1, or the exit status. */
static int
add_group(const char *name, struct start *start)
{
	struct who *who = &start->who;
	struct wire_group *more;
	gid_t gid;

	if (strlen(name) >= WIRE_TEXT || names_group(name, &gid) < 0) {
		cli_say("there is no group '%s'", name);
		return EXIT_NO_GUARD;
	}
	more = realloc(who->groups, (who->n_groups + 1) * sizeof(*more));
	if (more == NULL) {
		(void)cli_no_memory();
		return EXIT_NO_GUARD;
	}
	who->groups = more;
	more[who->n_groups].gid = gid;
	memcpy(more[who->n_groups].name, name, strlen(name) + 1);
	who->n_groups++;
	start->hello.groups = more;
	start->hello.n_groups = who->n_groups;
	return -1;
}

/* From here on the kernel answers us as it would answer him.  An ordinary user
 * cannot have the groups of -g: about them only the policy is asked. */
static int
become(const struct who *who)
{
	gid_t *groups;
	int r = 0;

	if (geteuid() != 0)
		return 0;
	groups = calloc(who->n_groups + 1, sizeof(*groups));
	if (groups == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < who->n_groups; i++)
		groups[i] = who->groups[i].gid;
	if (setgroups(who->n_groups, groups) < 0 ||
	    setresgid(who->gid, who->gid, who->gid) < 0 ||
	    setresuid(who->uid, who->uid, who->uid) < 0)
		r = -errno;
	free(groups);
	return r;
}

static bool
is_runnable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

/*
 * Where a shell finds name: sh(1), "Path Search".  Nowhere: name as it is, or
 * the first file that may not be run.  The caller frees it; NULL: no memory.
 */
static char *
search(const char *name)
{
	const char *dir = getenv("PATH");
	SCOPED(text_release) char *second = NULL;

	while (strchr(name, '/') == NULL && dir != NULL && *dir != '\0') {
		int len = (int)strcspn(dir, ":");
		SCOPED(text_release) char *full = NULL;

		if (asprintf(&full, "%.*s/%s", len > 0 ? len : 1,
			len > 0 ? dir : ".", name) < 0)
			return NULL;
		if (is_runnable(full))
			return text_take(&full);
		if (second == NULL && access(full, F_OK) == 0)
			second = text_take(&full);
		dir += len;
		dir += *dir == ':' ? 1 : 0;
	}
	return second != NULL ? text_take(&second) : strdup(name);
}

static void
hear(const struct link *from, const struct record *line, void *context)
{
	(void)from;
	explanation_hear(context, line);
}

/* Returns 0 or a negative errno. */
static int
ask(int sock, const char *path, struct link *link, struct explanation *out)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	char text[PATH_MAX] = "", bytes[PATH_MAX + 64];
	ssize_t n;
	int r;

	if (strlen(path) >= sizeof(text))
		return -ENAMETOOLONG;
	(void)snprintf(text, sizeof(text), "%s", path);
	n = wire_pack_explain(text, bytes, sizeof(bytes));
	if (n < 0)
		return (int)n;
	(void)setsockopt(
	    sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	r = fdpass_send(sock, bytes, (size_t)n, -1);
	for (int more = r == 0; more > 0;)
		more = r = link_read(link, hear, out);
	if (r == 0 && !link->is_ended)
		r = -EPIPE;
	return r;
}

/* Returns -1, or the exit status. */
static int
learn(int sock, const char *path, struct explanation *out)
{
	struct link link = { .fd = sock };
	int r = ask(sock, path, &link, out);

	free(link.bytes);
	if (r == 0 && link.why[0] == '\0')
		return -1;
	if (r == -EPIPE)
		cli_say("cannot explain '%s': the guard ended without an "
			"answer; the system log (authpriv) says why",
		    path);
	else if (r == -EAGAIN)
		cli_say("cannot explain '%s': no answer within %d seconds",
		    path, PATIENCE_S);
	else
		cli_say("cannot explain '%s': %s", path,
		    r < 0 ? strerror(-r) : link.why);
	return EXIT_NO_GUARD;
}

/* All that is to be known before the answer is printed. */
static int
explain(const struct explain_options *opt, struct start *start,
    struct explanation *out)
{
	SCOPED(fd_release) int sock = -1;
	SCOPED(text_release) char *path = NULL;
	char why[WIRE_WHY];
	enum enter_result result = enter_explanation(
	    &start->options, &start->hello, &sock, why);
	int r;

	if (result != ENTER_GUARDED && result != ENTER_UNGUARDED) {
		cli_say("cannot explain '%s': %s", opt->command[0], why);
		return EXIT_NO_GUARD;
	}
	r = become(&start->who);
	if (r < 0) {
		cli_say(
		    "cannot become '%s': %s", start->who.name, strerror(-r));
		return EXIT_NO_GUARD;
	}
	path = opt->is_searched ? search(opt->command[0])
	                        : strdup(opt->command[0]);
	if (path == NULL) {
		(void)cli_no_memory();
		return EXIT_NO_GUARD;
	}
	out->has_arguments = opt->command[1] != NULL;
	if (result == ENTER_UNGUARDED) {
		explanation_unguarded(out, path, start->who.name);
		return -1;
	}
	r = learn(sock, path, out);
	explanation_ask_kernel(out);
	return r;
}

/* Returns the exit status: it would run, or not, or nobody knows. */
static int
print(const struct explanation *explanation, bool is_json)
{
	static const struct {
		const char *word;
		int status;
	} answers[] = {
		[ANSWER_UNKNOWN] = { "unknown", EXIT_NO_GUARD },
		[ANSWER_RUNS] = { "runs", EXIT_FINE },
		[ANSWER_GUARD] = { "refused", EXIT_WRONG },
		[ANSWER_KERNEL] = { "kernel", EXIT_WRONG },
	};
	enum answer answer = explanation_answer(explanation);

	if (!is_json) {
		explained_print(explanation);
		return answers[answer].status;
	}
	record_put_text(explanation->all, "answer", answers[answer].word);
	if (cli_print(explanation->all) < 0) {
		(void)cli_no_memory();
		return EXIT_NO_GUARD;
	}
	return answers[answer].status;
}

static int
explain_main(int argc, char **argv)
{
	struct explain_options opt = { .start = START_USUAL };
	SCOPED(start_release) struct start start = { 0 };
	SCOPED(explanation_release) struct explanation explanation = { 0 };
	int status = parse_options(argc, argv, &opt);

	if (status < 0)
		status = start_prepare(&opt.start, "explain for", &start);
	for (size_t i = 0; status < 0 && i < opt.n_groups; i++)
		status = add_group(opt.groups[i], &start);
	if (status >= 0)
		return status;
	start.options.is_explaining = true;
	explanation.all = record_new();
	status = explain(&opt, &start, &explanation);
	if (status >= 0)
		return status;
	return print(&explanation, opt.is_json);
}

/* clang-format off */
const struct verb explain_verb = { "explain", explain_main,
"say whether a program would run, and why not",
"usage: execguardctl explain [-j] [-u USER] [-g GROUP]... [-p PATH] [-P POLICY]\n"
"                            [-G GUARDD] FILE\n"
"       execguardctl explain [OPTION...] --argv COMMAND [ARGUMENT...]\n"
"\n"
"Ask a guard of its own what would become of the program: each file that the\n"
"kernel would load, each check of it, each directory above it, the verdict, and\n"
"what would change it.  Nothing is run, and no session is needed.\n"
"\n"
"  -u, --user USER      as root: for USER; anybody else asks for himself\n"
"  -g, --group GROUP    as if the user were in GROUP, too\n"
"  -p PATH              the policy file or folder (by default\n"
"                       " CONF_PATH ")\n"
"  -P, --policy POLICY  take this policy, whoever the user is\n"
"  -G, --guardd GUARDD  the guard's program (by default\n"
"                       " GUARDD_PATH ")\n"
"  -a, --argv           look COMMAND up as a shell does, along PATH\n"
"  -j, --json           as JSON\n"
"\n"
"Exit status: 0 it would run, 1 it would be refused, 2 usage, 125 that could not\n"
"be found out.\n"
"\n"
"Example: why can alice not run this?\n"
"  execguardctl explain -u alice /home/alice/bin/tool\n" };
/* clang-format on */
