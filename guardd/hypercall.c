#include "guardd/hypercall.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "common/magic.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "guardd/session.h"

static int *
free_caller(struct session *s)
{
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (s->callers[i] < 0)
			return &s->callers[i];
	/* All are busy, or asleep: the first has waited longest. */
	fd_release(&s->callers[0]);
	memmove(&s->callers[0], &s->callers[1],
	    sizeof(s->callers) - sizeof(s->callers[0]));
	return &s->callers[CALLERS_MAX - 1];
}

/* The hypercall: a PAM session inside this one wants to talk. */
void
hypercall_answer(struct session *s, const struct question *q)
{
	struct proc_status who;
	int ends[2], r;

	if (q->args[1] != HYPERCALL_CONNECT)
		r = -EINVAL;
	else if (q->tid == 0 || proc_identity(s->proc, q->tid, &who) < 0 ||
		 who.effective != 0 || s->options.is_unprivileged ||
		 !proc_shares_userns(s->proc, q->tid) ||
		 !notify_is_pending(s->listener, q))
		r = -EPERM;
	else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) <
		 0)
		r = -errno;
	else {
		int *slot = free_caller(s);

		*slot = ends[0];
		r = notify_give_fd(s->listener, q, ends[1]);
		(void)close(ends[1]);
		if (r < 0) {
			(void)close(ends[0]);
			*slot = -1;
		}
	}
	if (r < 0)
		(void)notify_refuse(s->listener, q, -r);
}
