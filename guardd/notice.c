#include "guardd/notice.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/scope.h"
#include "common/text.h"
#include "policy/explain.h"

/* A program is what most are about. */
static const char *
kind_of(const struct notice *n)
{
	size_t image = n->verdict->image;

	return image < n->facts->n_images &&
	               n->facts->images[image].role == ROLE_LIBRARY
	           ? "the library "
	           : "";
}

static bool
may_speak(struct notice_limit *limit, uint64_t now)
{
	uint64_t regained = (now - limit->since) / NOTICE_EVERY_MS;

	if (regained > 0) {
		limit->n_spent = regained >= limit->n_spent
		                     ? 0
		                     : limit->n_spent - (unsigned)regained;
		limit->since = now;
	}
	if (limit->n_spent >= NOTICE_BURST)
		return false;
	limit->n_spent++;
	return true;
}

/*
 * A device number of proc(5), "tty_nr", to a terminal that we may write to.
 * Majors 136 to 143 are pseudo-terminals, 4 the consoles and serial lines
 * (Linux, Documentation/admin-guide/devices.txt).
 */
static int
open_terminal(uint32_t device, uid_t login, uid_t user)
{
	unsigned kind = major(device), number = minor(device);
	char path[48];
	struct stat st;

	if (kind >= 136 && kind <= 143)
		(void)snprintf(path, sizeof(path), "/dev/pts/%u",
		    (kind - 136) * 256 + number);
	else if (kind == 4 && number < 64)
		(void)snprintf(path, sizeof(path), "/dev/tty%u", number);
	else
		return -1;

	SCOPED(fd_release)
	int fd = open(
	    path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	/* The number may have been another's for a moment: look again. */
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != device || !(st.st_mode & S_IWGRP) ||
	    (st.st_uid != login && st.st_uid != user))
		return -1;
	return fd_take(&fd);
}

/*
 * A write that may not wait gets EAGAIN also while another process writes, as
 * the shell does in this very moment to say "Permission denied": that is over
 * at once.  A terminal that ^S has stopped is not, and hears nothing.
 */
static void
say(int fd, const char *line, size_t len)
{
	for (int i = 0; i < NOTICE_TRIES; i++) {
		if (write(fd, line, len) >= 0 || errno != EAGAIN)
			return;
		(void)poll(NULL, 0, 1);
	}
}

void
notice_refusal(struct notice_limit *limit, const struct notice *n)
{
	const char *asked = n->asked != NULL && n->asked[0] != '\0'
	                        ? n->asked
	                        : "a program";
	const char *message = n->policy->message != NULL ? n->policy->message
	                                                 : "";
	char line[1024], path[512];
	int len;

	if (n->device == 0 || !may_speak(limit, n->facts->now))
		return;

	SCOPED(fd_release)
	int fd = open_terminal(n->device, n->login, n->facts->user);

	if (fd < 0)
		return;
	text_escape(asked, path, sizeof(path));
	len = snprintf(line, sizeof(line),
	    "\r\nexecguard: %s%s was refused: %s (%s, policy \"%s\")%s%s\r\n",
	    kind_of(n), path, explain_sentence(n->verdict->reason),
	    explain_check(n->verdict->check), n->policy->name,
	    message[0] != '\0' ? ". " : "", message);
	if (len > 0 && (size_t)len < sizeof(line))
		say(fd, line, (size_t)len);
}
