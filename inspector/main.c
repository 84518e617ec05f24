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

#define GUARD_SOCK 3

/* One request.  Returns false when there will be no more. */
static bool
serve(void)
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
	examine_head(fd, request.size, &answer);
	return fdpass_send(GUARD_SOCK, &answer, sizeof(answer), -1) == 0;
}

int
main(void)
{
	struct pollfd guard = { .fd = GUARD_SOCK, .events = POLLIN };

	/* From here on it may receive, read, answer and end: confine.h. */
	if (confine(GUARD_SOCK) < 0)
		return 1;
	while (poll(&guard, 1, -1) >= 0 || errno == EINTR)
		if (guard.revents != 0 && !serve())
			break;
	return 0;
}
