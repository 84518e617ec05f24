/*
 * cli.h - what the verbs of execguardctl share.
 *
 * A verb is a function of its own arguments (argv[0] is its name) that
 * returns the exit status.  Sentences for people go to stderr through
 * cli_say(), data goes to stdout.
 */
#ifndef EXECGUARD_CLI_H
#define EXECGUARD_CLI_H

/* Exit statuses; execguardctl(8) documents them. */
#define EXIT_FINE      0
#define EXIT_WRONG     1   /* check, manifest: the policy, a file is wrong */
#define EXIT_USAGE     2   /* the arguments are */
#define EXIT_NO_GUARD  125 /* run: the guard could not be set up */
#define EXIT_NOT_RUN   126 /* run: refused, or not executable */
#define EXIT_NOT_FOUND 127 /* run: no such program */

int check_main(int argc, char **argv);
int manifest_main(int argc, char **argv);
int run_main(int argc, char **argv);

/* One line on stderr, after the program's name. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on stderr that begins with FILE:LINE itself. */
void cli_point(const char *line);

/* Point at the usage text of a verb. */
void cli_usage(const char *verb);

/* The same, for what getopt(3) refused with kind: ':' or '?'. */
void cli_bad_option(const char *verb, int kind, int option);

/* Print the usage text of a verb on stdout. */
void cli_help(const char *verb);

#endif
