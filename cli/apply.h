/*
 * apply.h - change PAM's files: all that are named, or none.
 */
#ifndef EXECGUARD_CLI_APPLY_H
#define EXECGUARD_CLI_APPLY_H

#include "common/scope.h"

struct proof;

/*
 * Prove that the changes let people in, keep copies, put the new texts in
 * place, and prove it again; where that fails, put the old ones back.  For an
 * enrolment what the guard stands on is proved, too, as the arguments of the
 * line name it.  Says on stderr what is wrong.  SIGHUP, SIGINT and SIGTERM wait
 * meanwhile.
 *
 * Returns 0 or a negative errno.
 */
int apply_changes(const struct proof *proof, const char *arguments) MUST_CHECK;

#endif
