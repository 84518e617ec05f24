#include "tests/module/fake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/wire.h"

#define SOCK    3
#define PATIENT 20000 /* ms; no part outlives its test by more */

static bool
reply_on(int sock, enum wire_answer answer, bool is_broken, const char *why)
{
	struct wire_reply out = { .answer = answer,
		.is_broken = is_broken,
		.cookie = UINT64_C(0x1122334455667788) };
	char bytes[WIRE_MAX];
	ssize_t n;

	(void)snprintf(out.why, sizeof(out.why), "%s", why);
	n = wire_pack_reply(&out, bytes, sizeof(bytes));
	return n > 0 && fdpass_send(sock, bytes, (size_t)n, -1) == 0;
}

static bool
reply(enum wire_answer answer, bool is_broken, const char *why)
{
	return reply_on(SOCK, answer, is_broken, why);
}

static enum wire_kind
receive_on(int sock, int *out_fd)
{
	static uint8_t bytes[WIRE_MAX];
	ssize_t n;

	if (io_wait_readable(sock, PATIENT) < 0)
		return WIRE_NONE;
	n = fdpass_receive(sock, bytes, sizeof(bytes), out_fd);
	if (n <= 0)
		return WIRE_NONE;
	return wire_kind_of((struct span){ bytes, (size_t)n });
}

static enum wire_kind
receive(int *out_fd)
{
	return receive_on(SOCK, out_fd);
}

static int
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -1; /* that of the folder itself */

	if (dir == NULL)
		return -1;
	for (const struct dirent *e; (e = readdir(dir)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(dir);
	return n;
}

/* Nor blocked.  A handler is never inherited: execve(2). */
static bool
no_signal_is_ignored(void)
{
	sigset_t mask;

	(void)sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int number = 1; number < NSIG; number++) {
		struct sigaction now;

		if (sigismember(&mask, number) == 1)
			return false;
		if (sigaction(number, NULL, &now) == 0 &&
		    now.sa_handler == SIG_IGN)
			return false;
	}
	return true;
}

static bool
is_root_all_over(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	(void)getresuid(&r, &e, &s);
	(void)getresgid(&gr, &ge, &gs);
	return r == 0 && e == 0 && s == 0 && gr == 0 && ge == 0 && gs == 0 &&
	       getgroups(0, NULL) == 0;
}

/* What of the application's is left here; "nothing" is what it should be. */
static const char *
inherited(void)
{
	struct rlimit core;
	char cwd[2] = "";

	if (count_descriptors() != SOCK + 1)
		return "descriptors";
	if (!no_signal_is_ignored())
		return "signals";
	if (environ[0] != NULL)
		return "environment";
	if (getcwd(cwd, sizeof(cwd)) == NULL || strcmp(cwd, "/") != 0)
		return "directory";
	if (getsid(0) != getpid())
		return "session";
	if (umask(0) != 077)
		return "umask";
	if (getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_cur != 0)
		return "core limit";
	if (!is_root_all_over())
		return "identity";
	return "nothing";
}

static int
play_looker(void)
{
	return reply(WIRE_REFUSED, false, inherited()) ? 0 : 1;
}

static int
play_silent(void)
{
	int fd = -1;

	while (receive(&fd) != WIRE_NONE)
		continue;
	return 0;
}

static int
play_stranger(void)
{
	return fdpass_send(SOCK, "good morning", 12, -1) == 0 ? 0 : 1;
}

/* It takes the listener and dies with it. */
static int
play_mortal(void)
{
	int listener = -1;

	(void)reply(WIRE_LISTEN, false, "");
	(void)receive(&listener);
	return 1;
}

/* It is ready, and then it dies. */
static int
play_brief(void)
{
	int listener = -1;

	(void)reply(WIRE_LISTEN, false, "");
	(void)receive(&listener);
	return reply(WIRE_READY, false, "") ? 0 : 1;
}

/* It takes the listener, says that it is ready, and answers nothing ever. */
static int
play_deaf(void)
{
	struct pollfd all_gone = { .events = 0 };

	(void)reply(WIRE_LISTEN, false, "");
	if (receive(&all_gone.fd) != WIRE_LISTENER || all_gone.fd < 0)
		return 1;
	if (!reply(WIRE_READY, false, ""))
		return 1;
	return poll(&all_gone, 1, PATIENT) == 1 ? 0 : 1;
}

/* Put a socket into the asker, and answer the one thing it says there. */
static void
host_one(int listener, uint64_t id)
{
	struct seccomp_notif_addfd add = {
		.id = id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.newfd_flags = O_CLOEXEC,
	};
	enum wire_kind kind;
	int unasked = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	add.srcfd = (uint32_t)pair[1];
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0) {
		(void)close(pair[1]);
		pair[1] = -1;
		kind = receive_on(pair[0], &unasked);
		if (kind == WIRE_HELLO || kind == WIRE_GOODBYE)
			(void)reply_on(pair[0], WIRE_READY, false, "");
	}
	fd_release(&pair[0]);
	fd_release(&pair[1]);
}

/* It serves hypercalls, and refuses everything else. */
static int
play_host(void)
{
	struct pollfd ready = { .events = POLLIN };

	(void)reply(WIRE_LISTEN, false, "");
	if (receive(&ready.fd) != WIRE_LISTENER || ready.fd < 0)
		return 1;
	if (!reply(WIRE_READY, false, ""))
		return 1;
	while (poll(&ready, 1, PATIENT) == 1 && (ready.revents & POLLIN)) {
		struct seccomp_notif q = { 0 };
		struct seccomp_notif_resp answer = { .error = -EACCES };

		if (ioctl(ready.fd, SECCOMP_IOCTL_NOTIF_RECV, &q) < 0)
			continue;
		answer.id = q.id;
		if (q.data.nr == SYS_prctl)
			host_one(ready.fd, q.id);
		else
			(void)ioctl(
			    ready.fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	return 0;
}

static int
play_broken(void)
{
	return reply(WIRE_REFUSED, true, "x.conf:1: no such word") ? 0 : 1;
}

static int
play_refusing(void)
{
	return reply(WIRE_REFUSED, false, "enough guests") ? 0 : 1;
}

static int
play_indifferent(void)
{
	return reply(WIRE_UNGUARDED, false, "") ? 0 : 1;
}

static int
play_dead(void)
{
	return 1;
}

static const struct part {
	const char *name;
	int (*play)(void);
	bool hears_hello;
} parts[] = {
	{ "brief", play_brief, true },
	{ "broken", play_broken, true },
	{ "dead", play_dead, false },
	{ "deaf", play_deaf, true },
	{ "host", play_host, true },
	{ "indifferent", play_indifferent, true },
	{ "looker", play_looker, true },
	{ "mortal", play_mortal, true },
	{ "refusing", play_refusing, true },
	{ "silent", play_silent, false },
	{ "stranger", play_stranger, true },
};

bool
fake_is_meant(int argc, char **argv)
{
	return argc >= 5 && strcmp(argv[1], "-f") == 0 &&
	       strcmp(argv[2], "3") == 0 && strcmp(argv[3], "-c") == 0;
}

int
fake_play(int argc, char **argv)
{
	const char *slash = argc >= 5 ? strrchr(argv[4], '/') : NULL;
	int fd = -1;

	for (size_t i = 0; slash != NULL && i < LENGTH(parts); i++) {
		if (strcmp(slash + 1, parts[i].name) != 0)
			continue;
		if (parts[i].hears_hello && receive(&fd) != WIRE_HELLO)
			return 1;
		return parts[i].play();
	}
	return 1;
}
