#include "guardd/loop.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "guardd/session.h"

/* In order of priority: a tracee is heard before the inspector, whom somebody
 * waits for, he before the next question, a question before a session that
 * wants in, and they before an administrator.  But see next_of(). */
enum source {
	SOURCE_CHILDREN,
	SOURCE_INSPECTOR,
	SOURCE_LISTENER,
	SOURCE_STARTER,
	SOURCE_CALLERS,
	SOURCE_CONTROL = SOURCE_CALLERS + CALLERS_MAX,
	SOURCE_ADMINISTRATORS,
	SOURCES = SOURCE_ADMINISTRATORS + CONTROL_CALLERS,
};

/* Every so many turns one of those from SOURCE_STARTER on goes first. */
#define TURNS 16

static int
serve(struct session *s, size_t source, short revents)
{
	switch (source) {
	case SOURCE_CHILDREN:
		return session_on_children(s, revents);
	case SOURCE_INSPECTOR:
		return session_on_inspector(s, revents);
	case SOURCE_LISTENER:
		return session_on_listener(s, revents);
	case SOURCE_STARTER:
		return session_on_starter(s, revents);
	case SOURCE_CONTROL:
		control_on_listener(s);
		return 0;
	default:
		break;
	}
	if (source < SOURCE_CONTROL)
		return session_on_caller(s, source - SOURCE_CALLERS, revents);
	control_on_caller(s, source - SOURCE_ADMINISTRATORS, revents);
	return 0;
}

static int
fd_of(const struct session *s, size_t source)
{
	switch (source) {
	case SOURCE_CHILDREN:
		return s->children;
	case SOURCE_INSPECTOR:
		return s->inspector.sock;
	case SOURCE_LISTENER:
		/* One in, one out. */
		return s->parking.n_questions < WAITING_QUESTIONS ? s->listener
		                                                  : -1;
	case SOURCE_STARTER:
		return s->starter;
	case SOURCE_CONTROL:
		return s->control.listener;
	default:
		break;
	}
	return source < SOURCE_CONTROL
	           ? s->callers[source - SOURCE_CALLERS]
	           : s->control.callers[source - SOURCE_ADMINISTRATORS].fd;
}

static short
events_of(const struct session *s, size_t source)
{
	return source >= SOURCE_ADMINISTRATORS
	           ? control_awaits(
			 &s->control.callers[source - SOURCE_ADMINISTRATORS])
	           : POLLIN;
}

/* What is to be waited for.  Returns how many; from[i] is ready[i]'s source. */
static nfds_t
prepare(
    const struct session *s, struct pollfd ready[SOURCES], size_t from[SOURCES])
{
	nfds_t n = 0;

	for (size_t i = 0; i < SOURCES; i++) {
		int fd = fd_of(s, i);

		if (fd < 0)
			continue;
		ready[n] = (struct pollfd){ .fd = fd,
			.events = events_of(s, i) };
		from[n++] = i;
	}
	return n;
}

static int
await(struct pollfd *ready, nfds_t n, int64_t ns)
{
	const struct timespec patience = { .tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000 };

	return ppoll(ready, n, ns < 0 ? NULL : &patience, NULL);
}

/*
 * Whose turn it is; n: nobody's.  A session that never stops asking keeps
 * neither an administrator out, nor a su of its own.
 */
static nfds_t
next_of(const struct pollfd *ready, const size_t *from, nfds_t n, unsigned turn)
{
	size_t favoured = turn % TURNS == 0
	                      ? SOURCE_STARTER +
	                            turn / TURNS % (SOURCES - SOURCE_STARTER)
	                      : 0;
	nfds_t first = n;

	for (nfds_t i = 0; i < n; i++) {
		if (ready[i].revents == 0)
			continue;
		if (from[i] >= favoured)
			return i;
		if (first == n)
			first = i;
	}
	return first;
}

/*
 * One event a turn: no handler ever sees a descriptor that another closed a
 * moment ago.
 */
int
loop_run(struct session *s)
{
	for (unsigned turn = 1; !session_is_over(s); turn++) {
		struct pollfd ready[SOURCES];
		size_t from[SOURCES];
		nfds_t n_open = prepare(s, ready, from);
		int n = await(ready, n_open, session_patience_ns(s));
		nfds_t next;
		int r = 0;

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			session_on_silence(s);
		next = n > 0 ? next_of(ready, from, n_open, turn) : n_open;
		if (next < n_open)
			r = serve(s, from[next], ready[next].revents);
		if (r == 0)
			r = session_on_turn(s);
		if (r < 0)
			return r;
	}
	return 0;
}
