#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "common/scope.h"

/* clang-format off */
static const struct verb {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *summary;
	const char *usage;
} verbs[] = {
	{ "check", check_main, "say what is wrong with a policy, or what it is",
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
"  execguardctl check -u alice ./draft.conf\n" },
	{ "manifest", manifest_main, "make digests of files, or compare them",
"usage: execguardctl manifest create [-a ALGORITHM] [-o FILE] [--all] PATH...\n"
"       execguardctl manifest verify [-qw] MANIFEST [PATH...]\n"
"\n"
"create prints the digests of the programs and shared objects in the folders\n"
"that are named, and of each file that is, sorted by path, in the format of\n"
"sha256sum --tag.\n"
"\n"
"  -a ALGORITHM  SHA256 (if none is named), SHA384, SHA512, SHA3-256,\n"
"                SHA3-384, SHA3-512, BLAKE2b, BLAKE2b-256 or BLAKE2b-384\n"
"  -o FILE       replace FILE when all is done, and leave it as it was when\n"
"                something could not be read\n"
"  -A, --all     every regular file\n"
"\n"
"verify prints a line for each file that is not as MANIFEST says: PATH: and\n"
"mismatch, missing, unreadable, or link (one leads there, so that the guard\n"
"knows the file by another path); and for each program in the folders that\n"
"are named that MANIFEST does not have: unlisted.\n"
"\n"
"  -q  no sum, and no progress on the terminal\n"
"  -w  MD5 and SHA1 will do\n"
"\n"
"Exit status: 0 all is as it should be, 1 something is not, or cannot be read\n"
"or written, 2 usage.\n"
"\n"
"Example: has any system program changed, or come since?\n"
"  execguardctl manifest create -o usr.manifest /usr\n"
"  execguardctl manifest verify usr.manifest /usr\n" },
	{ "run", run_main, "run one command under a guard of its own",
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
"  execguardctl run -u alice -p ./draft.conf -- bash -l\n" },
};
/* clang-format on */

void
cli_say(const char *format, ...)
{
	va_list ap;

	(void)fputs("execguardctl: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void
cli_point(const char *line)
{
	(void)fprintf(stderr, "%s\n", line);
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < LENGTH(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

void
cli_usage(const char *verb)
{
	cli_say("try 'execguardctl help %s'", verb);
}

void
cli_bad_option(const char *verb, int kind, int option)
{
	if (kind == ':')
		cli_say("%s: what is the argument of -%c?", verb, option);
	else if (option == 0)
		cli_say("%s: there is no such long option", verb);
	else
		cli_say("%s: there is no option -%c", verb, option);
	cli_usage(verb);
}

void
cli_help(const char *verb)
{
	(void)fputs(find_verb(verb)->usage, stdout);
}

static void
list_verbs(FILE *to)
{
	(void)fputs("usage: execguardctl VERB [ARGUMENT...]\n\n", to);
	for (size_t i = 0; i < LENGTH(verbs); i++)
		(void)fprintf(
		    to, "  %-8s %s\n", verbs[i].name, verbs[i].summary);
	(void)fputs("  help     VERB: how it is used, with an example\n"
		    "\nExample: is the installed policy in order?\n"
		    "  execguardctl check\n",
	    to);
}

static void
say_no_verb(const char *name)
{
	cli_say("there is no verb '%s'; 'execguardctl help' lists them", name);
}

static int
help(const char *name)
{
	if (name == NULL) {
		list_verbs(stdout);
		return EXIT_FINE;
	}
	if (find_verb(name) == NULL) {
		say_no_verb(name);
		return EXIT_USAGE;
	}
	cli_help(name);
	return EXIT_FINE;
}

int
main(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2) {
		list_verbs(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		return help(argv[2]);
	verb = find_verb(argv[1]);
	if (verb == NULL) {
		say_no_verb(argv[1]);
		return EXIT_USAGE;
	}
	if (argc > 2 && strcmp(argv[2], "--help") == 0) {
		cli_help(verb->name);
		return EXIT_FINE;
	}
	return verb->main(argc - 1, argv + 1);
}
