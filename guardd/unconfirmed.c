#include "guardd/unconfirmed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "guardd/confirm.h"
#include "guardd/enforce.h"
#include "guardd/kernel/proc.h"
#include "guardd/place.h"
#include "guardd/request.h"
#include "guardd/session.h"

static void
unseen_release(struct unseen *one)
{
	fd_release(&one->process);
	free(one->grant.path);
}

void
unconfirmed_release(struct unconfirmed *all)
{
	for (size_t i = 0; i < all->n; i++)
		unseen_release(&all->at[i]);
	free(all->at);
	*all = (struct unconfirmed){ 0 };
}

static int
look_at_thread(
    const struct session *s, pid_t pid, pid_t tid, struct appearance *out)
{
	uint64_t arguments = proc_arguments(s->proc, tid);
	struct statx program;
	char entry[32];
	int r;

	/* By its process: another's thread may have the number by now. */
	(void)snprintf(entry, sizeof(entry), "task/%d/exe", (int)tid);
	r = proc_look_at(s->proc, pid, entry, &program);
	if (r < 0)
		return r;
	out->program = place_id(&program);
	out->arguments = arguments;
	return 0;
}

/*
 * A leader that has ended shows nothing; then the asker does, until its exec
 * makes it the leader.  Returns 0 or a negative errno: the process has ended.
 */
static int
look_at(const struct session *s, pid_t pid, pid_t tid, struct appearance *out)
{
	int r = look_at_thread(s, pid, pid, out);

	if (r < 0 && tid != pid)
		r = look_at_thread(s, pid, tid, out);
	if (r < 0 && tid != pid)
		r = look_at_thread(s, pid, pid, out);
	return r;
}

void
unconfirmed_forget(struct unconfirmed *all, pid_t pid, pid_t tid)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct unseen *one = &all->at[i];

		if (one->pid == pid && (tid == 0 || one->tid == tid))
			unseen_release(one);
		else
			all->at[n++] = *one;
	}
	all->n = n;
}

/* Room for one more, or NULL. */
static struct unseen *
room_for_one(struct session *s)
{
	struct unconfirmed *all = &s->unconfirmed;

	if (all->at == NULL)
		all->at = calloc(UNCONFIRMED_MAX, sizeof(*all->at));
	if (all->n == UNCONFIRMED_MAX)
		unconfirmed_on_turn(s);
	if (all->at == NULL || all->n == UNCONFIRMED_MAX)
		return NULL;
	return &all->at[all->n];
}

int
unconfirmed_note(struct session *s, const struct request *r)
{
	struct unconfirmed *all = &s->unconfirmed;
	struct appearance before;
	struct unseen *one;
	uint64_t now = collect_now();
	int process;

	unconfirmed_forget(all, r->who.tgid, r->q.tid);
	one = room_for_one(s);
	if (one == NULL || look_at(s, r->who.tgid, r->q.tid, &before) < 0 ||
	    (process = proc_pin(r->who.tgid)) < 0)
		return -EAGAIN;
	*one = (struct unseen){
		.pid = r->who.tgid,
		.tid = r->q.tid,
		.process = process,
		.call = { r->q.args[0], r->q.args[1], r->q.args[2] },
		.grant = {
			.uid = r->who.real,
			.is_known = r->is_known,
			.first = r->first,
			.program = r->program,
			.path = strdup(r->path),
			.waiting = { .since = s->inspector.last_ticket },
		},
		.before = before,
		.next = now + 1,
		.until = now + UNCONFIRMED_MS,
		.pause_ms = 1,
	};
	all->n++;
	s->debuggers.were_let = true; /* root outside needs not ask us */
	return 0;
}

/* Whether ask allowed this program to any thread of its process. */
static bool
is_granted(const struct unconfirmed *all, pid_t pid, struct file_id program)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].pid == pid && all->at[i].grant.is_known &&
		    same_file(all->at[i].grant.program, program))
			return true;
	return false;
}

/*
 * Whether there is nothing more to look for.  The program that it had, and the
 * one that ask allowed, are permitted: of these it only matters whether the
 * exec is over.
 */
static bool
is_seen(struct session *s, struct unseen *one, uint64_t now)
{
	struct appearance is;

	if (look_at(s, one->pid, one->tid, &is) < 0)
		return true;
	if (proc_is_in_call(s->proc, one->tid, one->call))
		one->until = now + UNCONFIRMED_MS; /* a slow file, perhaps */
	if (same_file(is.program, one->before.program))
		return is.arguments != one->before.arguments ||
		       now >= one->until;
	if (is_granted(&s->unconfirmed, one->pid, is.program))
		return true;
	one->grant.waiting.is_over = now >= one->until;
	switch (confirm_running(s, one->pid, &one->grant)) {
	case SEEN_LATER:
		return false;
	case SEEN_PERMITTED:
		return true;
	case SEEN_FATAL:
		s->unconfirmed.ending = guests_judge(
		    &s->guests, one->grant.uid);
		break;
	case SEEN_DENIED:
		break;
	}
	proc_signal(one->process, SIGKILL);
	return true;
}

/* Returns whether it is done with. */
static bool
serve(struct session *s, struct unseen *one, uint64_t now)
{
	if (now < one->next)
		return false;
	if (is_seen(s, one, now))
		return true;
	one->pause_ms *= 2;
	if (one->pause_ms > UNCONFIRMED_EVERY_MS)
		one->pause_ms = UNCONFIRMED_EVERY_MS;
	one->next = now + one->pause_ms;
	return false;
}

void
unconfirmed_on_turn(struct session *s)
{
	struct unconfirmed *all = &s->unconfirmed;
	uint64_t now = all->n > 0 ? collect_now() : 0;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (serve(s, &all->at[i], now))
			unseen_release(&all->at[i]);
		else
			all->at[n++] = all->at[i];
	}
	all->n = n;
	/* Not before: that hears tracees, whose execs may be in the list. */
	if (all->ending != NULL)
		enforce_end(s, all->ending);
	all->ending = NULL;
}

int
unconfirmed_patience_ms(const struct unconfirmed *all, uint64_t now)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].next < first)
			first = all->at[i].next;
	return clock_left_ms(first, now);
}
