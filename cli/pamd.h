/*
 * pamd.h - the session part of a PAM stack, as PAM reads it: pam.d(5).
 *
 * Files are looked for in /etc/pam.d and then in the vendor's folder; what a
 * line includes is put in its place.
 */
#ifndef EXECGUARD_CLI_PAMD_H
#define EXECGUARD_CLI_PAMD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/scope.h"

#define PAMD_WHY     512
#define PAMD_ANSWERS 32 /* what a module may answer */

/* The answers that are asked for by name. */
enum pamd_answer {
	PAMD_SUCCESS = 0,
	PAMD_BUF_ERR = 5,
	PAMD_USER_UNKNOWN = 10,
	PAMD_SESSION_ERR = 14,
};

/* What follows of an answer; above zero: so many lines are passed over. */
enum pamd_action {
	PAMD_IGNORE = 0,
	PAMD_OK = -1,
	PAMD_DONE = -2,
	PAMD_BAD = -3,
	PAMD_DIE = -4,
	PAMD_RESET = -5,
};

struct pamd_line {
	char *file; /* owned, as is what follows */
	char *control;
	char *module;
	char **arguments; /* NULL-terminated */
	unsigned number;  /* in file */
	unsigned depth;   /* of substacks */
	bool is_optional; /* -session: nothing happens where there is no such
	                     module */
	int actions[PAMD_ANSWERS];
};

struct pamd {
	char *file; /* owned: of the service itself */
	struct pamd_line *at;
	size_t n;
};

void pamd_release(struct pamd *stack);

/* /etc/pam.d and /usr/lib/pam.d; NULL-terminated. */
extern const char *const pamd_folders[];

/* Whether a service has a file of its own. */
bool pamd_exists(const char *const *folders, const char *service);

/*
 * Read the stack of a service.  A service without a line for sessions has
 * those of "other".
 *
 * Returns 0, or a negative errno (-EINVAL: PAM would not understand it
 * either) with a clause in why.  The caller releases out.
 */
int pamd_read(const char *const *folders, const char *service, struct pamd *out,
    char why[PAMD_WHY]) MUST_CHECK;

/* The first line of a module, by its file's name, or the number of lines. */
size_t pamd_find(const struct pamd *stack, const char *module);

/*
 * The line before line that can have PAM pass over it, or the number of lines:
 * by a jump, or as the end of the stack that both are in.
 */
size_t pamd_passes_over(const struct pamd *stack, size_t line);

/* Whether the session fails when this module does. */
bool pamd_minds(const struct pamd_line *line);

#endif
