/*
 * chain.h - the session part of a service, with all that it includes, in the
 * order in which PAM goes through it.
 */
#ifndef EXECGUARD_CLI_CHAIN_H
#define EXECGUARD_CLI_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/stack.h"
#include "common/scope.h"

#define CHAIN_FOLDER   "/etc/pam.d"     /* PAM reads this first, */
#define CHAIN_FALLBACK "/usr/lib/pam.d" /* and this for want of a file */
#define CHAIN_FILE_MAX 65536
#define CHAIN_WHY      1024

/* A text that is not yet where PAM reads it. */
struct chain_draft {
	const char
	    *service; /* borrowed, as the text; NULL: the end of a list */
	const char *text;
};

struct chain_file {
	char *path; /* owned */
	struct stack stack;
};

struct chain_link {
	const char *path;              /* the chain's */
	const struct stack_line *line; /* the chain's */
	size_t top;     /* the line of the service's own file it came by */
	unsigned level; /* so many substacks deep */
};

struct chain {
	struct chain_file **files; /* owned; the first is the service's own */
	size_t n_files;
	struct chain_link *at; /* owned */
	size_t n;
};

void chain_release(struct chain *chain);

/*
 * Read the file of a service, its draft for it where there is one, and what it
 * includes.  Returns 0, or a negative errno with FILE:LINE: and a clause, or a
 * sentence, in why.
 */
int chain_read(const char *service, const struct chain_draft *drafts,
    struct chain *out, char why[CHAIN_WHY]) MUST_CHECK;

/*
 * Where our line goes, by pam_execguard(8): its offset in the service's own
 * file, and its index in the chain.  lets_in: it has onerr=succeed.
 */
void chain_place(const struct chain *chain, bool lets_in, size_t *out_offset,
    size_t *out_index);

/*
 * What keeps PAM from going on to the link at index at (or from the last to one
 * behind it), when all modules before it succeed or are skipped; NULL: nothing.
 */
const struct chain_link *chain_obstacle(const struct chain *chain, size_t at);

/* Whether a line skips others, and its count goes beyond the index at. */
const struct chain_link *chain_jump(const struct chain *chain, size_t at);

#endif
