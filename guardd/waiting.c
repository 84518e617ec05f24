#include "guardd/waiting.h"

#include <errno.h>
#include <string.h>

#include "guardd/ask.h"
#include "guardd/session.h"
#include "guardd/watch.h"

void
waiting_release(struct parking *parking)
{
	free(parking->at);
	*parking = (struct parking){ 0 };
}

static int
park(struct parking *parking, const struct parked *one)
{
	if (one->waiting.is_over)
		return -EBUSY;
	if (parking->n == parking->room) {
		size_t room = parking->room == 0 ? 16 : parking->room * 2;
		struct parked *more = realloc(
		    parking->at, room * sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		parking->at = more;
		parking->room = room;
	}
	parking->at[parking->n++] = *one;
	parking->n_questions += one->tracee == 0;
	return 0;
}

int
waiting_park(
    struct session *s, const struct question *q, const struct waiting *waiting)
{
	const struct parked one = { .q = *q, .waiting = *waiting };

	return park(&s->parking, &one);
}

int
waiting_stay(struct session *s, const struct tracee *t)
{
	const struct parked one = {
		.tracee = t->tid,
		.waiting = t->grant.waiting,
	};

	return park(&s->parking, &one);
}

int
waiting_explain(struct session *s, const struct waiting *waiting)
{
	const struct parked one = { .is_explained = true, .waiting = *waiting };

	return park(&s->parking, &one);
}

static int
serve(struct session *s, const struct parked *one)
{
	struct tracee *t;

	if (one->is_explained) {
		explanation_serve(s, one->waiting);
		return 0;
	}
	if (one->tracee == 0)
		return notify_is_pending(s->listener, &one->q)
		           ? ask_exec(s, &one->q, one->waiting)
		           : 0;
	t = tracees_find(&s->tracees, one->tracee);
	if (t != NULL)
		t->grant.waiting.is_over = one->waiting.is_over;
	watch_confirm(s, one->tracee);
	return 0;
}

/* Serve whoever waits for ticket; all, for the last time, when is_over.  Who is
 * not through then waits at the end of a new list. */
static int
wake(struct session *s, uint64_t ticket, bool is_over)
{
	struct parking before = s->parking;
	int error = 0;

	s->parking = (struct parking){ 0 };
	for (size_t i = 0; i < before.n; i++) {
		struct parked *one = &before.at[i];
		bool is_due = is_over || one->waiting.ticket == 0 ||
		              one->waiting.ticket == ticket;
		int r;

		one->waiting.is_over = is_over;
		r = is_due ? serve(s, one) : park(&s->parking, one);
		if (r < 0 && error == 0)
			error = r;
	}
	waiting_release(&before);
	return error;
}

/* Its questions will not be answered: whoever waits is refused. */
static int
give_up(struct session *s, const char *why)
{
	struct event_source from = session_source(s, NULL);

	event_inspector(&from, why);
	inspector_end(&s->inspector);
	return wake(s, 0, true);
}

int
waiting_hear(struct session *s)
{
	bool owes = s->inspector.n_asked > 0;
	uint64_t ticket;
	int r = inspector_hear(&s->inspector, collect_now(), &ticket);

	if (r == -EPROTO)
		return give_up(s, "nonsense");
	if (r < 0 && owes)
		return give_up(s, "died");
	if (r < 0) {
		inspector_end(&s->inspector);
		return 0;
	}
	return ticket != 0 ? wake(s, ticket, false) : 0;
}

int
waiting_look_at_clock(struct session *s)
{
	int r;

	if (inspector_patience_ms(&s->inspector, collect_now()) != 0)
		return 0;
	if (s->inspector.n_asked == 0) {
		inspector_end(&s->inspector);
		return 0;
	}
	/* It may have spoken while we were busy: then it is not late, we are.
	 */
	r = waiting_hear(s);
	if (r < 0 || inspector_patience_ms(&s->inspector, collect_now()) != 0)
		return r;
	return give_up(s, "late");
}
