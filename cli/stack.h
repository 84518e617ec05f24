/*
 * stack.h - the text of a PAM stack (pam.d(5)), line by line.
 *
 * Pure.  Stricter than PAM: what two versions of Linux-PAM might read in two
 * ways is not understood.
 */
#ifndef EXECGUARD_CLI_STACK_H
#define EXECGUARD_CLI_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/scope.h"

enum stack_type {
	STACK_OTHER = 0, /* auth, account, password */
	STACK_SESSION,
	STACK_ALL, /* @include */
};

enum stack_how {
	STACK_INCLUDE = 0,
	STACK_SUBSTACK,
	STACK_MODULE,
};

/* One line that says something to PAM, with those that it goes on in. */
struct stack_line {
	size_t at, len;  /* its bytes, the newline of the last among them */
	unsigned number; /* of the first, from 1 */
	enum stack_type type;
	enum stack_how how;
	bool ends_early; /* a success would end the stack */
	unsigned jump;   /* how many of the next it may skip */
	char *what;      /* owned: the module, or what is included */
	char *words;     /* owned: all words, a blank between two */
};

struct stack {
	char *text; /* owned */
	size_t len;
	struct stack_line *at; /* owned */
	size_t n;
};

void stack_release(struct stack *stack);

/*
 * Read a text; NUL-terminated, as all texts here.
 *
 * Returns 0, -ENOMEM, or -EINVAL with the number of a line and a static clause
 * that says what is wrong there; out is untouched on failure.
 */
int stack_read(const char *text, size_t len, struct stack *out,
    unsigned *out_line, const char **out_why) MUST_CHECK;

/* Whether a line is one of this module, by whatever path. */
bool stack_is_of(const struct stack_line *line, const char *module);

/* Whether a line has this word. */
bool stack_has(const struct stack_line *line, const char *word);

/*
 * The text with one more line at an offset where a line begins, or at the end;
 * or without one of its lines.  All other bytes stay, and whether the last line
 * ends in a newline, so the one undoes the other.  Owned; NULL: out of memory.
 */
char *stack_insert(
    const struct stack *stack, size_t at, const char *line) MUST_CHECK;
char *stack_remove(
    const struct stack *stack, const struct stack_line *line) MUST_CHECK;

#endif
