#include "guardd/inspector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/fdpass.h"
#include "guardd/kernel/spawn.h"

/* The longest tick that a change time may have, and then some. */
#define SETTLED_NS INT64_C(1000000000)

void
inspector_init(struct inspector *inspector, int program)
{
	inspector->program = program;
	inspector->sock = inspector->pidfd = -1;
}

void
inspector_end(struct inspector *inspector)
{
	/* Its end is heard among those of the tracees, and means nothing. */
	if (inspector->pidfd >= 0)
		spawn_kill(inspector->pidfd);
	fd_release(&inspector->pidfd);
	fd_release(&inspector->sock);
	inspector->sock = inspector->pidfd = -1;
	inspector->n_asked = 0;
	for (size_t i = 0; i < INSPECTION_QUESTIONS; i++)
		inspector->asked[i].is.ticket = 0;
}

void
inspector_release(struct inspector *inspector)
{
	inspector_end(inspector);
	fd_release(&inspector->program);
}

static bool
is_same(const struct inspector_query *a, const struct inspector_query *b)
{
	return same_file(a->id, b->id) && a->size == b->size &&
	       a->changed_ns == b->changed_ns;
}

/* Whether what is known of a is an answer to b. */
static bool
is_answer(const struct inspector_query *a, const struct inspector_query *b)
{
	return is_same(a, b) && (a->is_firm || !b->is_firm) &&
	       (b->algorithm == DIGEST_UNKNOWN || a->algorithm == b->algorithm);
}

/* The places that a file may have: INSPECTOR_WAYS from here on. */
static size_t
first_place(const struct inspector_query *of)
{
	uint64_t mixed = (of->id.ino ^ (of->id.dev << 7)) *
	                 UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 32) % INSPECTOR_PLACES;
}

const struct inspection *
inspector_find(const struct inspector *inspector,
    const struct inspector_query *query, uint64_t since)
{
	size_t first = first_place(query);

	for (size_t i = 0; i < INSPECTOR_WAYS; i++) {
		const struct inspected *at =
		    &inspector->cache[(first + i) % INSPECTOR_PLACES];

		if (at->is.ticket != 0 && is_answer(&at->of, query) &&
		    ((at->is_settled && at->is.error == 0) ||
			at->is.ticket > since))
			return &at->is;
	}
	return NULL;
}

/* The place of this file, or the one that was filled longest ago. */
static struct inspected *
place_for(struct inspector *inspector, const struct inspector_query *of)
{
	size_t first = first_place(of);
	struct inspected *oldest = &inspector->cache[first];

	for (size_t i = 0; i < INSPECTOR_WAYS; i++) {
		struct inspected *at =
		    &inspector->cache[(first + i) % INSPECTOR_PLACES];

		if (at->is.ticket != 0 && is_same(&at->of, of))
			return at;
		if (at->is.ticket < oldest->is.ticket)
			oldest = at;
	}
	return oldest;
}

static int
start(struct inspector *inspector)
{
	SCOPED(fd_release) int ours = -1;
	SCOPED(fd_release) int theirs = -1;
	int pair[2];
	int pidfd;

	if (inspector->program < 0)
		return -ENOENT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	pidfd = spawn_nobody(inspector->program, theirs);
	if (pidfd < 0)
		return pidfd;
	inspector->sock = fd_take(&ours);
	inspector->pidfd = pidfd;
	return 0;
}

void
inspector_warm_up(struct inspector *inspector, uint64_t now)
{
	if (inspector->sock < 0 && start(inspector) == 0)
		inspector->heard = now;
}

static struct inspected *
find_asked(struct inspector *inspector, uint64_t ticket)
{
	for (size_t i = 0; i < INSPECTION_QUESTIONS; i++)
		if (inspector->asked[i].is.ticket == ticket)
			return &inspector->asked[i];
	return NULL;
}

/* The same question, already under way; one that is not settled must be read
 * after it was asked. */
static const struct inspected *
find_same(
    const struct inspector *inspector, const struct inspector_query *query)
{
	for (size_t i = 0; i < INSPECTION_QUESTIONS; i++) {
		const struct inspected *asked = &inspector->asked[i];

		if (asked->is.ticket != 0 && asked->is_settled &&
		    is_answer(&asked->of, query))
			return asked;
	}
	return NULL;
}

/* Opened anew, for reading.  O_NONBLOCK: a lease (fcntl(2)) does not make us
 * wait. */
static int
open_to_read(int fd)
{
	char self[40];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	fd = open(self, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool
is_settled(const struct inspector_query *query)
{
	return !query->is_fickle &&
	       (int64_t)clock_ns(CLOCK_REALTIME) - query->changed_ns >
	           SETTLED_NS;
}

static int
send_request(struct inspector *inspector,
    const struct inspection_request *request, int reader)
{
	int r = inspector->sock < 0 ? start(inspector) : 0;

	return r < 0 ? r
	             : fdpass_send(
			   inspector->sock, request, sizeof(*request), reader);
}

int
inspector_ask(struct inspector *inspector, const struct inspector_query *query,
    int fd, uint64_t now, uint64_t *out_ticket)
{
	const struct inspection_request request = {
		.version = INSPECTION_VERSION,
		.algorithm = query->algorithm,
		.ticket = inspector->last_ticket + 1,
		.size = query->size,
	};
	const struct inspected *same = find_same(inspector, query);
	struct inspected *asked = find_asked(inspector, 0);
	int r;

	if (same != NULL) {
		*out_ticket = same->is.ticket;
		return 0;
	}
	if (asked == NULL)
		return -EBUSY;

	SCOPED(fd_release) int reader = open_to_read(fd);

	/* A server of the user's may say EBUSY: that is no "later" of ours. */
	if (reader < 0)
		return reader == -EBUSY ? -EIO : reader;
	r = send_request(inspector, &request, reader);
	/* Ended while it had nothing to do: nobody has heard of it yet. */
	if ((r == -EPIPE || r == -ECONNRESET) && inspector->n_asked == 0) {
		inspector_end(inspector);
		r = send_request(inspector, &request, reader);
	}
	if (r < 0)
		return inspector->n_asked > 0 ? -EBUSY : r;
	*asked = (struct inspected){
		.of = *query,
		.is_settled = is_settled(query),
		.is = { .ticket = request.ticket },
	};
	if (inspector->n_asked++ == 0)
		inspector->heard = now;
	*out_ticket = inspector->last_ticket = request.ticket;
	return 0;
}

/* A sign of life: one for each step of what is being hashed, and no more.
 * Otherwise he could go on for ever. */
static int
take_sign(struct inspected *asked)
{
	if (asked->of.algorithm == DIGEST_UNKNOWN ||
	    ++asked->n_signs > INSPECTION_DIGEST_MAX / INSPECTION_STEP)
		return -EPROTO;
	return 0;
}

int
inspector_hear(struct inspector *inspector, uint64_t now, uint64_t *out_ticket)
{
	struct inspection answer;
	SCOPED(fd_release) int unasked = -1;
	ssize_t n = fdpass_receive(
	    inspector->sock, &answer, sizeof(answer), &unasked);
	struct inspected *asked;

	*out_ticket = 0;
	if (n == -EAGAIN)
		return 0;
	if (n == 0 || n == -ECONNRESET)
		return -EPIPE;
	if (n != (ssize_t)sizeof(answer) || !inspection_is_sound(&answer) ||
	    (asked = find_asked(inspector, answer.ticket)) == NULL)
		return -EPROTO;
	inspector->heard = now;
	if (!answer.is_done)
		return take_sign(asked);
	if (answer.algorithm != asked->of.algorithm)
		return -EPROTO;
	*place_for(inspector, &asked->of) = (struct inspected){
		.of = asked->of,
		.is_settled = asked->is_settled,
		.is = answer,
	};
	asked->is.ticket = 0;
	inspector->n_asked--;
	*out_ticket = answer.ticket;
	return 0;
}

int
inspector_patience_ms(const struct inspector *inspector, uint64_t now)
{
	uint64_t end = inspector->heard + (inspector->n_asked > 0
						  ? INSPECTOR_PATIENCE_MS
						  : INSPECTOR_IDLE_MS);

	return clock_left_ms(inspector->sock < 0 ? CLOCK_NEVER : end, now);
}
