/*
 * cli.h - what the verbs of execguardctl share.
 *
 * A verb is a file of its own; main.c has the table.  Sentences for people go
 * to stderr through cli_say(), data goes to stdout.
 */
#ifndef EXECGUARD_CLI_H
#define EXECGUARD_CLI_H

#include <stdbool.h>

/* Exit statuses; execguardctl(8) documents them. */
#define EXIT_FINE      0
#define EXIT_WRONG     1   /* the policy, a file, an answer is wrong */
#define EXIT_USAGE     2   /* the arguments are */
#define EXIT_UNGUARDED 3   /* doctor: somebody is not guarded who should be */
#define EXIT_NO_GUARD  125 /* run, explain: the guard could not be set up */
#define EXIT_NOT_RUN   126 /* run: refused, or not executable */
#define EXIT_NOT_FOUND 127 /* run: no such program */

struct verb {
	const char *name;
	/* Of its own arguments: argv[0] is its name.  Returns the exit status.
	 */
	int (*main)(int argc, char **argv);
	const char *summary;
	const char *usage; /* with an example */
};

extern const struct verb check_verb, crashes_verb, doctor_verb, enroll_verb,
    events_verb, explain_verb, forgive_verb, manifest_verb, metrics_verb,
    permit_verb, reload_verb, run_verb, sessions_verb, show_verb, unenroll_verb;

/* One line on stderr, after the program's name. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on stderr that begins with FILE:LINE itself. */
void cli_point(const char *line);

/* Point at the usage text of a verb. */
void cli_usage(const char *verb);

/* The same, for what getopt(3) refused with kind: ':' or '?'. */
void cli_bad_option(const char *verb, int kind, int option);

/* The options of a verb that has --json alone.  Returns -1 to go on, at optind,
 * or the exit status. */
int cli_read_json(int argc, char **argv, bool *is_json);

/* What went wrong in a verb, said on stderr.  Returns the exit status. */
int cli_no_argument(const char *verb, const char *argument);
int cli_no_memory(void);

struct record;

/* A record as one line on stdout.  Returns 0 or -ENOMEM. */
int cli_print(const struct record *record);

/* Print the usage text of a verb on stdout. */
void cli_help(const char *verb);

#endif
