#include "guardd/control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/record.h"
#include "common/wire.h"
#include "guardd/folder.h"
#include "guardd/reload.h"
#include "guardd/report.h"
#include "guardd/session.h"

#define MESSAGE_MAX 32768 /* one message of an answer */

void
control_init(struct control *control)
{
	*control = (struct control){ .folder = -1, .listener = -1 };
	for (size_t i = 0; i < CONTROL_CALLERS; i++)
		control->callers[i].fd = -1;
}

/* --- the socket ---------------------------------------------------------- */

int
control_open_folder(struct control *out)
{
	out->folder = folder_open();
	return out->folder < 0 ? out->folder : 0;
}

int
control_open(const char *id, struct control *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	SCOPED(fd_release) int folder = folder_open();
	SCOPED(fd_release)
	int fd = socket(
	    AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (folder < 0)
		return folder;
	if (fd < 0)
		return -errno;
	(void)snprintf(out->name, sizeof(out->name), "%s.sock", id);
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    RUN_PATH "/.%s", out->name);
	/* Mode 0700: session.c has set the mask.  Whoever finds it by its name
	 * finds it listening. */
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (listen(fd, CONTROL_CALLERS) < 0 ||
	    renameat(folder, address.sun_path + strlen(RUN_PATH "/"), folder,
		out->name) < 0) {
		int r = -errno;

		(void)unlink(address.sun_path);
		return r;
	}
	out->folder = fd_take(&folder);
	out->listener = fd_take(&fd);
	return 0;
}

static void
hang_up(struct control_caller *caller)
{
	fd_release(&caller->fd);
	free(caller->out);
	*caller = (struct control_caller){ .fd = -1 };
}

void
control_release(struct control *control)
{
	/* Whoever is hung up on finds that the session is over. */
	if (control->listener >= 0)
		(void)unlinkat(control->folder, control->name, 0);
	fd_release(&control->listener);
	for (size_t i = 0; i < CONTROL_CALLERS; i++)
		hang_up(&control->callers[i]);
	fd_release(&control->folder);
	control_init(control);
}

/* --- an answer ----------------------------------------------------------- */

static void
append(struct control_caller *caller, const char *bytes, size_t len)
{
	/* Who is always a little behind has heard more than he has yet to. */
	if (caller->sent > 0 && caller->len + len > caller->room) {
		caller->len -= caller->sent;
		memmove(caller->out, caller->out + caller->sent, caller->len);
		caller->sent = 0;
	}

	size_t wanted = caller->len + len;

	if (caller->out == NULL || wanted > caller->room) {
		size_t room = wanted + wanted / 2 + 1024;
		char *out = realloc(caller->out, room);

		if (out == NULL) {
			caller->is_torn = true;
			return;
		}
		caller->out = out;
		caller->room = room;
	}
	memcpy(caller->out + caller->len, bytes, len);
	caller->len = wanted;
}

static void
say(const struct record *record, void *context)
{
	struct control_caller *caller = context;
	SCOPED(text_release) char *line = record_line(record);

	if (line == NULL) {
		caller->is_torn = true;
		return;
	}
	append(caller, line, strlen(line));
	append(caller, "\n", 1);
}

static void
say_end(struct control_caller *caller, const char *end)
{
	SCOPED(record_release) struct record *r = record_new();

	record_put_text(r, "end", end);
	say(r, caller);
}

static bool
has_more(const struct control_caller *caller)
{
	return caller->sent < caller->len;
}

/* As much as goes.  Who has heard all, or hears no more, is hung up on. */
static void
flush(struct control_caller *caller)
{
	while (has_more(caller)) {
		size_t len = caller->len - caller->sent;
		ssize_t n = send(caller->fd, caller->out + caller->sent,
		    len < MESSAGE_MAX ? len : MESSAGE_MAX,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			hang_up(caller);
			return;
		}
		caller->sent += (size_t)n;
	}
	free(caller->out);
	caller->out = NULL;
	caller->len = caller->room = caller->sent = 0;
	if (!caller->is_following || caller->is_torn)
		hang_up(caller);
}

static void
say_event(struct control_caller *caller, const char *line)
{
	append(caller, "{\"event\":", 9);
	append(caller, line, strlen(line));
	append(caller, "}\n", 2);
}

static bool
is_behind(const struct control_caller *caller)
{
	return caller->is_following &&
	       caller->len - caller->sent > CONTROL_BEHIND;
}

static void
tell_what_was_missed(struct control_caller *caller)
{
	SCOPED(record_release) struct record *r = NULL;

	if (caller->n_missed == 0 || is_behind(caller))
		return;
	r = record_new();
	record_put_number(r, "missed", caller->n_missed);
	say(r, caller);
	caller->n_missed = 0;
}

/* What has happened since it was last told; what does not fit is counted. */
static void
tell_events(struct session *s, struct control_caller *caller)
{
	uint64_t first = journal_first(&s->journal);

	if (caller->next < first) {
		caller->n_missed += first - caller->next;
		caller->next = first;
	}
	for (; caller->next < s->journal.n; caller->next++) {
		if (is_behind(caller)) {
			caller->n_missed++;
			continue;
		}
		tell_what_was_missed(caller);
		say_event(caller, journal_at(&s->journal, caller->next));
	}
	tell_what_was_missed(caller);
}

/* --- an order ------------------------------------------------------------- */

static void
forgive(struct session *s, const struct order *order)
{
	const struct file_id id = { order->dev, order->ino };
	const struct file_id *file = order->has_file ? &id : NULL;

	for (size_t i = 0; i < s->guests.n; i++)
		if (!order->has_user || order->uid == s->guests.at[i]->uid)
			shared_forgive(s, s->guests.at[i], file);
}

/* "ok", or what was wrong: why may hold it. */
static const char *
obey(struct session *s, const struct order *order,
    struct control_caller *caller, char why[PARSE_WHY])
{
	const struct report_to to = { say, caller };

	switch (order->verb) {
	case ORDER_STATUS:
		report_status(s, &to);
		break;
	case ORDER_SHOW:
		report_status(s, &to);
		report_guests(s, &to);
		report_processes(s, &to);
		report_crashes(s, order, &to);
		tell_events(s, caller);
		break;
	case ORDER_EVENTS:
		caller->next = journal_first(&s->journal);
		caller->is_following = order->is_followed;
		tell_events(s, caller);
		break;
	case ORDER_CRASHES:
		report_crashes(s, order, &to);
		break;
	case ORDER_FORGIVE:
		report_crashes(s, order, &to);
		forgive(s, order);
		break;
	case ORDER_RELOAD:
		if (reload_policies(s, why) < 0)
			return why;
		report_guests(s, &to);
		break;
	case ORDER_PERMIT:
		if (permit_begin(s, order, why) < 0)
			return why;
		report_guests(s, &to);
		break;
	case ORDER_NOTHING:
	case ORDER_VERBS:
		return "nothing was asked";
	}
	return "ok";
}

static void
serve(struct session *s, struct control_caller *caller, struct span bytes)
{
	struct order order;
	char why[PARSE_WHY];
	const char *end = "this guard is of another version of execguard";

	if (wire_unpack_order(bytes, &order) == 0)
		end = obey(s, &order, caller, why);
	if (!caller->is_following)
		say_end(caller, end);
	flush(caller);
}

void
control_on_caller(struct session *s, size_t which, short revents)
{
	struct control_caller *caller = &s->control.callers[which];
	uint8_t bytes[ORDER_MAX];
	ssize_t n;

	if (revents & POLLOUT) {
		flush(caller);
		return;
	}
	n = recv(caller->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* One order a call; who follows has no more to say. */
	if (n <= 0 || caller->is_following || has_more(caller))
		hang_up(caller);
	else
		serve(s, caller, (struct span){ bytes, (size_t)n });
}

short
control_awaits(const struct control_caller *caller)
{
	return has_more(caller) ? POLLIN | POLLOUT : POLLIN;
}

static bool
is_permitted(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       who.uid == 0;
}

/* More at once than we serve. */
static void
turn_away(int fd)
{
	struct control_caller caller = { .fd = fd };
	uint8_t order[ORDER_MAX];

	/* What is left unread would take our word back: unix(7), ECONNRESET. */
	(void)!recv(fd, order, sizeof(order), MSG_DONTWAIT);
	say_end(&caller, "too many ask this guard at once; try again");
	flush(&caller);
	hang_up(&caller);
}

void
control_on_listener(struct session *s)
{
	SCOPED(fd_release)
	int fd = accept4(
	    s->control.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 || !is_permitted(fd))
		return;
	for (size_t i = 0; i < CONTROL_CALLERS; i++) {
		if (s->control.callers[i].fd >= 0)
			continue;
		s->control.callers[i].fd = fd_take(&fd);
		return;
	}
	turn_away(fd_take(&fd));
}

void
control_on_turn(struct session *s)
{
	for (size_t i = 0; i < CONTROL_CALLERS; i++) {
		struct control_caller *caller = &s->control.callers[i];

		if (caller->fd < 0 || !caller->is_following ||
		    (caller->next == s->journal.n && caller->n_missed == 0))
			continue;
		tell_events(s, caller);
		flush(caller);
	}
}
