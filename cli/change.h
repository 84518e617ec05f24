/*
 * change.h - our line in the PAM stack of one service: what is to be changed.
 *
 * Reads, and changes nothing.
 */
#ifndef EXECGUARD_CLI_CHANGE_H
#define EXECGUARD_CLI_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/chain.h"
#include "common/scope.h"

#define CHANGE_MODULE "pam_execguard.so"

struct change {
	const char *service; /* borrowed */
	char *path;          /* owned, as all the rest */
	char *old;
	char *text;  /* what it shall be; NULL: it is so already, */
	char *note;  /* and this says why */
	char *trial; /* as text, the line with more arguments, */
	char *alone; /* and all these arguments */
	char *backup;
	/* Who was seen to get in by it. */
	bool lets_root_in, lets_user_in;
};

/* What is asked for. */
struct change_wish {
	const char *arguments; /* of our line, one blank between two */
	const char *more;      /* of our line in a trial */
	const struct chain_draft *drafts;
};

void change_release(struct change *change);

/*
 * Plan to put the line into the stack of a service, where pam_execguard(8)
 * says; or to take it out.
 *
 * Returns 0, -ENOMEM, or another negative errno with FILE:LINE: and a clause,
 * or a sentence, in why; out is untouched on failure.
 */
int change_enroll(const char *service, const struct change_wish *wish,
    struct change *out, char why[CHAIN_WHY]) MUST_CHECK;
int change_unenroll(const char *service, const struct change_wish *wish,
    struct change *out, char why[CHAIN_WHY]) MUST_CHECK;

/* Whether the file is still as it was read: 0, -ESTALE or another errno. */
int change_check(const struct change *change) MUST_CHECK;

#endif
