#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/who.h"
#include "common/scope.h"
#include "gate/enter.h"

struct run_options {
	const char *user; /* borrowed from argv, as all of them; NULL: self */
	const char *conf;
	const char *policy;
	const char *guardd;
	bool is_debug;
	char **command;
};

/* Returns -1 when all is well, else the exit status. */
static int
parse_options(int argc, char **argv, struct run_options *out)
{
	int c;

	/* '+': the command's own options are not ours. */
	while ((c = getopt(argc, argv, "+:dhu:p:P:g:")) != -1) {
		switch (c) {
		case 'd':
			out->is_debug = true;
			break;
		case 'u':
			out->user = optarg;
			break;
		case 'p':
			out->conf = optarg;
			break;
		case 'P':
			out->policy = optarg;
			break;
		case 'g':
			out->guardd = optarg;
			break;
		case 'h':
			cli_help("run");
			return EXIT_FINE;
		default:
			cli_bad_option("run", c, optopt);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		cli_say("run: which command?");
		cli_usage("run");
		return EXIT_USAGE;
	}
	out->command = argv + optind;
	return -1;
}

/* The guard has another working directory than we.  The caller frees it. */
static char *
absolute(const char *path)
{
	SCOPED(text_release) char *here = NULL;
	char *full = NULL;

	if (path[0] == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here == NULL || asprintf(&full, "%s/%s", here, path) < 0)
		return NULL;
	return full;
}

/*
 * Who is to be guarded: root chooses, everybody else is himself.  Returns
 * -1, or the exit status.
 */
static int
find_user(const char *name, struct who *out)
{
	bool is_root = geteuid() == 0;
	int r = who_look_up(name, getuid(), out);

	if (r < 0)
		who_blame(name, r);
	else if (!is_root && out->uid != getuid())
		cli_say("only root can run a command as '%s': leave -u out to "
			"run it as yourself",
		    name);
	else
		return -1;
	return EXIT_NO_GUARD;
}

static void
set_text(char dst[WIRE_TEXT], const char *text)
{
	size_t len = text != NULL ? strlen(text) : WIRE_TEXT;

	if (len < WIRE_TEXT)
		memcpy(dst, text, len + 1);
}

/* Put this process under a guard.  Returns -1, or the exit status. */
static int
enter(const struct run_options *opt, const struct who *who)
{
	SCOPED(text_release) char *conf = absolute(opt->conf);
	SCOPED(text_release) char *guardd = absolute(opt->guardd);
	struct wire_hello hello = {
		.uid = who->uid,
		.service = "execguardctl",
		.n_groups = who->n_groups,
		.groups = who->groups, /* stays who's */
	};
	const struct enter_options options = {
		.guardd = guardd,
		.conf = conf,
		.policy = opt->policy,
		.is_debug = opt->is_debug,
		.keeps_stderr = opt->is_debug,
		.is_alone = true,
		.is_unprivileged = geteuid() != 0,
	};
	const char *tty = ttyname(STDERR_FILENO);
	char why[WIRE_WHY];

	if (conf == NULL || guardd == NULL) {
		cli_say("the working directory has no name: use absolute "
			"paths");
		return EXIT_NO_GUARD;
	}
	set_text(hello.user, who->name);
	set_text(hello.tty, tty != NULL ? tty : ttyname(STDIN_FILENO));

	switch (enter_session(&options, &hello, why)) {
	case ENTER_GUARDED:
		return -1;
	case ENTER_UNGUARDED:
		/* Guarding was asked for: never go on without. */
		cli_say("no policy in %s applies to '%s', so nothing would be "
			"guarded: name one with -P",
		    conf, who->name);
		break;
	case ENTER_NESTED: /* is_alone */
	case ENTER_REFUSED:
	case ENTER_BROKEN:
		cli_say("cannot guard '%s': %s", who->name, why);
		break;
	}
	return EXIT_NO_GUARD;
}

/*
 * From here on we are who, with his groups and without root's capabilities.
 * The filter is on already: it does not ask about any of these calls.
 */
static int
become(const struct who *who)
{
	if (initgroups(who->name, who->gid) < 0 ||
	    setresgid(who->gid, who->gid, who->gid) < 0 ||
	    setresuid(who->uid, who->uid, who->uid) < 0 ||
	    setenv("HOME", who->home, 1) < 0 ||
	    setenv("SHELL", who->shell[0] != '\0' ? who->shell : "/bin/sh", 1) <
		0 ||
	    setenv("USER", who->name, 1) < 0 ||
	    setenv("LOGNAME", who->name, 1) < 0)
		return -errno;
	return 0;
}

/* Whether a directory of PATH that we may search has name. */
static bool
is_on_path(const char *name)
{
	const char *dir = getenv("PATH");

	while (dir != NULL && *dir != '\0') {
		int len = (int)strcspn(dir, ":");
		SCOPED(text_release) char *full = NULL;

		if (asprintf(&full, "%.*s/%s", len > 0 ? len : 1,
			len > 0 ? dir : ".", name) < 0)
			full = NULL;
		if (full == NULL || access(full, F_OK) == 0)
			return true;
		dir += len;
		dir += *dir == ':' ? 1 : 0;
	}
	return false;
}

/* Become the command.  Returns, with the exit status, only on failure. */
static int
run_command(char **command)
{
	int error;

	(void)execvp(command[0], command);
	error = errno;
	/*
	 * execvp(3) says EACCES as well when root's PATH leads through a
	 * directory that the user may not search, and nothing was refused.
	 */
	if (error == EACCES && strchr(command[0], '/') == NULL &&
	    !is_on_path(command[0]))
		error = ENOENT;
	cli_say("cannot run '%s': %s", command[0], strerror(error));
	return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
}

static int
run_main(int argc, char **argv)
{
	struct run_options opt = { .conf = CONF_PATH, .guardd = GUARDD_PATH };
	SCOPED(who_release) struct who who = { 0 };
	int status = parse_options(argc, argv, &opt);
	int r;

	if (status < 0)
		status = find_user(opt.user, &who);
	if (status < 0)
		status = enter(&opt, &who);
	if (status >= 0)
		return status;

	if (opt.user != NULL && geteuid() == 0) {
		r = become(&who);
		if (r < 0) {
			cli_say(
			    "cannot become '%s': %s", who.name, strerror(-r));
			return EXIT_NO_GUARD;
		}
	}
	return run_command(opt.command);
}

/* clang-format off */
const struct verb run_verb = { "run", run_main, "run one command under a guard of its own",
"usage: execguardctl run [-d] [-u USER] [-p PATH] [-P POLICY]\n"
"                        [-g GUARDD] [--] COMMAND [ARGUMENT...]\n"
"\n"
"Run a command, and all that it starts, under a guard, without PAM.  An\n"
"ordinary user guards himself; set-id programs then have no effect.\n"
"\n"
"  -u USER    as root: become USER, and take his policy\n"
"  -p PATH    the policy file or folder (by default\n"
"             " CONF_PATH ")\n"
"  -P POLICY  take this policy, whoever the user is\n"
"  -g GUARDD  the guard's program (by default\n"
"             " GUARDD_PATH ")\n"
"  -d         the guard tells each of its steps\n"
"\n"
"Exit status: that of COMMAND; 2 usage, 125 the guard could not be set up,\n"
"126 COMMAND was refused or is not executable, 127 it was not found.\n"
"\n"
"Example: try a draft on alice before it is installed\n"
"  execguardctl run -u alice -p ./draft.conf -- bash -l\n" };
/* clang-format on */
