/*
 * harden.h - what a policy wants of the session's first process, and all that
 * it starts: by prctl(2), inherited by fork and exec, with no way back.
 *
 * Floor 1c.  Needs no privilege.
 */
#ifndef EXECGUARD_HARDEN_H
#define EXECGUARD_HARDEN_H

#include <stdint.h>

#include "common/scope.h"

/*
 * Apply bits of WIRE_HARDEN_ALL (common/wire.h) to this process:
 *
 *	WRITE_EXEC	PR_SET_MDWE, Linux 6.3: no memory that is both writable
 *			and executable, and none that becomes executable
 *	SCRIPTS		SECBIT_EXEC_RESTRICT_FILE, Linux 6.14: interpreters that
 *			know it ask execveat(AT_EXECVE_CHECK) before they read
 *	INTERACTIVE	SECBIT_EXEC_DENY_INTERACTIVE, Linux 6.14: and they read
 *			nothing else (-c, standard input)
 *
 * The last two belong to the calling thread and what it starts.  Returns 0, or
 * a negative errno with a static clause in *out_what that names the keyword and
 * the kernel it needs; nothing is half-applied then.
 */
int harden_apply(uint32_t wanted, const char **out_what) MUST_CHECK;

#endif
