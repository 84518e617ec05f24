/*
 * above.h - who may change a file or folder, and all folders above it.
 */
#ifndef EXECGUARD_CLI_ABOVE_H
#define EXECGUARD_CLI_ABOVE_H

#include <limits.h>

#include "common/scope.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * What a section tpe whose owners and writers are those of rules (and for
 * whom path is below a root) has against path, symbolic links resolved; its
 * filesystem is no matter here.
 *
 * Returns 0 with a reason, and with what it is about in at unless it is
 * REASON_NONE; or a negative errno.
 */
int above_judge(const struct tpe_rules *rules, const char *path,
    enum reason *out, char at[PATH_MAX]) MUST_CHECK;

/* The same for what only root may change. */
int above_judge_system(
    const char *path, enum reason *out, char at[PATH_MAX]) MUST_CHECK;

/* The reason in words that follow what it is about, and the command that
 * mends it. */
const char *above_clause(enum reason reason);
const char *above_command(enum reason reason);

#endif
