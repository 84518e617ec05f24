/*
 * replace.h - another text for a file, at once or not at all; and the folder
 * where we keep what it was.
 */
#ifndef EXECGUARD_CLI_REPLACE_H
#define EXECGUARD_CLI_REPLACE_H

#include "common/scope.h"

#define REPLACE_STATE   "/var/lib/execguard"
#define REPLACE_BACKUPS REPLACE_STATE "/pam"

/*
 * Make the folder of the backups, and be the only one to work in it until the
 * descriptor is closed.  Returns it, or -EWOULDBLOCK (another does), -EPERM (it
 * is not root's alone) or another negative errno.
 */
int replace_lock(void) MUST_CHECK;

/* Keep a text as NAME.TIME there; *out is the path, owned.  Returns 0 or a
 * negative errno. */
int replace_keep(const char *name, const char *text, char **out) MUST_CHECK;

/*
 * Give a file of CHAIN_FOLDER another text.  Owner, mode, access list, label
 * and other extended attributes stay.  When this returns, or the machine ends
 * meanwhile, the file is the old or the new one, whole.
 *
 * Returns 0 or a negative errno.
 */
int replace_text(const char *path, const char *text) MUST_CHECK;

#endif
