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

#endif
