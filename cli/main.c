#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "common/record.h"
#include "common/scope.h"

/* As they are listed. */
static const struct verb *const verbs[] = {
	&check_verb,
	&crashes_verb,
	&doctor_verb,
	&enroll_verb,
	&events_verb,
	&explain_verb,
	&forgive_verb,
	&manifest_verb,
	&metrics_verb,
	&permit_verb,
	&reload_verb,
	&run_verb,
	&sessions_verb,
	&show_verb,
	&unenroll_verb,
};

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
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
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

int
cli_read_json(int argc, char **argv, bool *is_json)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' }, { 0 }
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hj", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help(argv[0]);
			return EXIT_FINE;
		case 'j':
			*is_json = true;
			break;
		default:
			cli_bad_option(argv[0], option, optopt);
			return EXIT_USAGE;
		}
	}
	return -1;
}

int
cli_no_argument(const char *verb, const char *argument)
{
	cli_say("%s: what is '%s'?", verb, argument);
	cli_usage(verb);
	return EXIT_USAGE;
}

int
cli_no_memory(void)
{
	cli_say("out of memory");
	return EXIT_WRONG;
}

int
cli_print(const struct record *record)
{
	SCOPED(text_release) char *line = record_line(record);

	if (line == NULL)
		return -ENOMEM;
	(void)puts(line);
	return 0;
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
		    to, "  %-8s %s\n", verbs[i]->name, verbs[i]->summary);
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
