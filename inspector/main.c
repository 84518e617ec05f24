/*
 * main.c - the inspector: it reads what users wrote, so that guardd need not.
 *
 * Started by the guard with a socket as descriptor 3.  It is nobody (the guard
 * has seen to that before it was started), gives up what is left, and then
 * reads hostile bytes: a mistake in there finds nothing to take.
 */
#include <errno.h>
#include <poll.h>

#include "common/fdpass.h"
#include "inspector/confine.h"
#include "inspector/examine.h"
#include "inspector/hashing.h"

#define GUARD_SOCK 3

static bool
say(const struct inspection *answer)
{
	return fdpass_send(GUARD_SOCK, answer, sizeof(*answer), -1) == 0;
}

/* One request.  Returns false when there will be no more. */
static bool
serve(struct hashing *hashing)
{
	struct inspection_request request;
	struct inspection answer = { 0 };
	SCOPED(fd_release) int fd = -1;
	ssize_t n = fdpass_receive(GUARD_SOCK, &request, sizeof(request), &fd);

	if (n == -EAGAIN)
		return true;
	if (n != (ssize_t)sizeof(request) || fd < 0 ||
	    request.version != INSPECTION_VERSION)
		return false;
	answer.ticket = request.ticket;
	answer.algorithm = request.algorithm;
	examine_head(fd, request.size, &answer);
	if (answer.error == 0 && request.algorithm != DIGEST_UNKNOWN) {
		answer.error = hashing_start(hashing, &fd, &request, &answer);
		if (answer.error == 0)
			return true;
	}
	answer.is_done = 1;
	return say(&answer);
}

/* Wait for what is asked; while something is being hashed, only look. */
static bool
turn(struct hashing *hashing)
{
	struct pollfd guard = { .fd = GUARD_SOCK, .events = POLLIN };
	struct inspection answer;

	if (poll(&guard, 1, hashing->n > 0 ? 0 : -1) < 0 && errno != EINTR)
		return false;
	if (guard.revents != 0)
		return serve(hashing);
	if (hashing->n == 0 || !hashing_step(hashing, &answer))
		return true;
	/* A sign of life may be lost, an answer not. */
	return say(&answer) || !answer.is_done;
}

int
main(void)
{
	static struct hashing hashing;

	hashing_init(&hashing);
	/* From here on it may receive, read, answer and end: confine.h. */
	if (digest_init() < 0 || confine(GUARD_SOCK) < 0)
		return 1;
	while (turn(&hashing))
		continue;
	return 0;
}
