/*
 * parse.h - text to policies, errors as file:line.
 *
 * Floor 1a; the only file that sees confuse.h, and the only one of this
 * folder that is not pure: it allocates, and asks common/names.h for the
 * numbers of `owners' and `writers'.
 */
#ifndef EXECGUARD_PARSE_H
#define EXECGUARD_PARSE_H

#include <stddef.h>

#include "common/scope.h"
#include "policy/policy.h"

struct trusted_files;

#define PARSE_WHY 1024

/* The largest policy file that is read. */
#define PARSE_FILE_MAX 262144

/*
 * Read all files, in order, into one list of policies.
 *
 * All or nothing: on the first error returns -EINVAL (or -ENOMEM), leaves out
 * untouched and puts one line "FILE:LINE: what is wrong" into why, naming the
 * offending word.  The text is never expanded: a "${" is an error, and the
 * environment is empty while libconfuse reads.
 *
 * No file, or no policy in them, is no error: nobody is guarded.
 * The caller releases out with policies_release().
 */
int parse_policies(const struct trusted_files *files, struct policies *out,
    char why[PARSE_WHY]) MUST_CHECK;

/*
 * The keywords of one section ("" for the top level, "policy", "tpe", ...),
 * NULL-terminated and static; NULL for an unknown section.  For the manual's
 * check and for completion.
 */
const char *const *parse_keywords(const char *section);

#endif
