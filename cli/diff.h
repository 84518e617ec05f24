/*
 * diff.h - a change in one place of a text, as diff(1) with -u shows it.
 */
#ifndef EXECGUARD_CLI_DIFF_H
#define EXECGUARD_CLI_DIFF_H

/* Print it on stdout, for patch(1): the path is that of both. */
void diff_print(const char *path, const char *old, const char *text);

#endif
