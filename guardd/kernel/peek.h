/*
 * peek.h - read the memory of a process that is asking, or stopped.
 *
 * Floor 1b: knows no policy.  Needs ptrace access to the process
 * (process_vm_readv(2)).
 */
#ifndef EXECGUARD_PEEK_H
#define EXECGUARD_PEEK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"

/*
 * Copy the string at addr in tid into dst, which holds size bytes.
 *
 * From an asker this is hearsay: another thread may change the bytes once we
 * have read them, and the kernel reads them again for itself.  Use them to
 * find a file to open and to word an event; what was really loaded is judged
 * at the exec stop.  And tid may have been recycled: ask
 * notify_is_pending() afterwards, before believing it.
 *
 * Returns the length without the NUL, or -ENAMETOOLONG (no NUL within size
 * bytes), -EFAULT (it could not read there itself), -ESRCH, -EPERM.
 */
ssize_t peek_string(
    pid_t tid, uint64_t addr, char *dst, size_t size) MUST_CHECK;

#endif
