/*
 * lines.h - a PAM file cut into lines and words, in place: pam.d(5).
 *
 * Pure.
 */
#ifndef EXECGUARD_CLI_LINES_H
#define EXECGUARD_CLI_LINES_H

#include <stdbool.h>

/*
 * The next line, as PAM joins it: up to a '#', or to a newline that no
 * backslash is before.  number is that of its last line in the file.  NULL at
 * the end.
 */
char *lines_next(char **rest, unsigned *number);

/* The next word, or what is in the brackets that it is; NULL at the end. */
char *lines_word(char **rest, bool *out_is_bracketed);

#endif
