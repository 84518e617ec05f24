#include "guardd/loop.h"

#include <errno.h>
#include <poll.h>

#include "guardd/session.h"

/* In order of priority: a tracee is heard before the next question, a
 * question before a session that wants in. */
enum source {
	SOURCE_CHILDREN,
	SOURCE_LISTENER,
	SOURCE_STARTER,
	SOURCE_CALLERS,
	SOURCES = SOURCE_CALLERS + CALLERS_MAX,
};

static int
serve(struct session *s, size_t source, short revents)
{
	switch (source) {
	case SOURCE_CHILDREN:
		return session_on_children(s, revents);
	case SOURCE_LISTENER:
		return session_on_listener(s, revents);
	case SOURCE_STARTER:
		return session_on_starter(s, revents);
	default:
		return session_on_caller(s, source - SOURCE_CALLERS, revents);
	}
}

static void
prepare(const struct session *s, struct pollfd ready[SOURCES])
{
	ready[SOURCE_CHILDREN].fd = s->children;
	ready[SOURCE_LISTENER].fd = s->listener;
	ready[SOURCE_STARTER].fd = s->starter;
	for (size_t i = 0; i < CALLERS_MAX; i++)
		ready[SOURCE_CALLERS + i].fd = s->callers[i];
	for (size_t i = 0; i < SOURCES; i++) {
		ready[i].events = POLLIN;
		ready[i].revents = 0;
	}
}

/*
 * One event a turn: no handler ever sees a descriptor that another closed a
 * moment ago.
 */
int
loop_run(struct session *s)
{
	while (!session_is_over(s)) {
		struct pollfd ready[SOURCES];
		int n, r = 0;

		prepare(s, ready);
		n = poll(ready, SOURCES, session_patience_ms(s));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			session_on_silence(s);
		for (size_t i = 0; n > 0 && i < SOURCES; i++) {
			if (ready[i].revents == 0)
				continue;
			r = serve(s, i, ready[i].revents);
			break;
		}
		if (r < 0)
			return r;
	}
	return 0;
}
