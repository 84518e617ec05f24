/*
 * target.h - whom the number in a ptrace(2) means.
 *
 * Floor 1b.
 */
#ifndef EXECGUARD_TARGET_H
#define EXECGUARD_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"

/* Whether this request of ptrace(2) is TRACEME: of the caller himself. */
bool target_is_self(uint64_t request);

/*
 * Whether these arguments of ptrace(2) are a seizure that wants to hear of the
 * calls that the target's own filter has traced (PTRACE_O_TRACESECCOMP).  Of an
 * exec it would hear nothing: of two answers the kernel takes ours.
 */
bool target_is_filtered(const uint64_t args[]);

/*
 * The thread that asker knows by number, as we know it.  pid_namespaces(7); in
 * a namespace that is not ours only Linux 6.11 tells (NS_GET_PID_FROM_PIDNS).
 *
 * Returns its number, or -ESRCH: there is none, or it cannot be known.
 */
pid_t target_of(int proc, pid_t asker, pid_t number) MUST_CHECK;

/*
 * Whether another process of effective uid could look into tid's memory, as far
 * as that is tid's to say: a program that gained by its exec (set-id, file
 * capabilities), that its user may not read, or that said so itself, shows as
 * root's in /proc (proc(5), "dumpable").
 */
bool target_is_plain(int proc, pid_t tid, uid_t uid);

#endif
