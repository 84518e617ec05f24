#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/start.h"
#include "common/scope.h"

struct run_options {
	struct start_options start;
	char **command; /* borrowed from argv, as all of them */
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
			out->start.is_debug = true;
			break;
		case 'u':
			out->start.user = optarg;
			break;
		case 'p':
			out->start.conf = optarg;
			break;
		case 'P':
			out->start.policy = optarg;
			break;
		case 'g':
			out->start.guardd = optarg;
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

/* Put this process under a guard.  Returns -1, or the exit status. */
static int
enter(const struct start *start)
{
	struct enter_options options = start->options;
	char why[WIRE_WHY];

	options.is_alone = true;
	switch (enter_session(&options, &start->hello, why)) {
	case ENTER_GUARDED:
		return -1;
	case ENTER_UNGUARDED:
		/* Guarding was asked for: never go on without. */
		cli_say("no policy in %s applies to '%s', so nothing would be "
			"guarded: name one with -P",
		    options.conf, start->who.name);
		break;
	case ENTER_NESTED: /* is_alone */
	case ENTER_REFUSED:
	case ENTER_BROKEN:
		cli_say("cannot guard '%s': %s", start->who.name, why);
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
	struct run_options opt = { .start = START_USUAL };
	SCOPED(start_release) struct start start = { 0 };
	int status = parse_options(argc, argv, &opt);
	int r;

	if (status < 0)
		status = start_prepare(&opt.start, "run a command as", &start);
	if (status < 0)
		status = enter(&start);
	if (status >= 0)
		return status;

	if (opt.start.user != NULL && geteuid() == 0) {
		r = become(&start.who);
		if (r < 0) {
			cli_say("cannot become '%s': %s", start.who.name,
			    strerror(-r));
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
