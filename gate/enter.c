#include "gate/enter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "gate/filter.h"
#include "gate/harden.h"
#include "gate/hypercall.h"
#include "gate/launch.h"

/* What this process says to one guard, and about whom. */
struct talk {
	int sock;                            /* owned */
	const struct enter_options *options; /* NULL: the guard was there */
	const struct wire_hello *hello;      /* borrowed, as is options */
	char *why;                           /* borrowed; WIRE_WHY bytes */
};

static void
talk_release(struct talk *talk)
{
	fd_release(&talk->sock);
}

static void
say_why(const struct talk *talk, const char *what, int r)
{
	(void)snprintf(talk->why, WIRE_WHY, "%s: %s", what, strerror(-r));
}

/* What to think of a guard that does not answer as it should. */
static int
blame_guard(const struct talk *talk, int r)
{
	const char *name = talk->options != NULL ? talk->options->guardd
	                                         : "of this session";

	if (r == -ETIMEDOUT)
		(void)snprintf(talk->why, WIRE_WHY,
		    "the guard %s did not answer within %d seconds; the "
		    "system log (authpriv) says what it last did",
		    name, ENTER_TIMEOUT_MS / 1000);
	else if (r == -EPROTO && talk->options == NULL)
		(void)snprintf(talk->why, WIRE_WHY,
		    "the guard of this session is of another version; log in "
		    "anew to get one of the version that is installed");
	else if (r == -EPIPE || r == -ECONNRESET || r == -ENOTCONN)
		(void)snprintf(talk->why, WIRE_WHY,
		    "the guard %s ended instead of answering; the system "
		    "log (authpriv) says why",
		    name);
	else if (r == -EPROTO || r == -EMSGSIZE)
		(void)snprintf(talk->why, WIRE_WHY,
		    "the guard %s speaks another version; install all parts "
		    "of execguard from one build",
		    name);
	else
		(void)snprintf(talk->why, WIRE_WHY,
		    "no talk with the guard %s: %s", name, strerror(-r));
	return r;
}

/* Wait for one reply.  Returns 0, or a negative errno with the sentence. */
static int
hear(const struct talk *talk, struct wire_reply *out)
{
	/* The longest reply is a sentence and four numbers. */
	uint8_t bytes[2 * WIRE_WHY];
	SCOPED(fd_release) int unasked = -1;
	int r = io_wait_readable(talk->sock, ENTER_TIMEOUT_MS);
	struct span message = { bytes, 0 };
	ssize_t n;

	if (r < 0)
		return blame_guard(talk, r);
	n = fdpass_receive(talk->sock, bytes, sizeof(bytes), &unasked);
	/* A peer that left something unread resets the socket; what it said
	 * before comes right behind that error.  unix(7) */
	if (n == -ECONNRESET)
		n = fdpass_receive(talk->sock, bytes, sizeof(bytes), &unasked);
	if (n <= 0)
		return blame_guard(talk, n == 0 ? -EPIPE : (int)n);
	message.len = (size_t)n;
	if (talk->options != NULL &&
	    launch_failed(message, talk->options, talk->why))
		return -ECHILD;
	r = wire_unpack_reply(message, out);
	return r < 0 ? blame_guard(talk, r) : 0;
}

/* Say something, with a descriptor unless fd is -1, and hear the reply. */
static int
exchange(
    const struct talk *talk, struct span say, int fd, struct wire_reply *out)
{
	int r = fdpass_send(talk->sock, say.at, say.len, fd);

	/* Whoever has hung up may have said before why. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return blame_guard(talk, r);
	return hear(talk, out);
}

static int
say_hello(const struct talk *talk, struct wire_reply *out)
{
	SCOPED(text_release) char *bytes = malloc(WIRE_MAX);
	ssize_t n;

	if (bytes == NULL) {
		say_why(talk, "the guard cannot be told who logs in", -ENOMEM);
		return -ENOMEM;
	}
	n = wire_pack_hello(talk->hello, bytes, WIRE_MAX);
	if (n < 0) {
		say_why(talk,
		    "the guard cannot be told who logs in, the names are "
		    "too long or the groups too many",
		    (int)n);
		return (int)n;
	}
	return exchange(
	    talk, (struct span){ (uint8_t *)bytes, (size_t)n }, -1, out);
}

/* Who is too large to be judged is refused; otherwise it is the guard's fault.
 */
static enum enter_result
unsaid(const struct talk *talk, int r)
{
	return r == -E2BIG && talk->hello->uid != 0 ? ENTER_REFUSED
	                                            : ENTER_BROKEN;
}

/*
 * The guard said no, and nothing was installed by us.  Root is never locked
 * out: for him even the guard's own no is one that he may pass.
 */
static enum enter_result
refused(const struct talk *talk, const struct wire_reply *reply)
{
	(void)snprintf(talk->why, WIRE_WHY, "%s",
	    reply->why[0] != '\0' ? reply->why
				  : "the guard refuses, and says no reason");
	return reply->is_broken || talk->hello->uid == 0 ? ENTER_BROKEN
	                                                 : ENTER_REFUSED;
}

static enum enter_result
out_of_place(const struct talk *talk)
{
	(void)blame_guard(talk, -EPROTO);
	return ENTER_BROKEN;
}

static void
blame_filter(const struct talk *talk, int r)
{
	const char *what = NULL;

	if (r == -EBUSY)
		what = "another supervisor listens to this process's system "
		       "calls already; open the session outside of it";
	else if (r == -EACCES)
		what = "the exec filter needs CAP_SYS_ADMIN; let the service "
		       "that opens the session have it";
	else if (r == -ESRCH)
		what = "a thread of this program has a seccomp filter of its "
		       "own and cannot be guarded; let the program open "
		       "sessions before it confines its threads";
	else if (r == -EINVAL || r == -ENOSYS || r == -EOPNOTSUPP)
		what = "this kernel cannot ask a guard about an exec; use "
		       "Linux 5.14 or later with CONFIG_SECCOMP_FILTER";
	if (what != NULL)
		(void)snprintf(talk->why, WIRE_WHY, "%s", what);
	else
		say_why(talk, "the exec filter cannot be installed", r);
}

/*
 * The filter is on: until the guard is ready nothing may be run here, and if
 * it does not become ready, nothing ever can.
 */
static enum enter_result
hand_over(const struct talk *talk, int listener)
{
	struct wire_reply reply = { 0 };
	uint8_t bytes[WIRE_WHY];
	ssize_t n = wire_pack_listener(bytes, sizeof(bytes));

	if (n < 0) {
		(void)blame_guard(talk, (int)n);
		return ENTER_REFUSED;
	}
	if (exchange(
		talk, (struct span){ bytes, (size_t)n }, listener, &reply) < 0)
		return ENTER_REFUSED;
	if (reply.answer == WIRE_READY)
		return ENTER_GUARDED;
	(void)refused(talk, &reply);
	return ENTER_REFUSED;
}

/* What the policy wants of the process itself, without a way back. */
static bool
harden(const struct talk *talk, uint32_t wanted)
{
	const char *what;
	int r = harden_apply(wanted, &what);

	if (r < 0)
		(void)snprintf(
		    talk->why, WIRE_WHY, "%s: %s", what, strerror(-r));
	return r == 0;
}

/*
 * The guard waits for a listener.  From the filter to READY this process, sshd
 * perhaps, must not exec: it would wait for an answer that nobody gives yet.
 */
static enum enter_result
listen_for(const struct talk *talk, const struct wire_reply *asked)
{
	SCOPED(fd_release) int listener = -1;
	unsigned flags = 0;
	int r;

	if (!harden(talk, asked->harden))
		return ENTER_BROKEN;
	if (talk->options->is_unprivileged)
		flags |= FILTER_NO_NEW_PRIVS;
	if (asked->libraries)
		flags |= FILTER_LIBRARIES;
	r = filter_install(asked->cookie, flags, &listener);
	if (r < 0) {
		blame_filter(talk, r);
		return ENTER_BROKEN;
	}
	return hand_over(talk, listener);
}

/* No guard yet: one of our own.  ENTER_GUARDED: it waits for the next message,
 * and out is what it has said. */
static enum enter_result
begin(struct talk *talk, struct wire_reply *out)
{
	int r = launch_guard(talk->options, &talk->sock, talk->why);

	if (r < 0)
		return ENTER_BROKEN;
	r = say_hello(talk, out);
	if (r < 0)
		return unsaid(talk, r);
	switch (out->answer) {
	case WIRE_REFUSED:
		return refused(talk, out);
	case WIRE_UNGUARDED:
		return ENTER_UNGUARDED;
	case WIRE_LISTEN:
		return ENTER_GUARDED;
	case WIRE_READY:
		break;
	}
	return out_of_place(talk);
}

/* A session inside a session: its guard takes the new user in. */
static enum enter_result
join(const struct talk *talk)
{
	struct wire_reply reply = { 0 };

	int r = say_hello(talk, &reply);

	if (r < 0)
		return unsaid(talk, r);
	switch (reply.answer) {
	case WIRE_REFUSED:
		return refused(talk, &reply);
	case WIRE_UNGUARDED: /* no policy for him, but counted, and under it */
	case WIRE_READY:
		return harden(talk, reply.harden) ? ENTER_NESTED : ENTER_BROKEN;
	case WIRE_LISTEN:
		break;
	}
	return out_of_place(talk);
}

/* There is a guard, or something like one, and it cannot be asked. */
static enum enter_result
blame_hypercall(const struct talk *talk, int r)
{
	if (r == -ENOSYS) {
		(void)snprintf(talk->why, WIRE_WHY,
		    "the guard of this session is gone and nothing can be run "
		    "in it any more; log in anew");
		return ENTER_REFUSED;
	}
	if (r == -EPERM)
		(void)snprintf(talk->why, WIRE_WHY,
		    "this session is guarded already and its guard serves "
		    "root only; run it from an unguarded login");
	else
		(void)blame_guard(talk, r);
	return ENTER_BROKEN;
}

enum enter_result
enter_session(const struct enter_options *options,
    const struct wire_hello *hello, char why[WIRE_WHY])
{
	SCOPED(talk_release)
	struct talk talk = { .sock = -1, .hello = hello, .why = why };
	struct wire_reply reply = { 0 };
	enum enter_result result;

	why[0] = '\0';
	talk.sock = hypercall_connect();
	if (talk.sock >= 0 && options->is_alone) {
		(void)snprintf(why, WIRE_WHY,
		    "this session is guarded already, by another policy; run "
		    "it from an unguarded login");
		return ENTER_REFUSED;
	}
	if (talk.sock >= 0)
		return join(&talk);
	if (talk.sock != -ENOENT)
		return blame_hypercall(&talk, talk.sock);
	talk.options = options;
	result = begin(&talk, &reply);
	return result == ENTER_GUARDED ? listen_for(&talk, &reply) : result;
}

enum enter_result
enter_explanation(const struct enter_options *options,
    const struct wire_hello *hello, int *out_sock, char why[WIRE_WHY])
{
	SCOPED(talk_release)
	struct talk talk = {
		.sock = -1, .options = options, .hello = hello, .why = why
	};
	struct wire_reply reply = { 0 };
	enum enter_result result;

	why[0] = '\0';
	result = begin(&talk, &reply);
	if (result == ENTER_GUARDED)
		*out_sock = fd_take(&talk.sock);
	return result;
}

int
enter_goodbye(const struct wire_goodbye *bye)
{
	char why[WIRE_WHY];
	struct wire_reply reply;
	uint8_t bytes[2 * WIRE_WHY];
	ssize_t n = wire_pack_goodbye(bye, bytes, sizeof(bytes));
	SCOPED(talk_release)
	struct talk talk = { .sock = hypercall_connect(), .why = why };

	if (talk.sock < 0)
		return talk.sock == -ENOENT ? 0 : talk.sock;
	if (n < 0)
		return (int)n;
	return exchange(&talk, (struct span){ bytes, (size_t)n }, -1, &reply);
}
