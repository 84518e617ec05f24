#include "guardd/newborn.h"

#include <limits.h>
#include <stdio.h>

#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "guardd/session.h"

/* What a newborn runs is what its parent runs: exec comes later. */
static void
inherit(const struct tracee *parent, struct tracee *child)
{
	child->user = parent->user;
	child->real = parent->real;
	program_drop(child->program);
	child->program = program_share(parent->program);
}

/*
 * A child may have been heard before its parent says that there is one, and
 * be let go, or reaped, by now.  Then its number proves nothing, and a record
 * of it would be believed at its next exec.
 */
void
newborn_announce(struct session *s, pid_t pid, pid_t number)
{
	const struct tracee *parent = tracees_find(&s->tracees, pid);
	struct tracee *child = tracees_find(&s->tracees, number);

	if (tracees_is_held(parent) && tracees_is_held(child) &&
	    child->is_guessed)
		inherit(parent, child);
	if (tracees_is_held(parent) && child == NULL && number != 0 &&
	    trace_is_ours(number)) {
		child = tracees_add(&s->tracees, number);
		/* clone(2) with CLONE_VFORK and CLONE_THREAD: no process. */
		if (child != NULL && !trace_is_leader(number))
			child->state = TRACEE_LEAVING;
		else if (child != NULL) {
			child->state = TRACEE_NEWBORN;
			inherit(parent, child);
		}
	}
	if (child != NULL)
		child->is_guessed = false;
}

bool
newborn_learn(struct session *s, pid_t tid)
{
	SCOPED(fd_release) int fd = proc_open_path(s->proc, tid, "exe");
	char link[32], path[PATH_MAX];
	const struct guest *guest;
	struct proc_status who;
	struct file_id id;
	struct tracee *t;
	ssize_t n;

	if (!trace_is_leader(tid) || fd < 0 || !collect_id(fd, &id) ||
	    proc_status(s->proc, tid, &who) < 0)
		return false;
	guest = guests_judge(&s->guests, who.real);
	if (guest_is_exempt(guest))
		return false;
	(void)snprintf(link, sizeof(link), "self/fd/%d", fd);
	n = readlinkat(s->proc, link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';

	t = tracees_add(&s->tracees, tid);
	if (t == NULL)
		return false;
	t->state = TRACEE_NEWBORN;
	t->user = guest->uid;
	t->real = who.real;
	t->program = program_new(id, NAME_UNKNOWN, path);
	t->is_guessed = true;
	return true;
}
