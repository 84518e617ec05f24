/*
 * attach.h - attach to who asks for an exec, whatever else goes on.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_ATTACH_H
#define EXECGUARD_ATTACH_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"

struct question;
struct session;

/*
 * Attach to the thread that asked q, of the process tgid.  What a tracee has to
 * say first is served: that overwrites s->facts.
 *
 * Returns 0, -EPERM (another tracer has it, and keeps it), -ESRCH, -ETIMEDOUT
 * (an exec of its process does not come to its end), or another negative errno.
 * The caller makes the record.
 */
int attach_to(struct session *s, const struct question *q, pid_t tgid,
    bool is_held) MUST_CHECK;

/*
 * Whether tid has another tracer, and may have him: by policy, or because he is
 * root's, and no guard.
 */
bool attach_is_permitted(const struct session *s, pid_t tid);

/*
 * Attach to a thread that is to stop for a moment, unless it is attached: it is
 * let go at that stop.  Nobody is heard meanwhile.
 *
 * Returns 0, -EPERM (another tracer has it), -ESRCH, -ETIMEDOUT, -ENOMEM.
 * After 0 the caller makes it stop.
 */
int attach_for_a_moment(struct session *s, pid_t tid, pid_t tgid) MUST_CHECK;

#endif
