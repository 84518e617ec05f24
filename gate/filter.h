/*
 * filter.h - the exec filter, and the only file that sees seccomp.h.
 *
 * Floor 1c.  Needs CAP_SYS_ADMIN, or no_new_privs.  seccomp(2),
 * seccomp_unotify(2).
 *
 * One program for the native and every compatible ABI; another one is killed.
 *
 *	execve, execveat                    ask the guard
 *	ptrace TRACEME, ATTACH, SEIZE       ask the guard
 *	prctl HYPERCALL_MAGIC               ask the guard (common/magic.h)
 *	seccomp with FLAG_NEW_LISTENER      EBUSY
 *	process_vm_writev                   ask the guard
 *
 * and with FILTER_LIBRARIES
 *
 *	mmap of a file, with PROT_EXEC      ask the guard
 *	mprotect, pkey_mprotect PROT_EXEC   ask the guard
 *	personality READ_IMPLIES_EXEC       ask the guard
 *	shmat SHM_EXEC                      ask the guard
 *	clone CLONE_FILES, not of a thread  EPERM
 *	clone3, uselib, and on i386 mmap    ENOSYS: what they want stands in
 *	(number 90, not mmap2)              memory
 *
 * Behind its last instruction stand three more that nothing can reach: load
 * the low half of the cookie, load its high half, kill.  They make this filter
 * the session's own to whoever reads it by PTRACE_SECCOMP_GET_FILTER.
 */
#ifndef EXECGUARD_FILTER_H
#define EXECGUARD_FILTER_H

#include <stdint.h>

#include "common/scope.h"

enum filter_flag {
	FILTER_NO_NEW_PRIVS = 1,
	FILTER_LIBRARIES = 2,
};

/*
 * Put every thread of this process, and whatever it will start, under the
 * filter, for good.
 *
 * *out_listener is the descriptor on which the questions arrive (close-on-exec,
 * owned by the caller).  From here until somebody serves it an exec waits, and
 * once it is closed everywhere an exec fails with ENOSYS.
 *
 * flags are of enum filter_flag.  no_new_privs is set first when asked for, and
 * stays set on failure.
 *
 * Returns 0, or with nothing installed
 *   -EBUSY             another supervisor has a listener on this process
 *   -EACCES            neither CAP_SYS_ADMIN nor no_new_privs
 *   -ESRCH             a thread has another filter and cannot be covered
 *   -EINVAL, -ENOSYS, -EOPNOTSUPP
 *                      the kernel is too old, or has no seccomp filters
 * or another negative errno.
 */
int filter_install(
    uint64_t cookie, unsigned flags, int *out_listener) MUST_CHECK;

#endif
