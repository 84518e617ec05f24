/*
 * liar - an inspector that was taken over.  Row G4.
 *
 * Takes the place of the inspector beside guardd.  What it does stands in the
 * file "lie" of the same folder:
 *
 *	nonsense   random bytes of the right length
 *	ticket     a good answer to another question
 *	kind       an answer with a kind of file that there is not
 *	endless    an interpreter without an end
 *	error      a negative errno
 *	alive      signs of life, and never an answer
 *	short      one byte
 *	long       64 KiB
 *	empty      a message of no bytes
 *	close      closes its socket, and lives on
 *	end        ends at once
 *	deaf       never reads, never answers
 *	mute       reads, and never answers
 *	flood      answers for as long as it is read, unasked
 *	twice      answers well, and then again
 *	gifts      answers well, with a descriptor, a thousand times
 */
#include <fcntl.h>
#include <sys/socket.h>

#include "attack.h"
#include "policy/inspection.h"

#define SOCK 3

static struct inspection_request request;
static struct inspection answer;

static bool
hear(void)
{
	char room[256];
	struct iovec part = { &request, sizeof(request) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };

	if (recvmsg(SOCK, &message, MSG_CMSG_CLOEXEC) <= 0)
		return false;
	answer = (struct inspection){
		.ticket = request.ticket,
		.is_done = 1,
		.shebang = SHEBANG_NONE,
		.kind = ELF_DYNAMIC,
		.stack = ELF_STACK_PLAIN,
		.is_pie = 1,
	};
	return true;
}

static bool
tell(const void *bytes, size_t len)
{
	return send(SOCK, bytes, len, MSG_NOSIGNAL) >= 0;
}

static bool
give(int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { &answer, sizeof(answer) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(SOCK, &message, MSG_NOSIGNAL) >= 0;
}

static bool
is(const char *lie, const char *name)
{
	return strcmp(lie, name) == 0;
}

/* The lies that are one answer for each question. */
static bool
answer_with(const char *lie)
{
	static char many[65536];

	if (is(lie, "nonsense"))
		for (size_t i = 0; i < sizeof(answer); i++)
			((unsigned char *)&answer)[i] = (unsigned char)random();
	if (is(lie, "ticket"))
		answer.ticket += 7;
	if (is(lie, "kind"))
		answer.kind = ELF_LIBRARY + 1;
	if (is(lie, "endless"))
		memset(answer.interpreter, '/', sizeof(answer.interpreter));
	if (is(lie, "error"))
		answer.error = -1;
	if (is(lie, "alive"))
		answer.is_done = 0;
	if (is(lie, "mute"))
		return true;
	if (is(lie, "short"))
		return tell(&answer, 1);
	if (is(lie, "empty"))
		return tell(&answer, 0);
	if (is(lie, "long"))
		return tell(many, sizeof(many));
	return tell(&answer, sizeof(answer));
}

static void
serve(const char *lie)
{
	while (hear()) {
		bool is_heard = answer_with(lie);

		for (int i = 0; is_heard && is(lie, "gifts") && i < 1000; i++)
			is_heard = give(SOCK);
		while (is_heard && is(lie, "flood"))
			is_heard = tell(&answer, sizeof(answer));
		if (is_heard && is(lie, "twice"))
			is_heard = tell(&answer, sizeof(answer));
		if (!is_heard)
			return;
	}
}

static void
read_lie(char lie[16])
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);
	char *slash;
	int fd;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	(void)strcpy(slash == NULL ? path : slash + 1, "lie");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, lie, 15);
	lie[n > 0 ? n : 0] = '\0';
}

int
main(void)
{
	char lie[16];

	read_lie(lie);
	/* Killed by the guard; should it fail to, no longer than any test. */
	(void)alarm(100);
	if (is(lie, "close"))
		(void)close(SOCK);
	if (is(lie, "close") || is(lie, "deaf"))
		for (;;)
			(void)pause();
	if (!is(lie, "end"))
		serve(lie);
	return 0;
}
