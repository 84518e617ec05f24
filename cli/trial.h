/*
 * trial.h - try stacks before PAM reads them.
 *
 * A private folder has a link to each of PAM's files, and files of our own for
 * those that are tried; sessions are opened by it (pam_start_confdir(3)).
 */
#ifndef EXECGUARD_CLI_TRIAL_H
#define EXECGUARD_CLI_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/replace.h"
#include "common/scope.h"

struct change;

#define TRIAL_FOLDER REPLACE_BACKUPS "/.trial"
/* A policy that guards everybody, also root, and refuses nothing. */
#define TRIAL_POLICY TRIAL_FOLDER "/policy"

enum trial_stack {
	TRIAL_OLD = 0, /* as it was */
	TRIAL_NEW,     /* as it shall be */
	TRIAL_GUARDED, /* the same, but by the policy of the trial */
	TRIAL_ALONE,   /* no line but ours, by that policy */
	TRIAL_STACKS,
};

/* Make the folder, in place of one that was left.  Needs replace_lock().
 * Returns 0 or a negative errno. */
int trial_begin(const struct change *changes, size_t n) MUST_CHECK;

/* Remove it. */
void trial_end(void);

/* Where the stacks of a kind are. */
const char *trial_folder(enum trial_stack stack);

#endif
