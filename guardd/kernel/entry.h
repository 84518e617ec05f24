/*
 * entry.h - the text of /proc/TID/status and /proc/TID/stat.
 *
 * Floor 1b, pure.  proc(5).  The kernel writes both, but a process's name in
 * them is its own choice.
 */
#ifndef EXECGUARD_ENTRY_H
#define EXECGUARD_ENTRY_H

#include "guardd/kernel/proc.h"

/*
 * The text of status, or its beginning.  Returns 0; or -EIO, and out is
 * untouched.
 */
int entry_status(const char *text, struct proc_status *out) MUST_CHECK;

/*
 * Field number n of the text of stat, from 4 on, as proc(5) counts.  Returns 0;
 * or -EIO, and out is untouched.  A negative number wraps.
 */
int entry_stat(const char *text, int n, uint64_t *out) MUST_CHECK;

#endif
