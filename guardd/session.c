#include "guardd/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include "common/fdpass.h"
#include "common/trusted.h"
#include "guardd/ask.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/spawn.h"
#include "guardd/log.h"
#include "guardd/watch.h"
#include "guardd/welcome.h"

/* A starter that says nothing for so long is not going to. */
#define STARTER_PATIENCE_MS 10000

/* As far as we may: a service can have taken CAP_SYS_RESOURCE from us. */
static void
lift_limit(unsigned resource)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(resource, &limit);
}

/*
 * pam_limits may have stood before us in the stack: the user's limits on time
 * and files are not the guard's, and SIGXCPU would end his session.
 */
static void
set_limits(void)
{
	static const unsigned lifted[] = { RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_AS,
		RLIMIT_DATA, RLIMIT_NPROC };
	static const unsigned not_needed[] = { RLIMIT_CORE, RLIMIT_MEMLOCK,
		RLIMIT_MSGQUEUE, RLIMIT_RTPRIO, RLIMIT_NICE };
	const struct rlimit files = { 1024, 1024 };
	const struct rlimit none = { 0, 0 };

	for (size_t i = 0; i < LENGTH(lifted); i++)
		lift_limit(lifted[i]);
	for (size_t i = 0; i < LENGTH(not_needed); i++)
		(void)setrlimit(not_needed[i], &none);
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* What the launcher did not do, because only we want it. */
static int
harden(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT,
		SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ };
	int fd;

	/* logind ends a scope with SIGTERM and SIGHUP: our end is POLLHUP. */
	for (size_t i = 0; i < LENGTH(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	set_limits();
	(void)umask(077);
	/* Executed by descriptor, we are called by its number. */
	(void)prctl(PR_SET_NAME, PROC_GUARD);
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;

	/* Without the privilege (`execguardctl run' by a user) it stays. */
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)!write(fd, "-1000", 5);
		(void)close(fd);
	}
	return 0;
}

static int
open_children(void)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGALRM); /* kernel/trace.c lets it in */
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	(void)sigdelset(&set, SIGALRM);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
name_session(struct session *s)
{
	uint64_t number;

	if (getrandom(&s->cookie, sizeof(s->cookie), 0) < 0 ||
	    getrandom(&number, sizeof(number), 0) < 0)
		return -errno;
	(void)snprintf(
	    s->id, sizeof(s->id), "%016llx", (unsigned long long)number);
	return 0;
}

/* Without one no script is permitted, and nothing where the policy asks what a
 * file holds. */
static void
open_inspector(struct session *s)
{
	uid_t also = s->options.is_unprivileged ? getuid()
	                                        : (uid_t)TRUSTED_NOBODY;
	int program = spawn_open(s->proc, "inspector", also);

	if (program < 0)
		log_error("cannot open the inspector beside guardd: %s; it is "
			  "installed with it",
		    strerror(-program));
	inspector_init(&s->inspector, program < 0 ? -1 : program);
}

int
session_open(const struct guardd_options *options, struct session *s)
{
	int r;

	s->options = *options;
	s->phase = PHASE_HELLO;
	s->starter = options->starter;
	s->proc = s->children = s->listener = -1;
	inspector_init(&s->inspector, -1);
	s->sink = (struct sink){ .fd = -1, .file = -1 };
	control_init(&s->control);
	for (size_t i = 0; i < CALLERS_MAX; i++)
		s->callers[i] = -1;
	s->began = collect_now();
	if ((r = harden()) < 0 || (r = name_session(s)) < 0)
		return r;
	if ((s->children = open_children()) < 0)
		return s->children;
	if ((s->proc = proc_open()) < 0)
		return s->proc;
	open_inspector(s);
	return resolve_viewpoint(s->proc, &s->view);
}

void
session_release(struct session *s)
{
	if (s->phase == PHASE_LAST) {
		struct event_source from = session_source(s, NULL);

		event_session(&from, "close", &s->counters);
		control_on_turn(s);
	}
	fd_release(&s->listener);
	fd_release(&s->starter);
	fd_release(&s->children);
	fd_release(&s->proc);
	for (size_t i = 0; i < CALLERS_MAX; i++)
		fd_release(&s->callers[i]);
	inspector_release(&s->inspector);
	waiting_release(&s->parking);
	debuggers_release(&s->debuggers);
	unconfirmed_release(&s->unconfirmed);
	sink_release(&s->sink);
	control_release(&s->control);
	journal_release(&s->journal);
	tracees_release(&s->tracees);
	ledger_release(&s->ledger);
	shared_release(&s->shared);
	guests_release(&s->guests);
	permit_release(&s->permits);
	policies_release(&s->policies);
	explanation_release(&s->explanation);
}

struct event_source
session_source(struct session *s, const struct guest *guest)
{
	return (struct event_source){
		.sink = &s->sink,
		.journal = &s->journal,
		.session = s->id,
		.login = s->guests.at[0]->user,
		.guest = guest != NULL ? guest : s->guests.at[0],
	};
}

/* The shorter of two; -1: for ever. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t
session_patience_ns(const struct session *s)
{
	uint64_t now = collect_now();
	int64_t ms = STARTER_PATIENCE_MS;

	if (s->phase == PHASE_EXPLAINING)
		ms = inspector_patience_ms(&s->inspector, now);
	if (s->phase == PHASE_SERVING)
		ms = sooner(inspector_patience_ms(&s->inspector, now),
		    sooner(debuggers_patience_ms(&s->debuggers, now),
			sooner(unconfirmed_patience_ms(&s->unconfirmed, now),
			    permit_patience_ms(&s->permits, now))));
	return sooner(watch_patience_ns(s), ms < 0 ? -1 : ms * 1000000);
}

int
session_on_turn(struct session *s)
{
	int r = watch_look(s);

	debuggers_on_turn(s);
	unconfirmed_on_turn(s);
	permit_on_turn(s);
	if (r >= 0)
		r = waiting_look_at_clock(s);
	/* Last: nobody waits for another turn to hear of what was in this. */
	control_on_turn(s);
	return r;
}

void
session_on_silence(struct session *s)
{
	if (s->phase == PHASE_SERVING || s->phase == PHASE_EXPLAINING ||
	    s->watch.is_owed)
		return; /* something is due: session_on_turn() */
	/* Who has not ended by now has lost his tracer without a word. */
	if (s->phase == PHASE_LAST)
		tracees_release(&s->tracees);
	else
		s->phase = PHASE_OVER;
}

static int
send_reply(int sock, const struct wire_reply *reply)
{
	char bytes[WIRE_WHY + 256];
	ssize_t n = wire_pack_reply(reply, bytes, sizeof(bytes));

	return n < 0 ? (int)n : fdpass_send(sock, bytes, (size_t)n, -1);
}

static void
tell_of_opening(struct session *s)
{
	struct event_source from = session_source(s, NULL);

	event_session(&from, "open", NULL);
}

/* One message of the starter, and with its second the listener. */
static void
serve_starter(struct session *s, struct span bytes, int *fd)
{
	struct wire_reply reply = { .answer = WIRE_REFUSED };
	enum wire_kind kind = wire_kind_of(bytes);

	if (s->phase == PHASE_LISTENER && kind == WIRE_EXPLAIN) {
		explanation_begin(s, bytes);
		return;
	}

	if (s->phase == PHASE_HELLO && kind == WIRE_HELLO) {
		welcome_login(s, bytes, &reply);
		s->phase = PHASE_LISTENER;
	} else if (s->phase == PHASE_LISTENER && kind == WIRE_LISTENER &&
		   *fd >= 0) {
		s->listener = fd_take(fd);
		notify_hand_over_directly(s->listener);
		s->phase = PHASE_SERVING;
		reply.answer = WIRE_READY;
		tell_of_opening(s);
	}
	if (send_reply(s->starter, &reply) < 0 ||
	    (reply.answer != WIRE_LISTEN && reply.answer != WIRE_READY))
		s->phase = PHASE_OVER;
}

int
session_on_starter(struct session *s, short revents)
{
	static char bytes[WIRE_MAX];
	SCOPED(fd_release) int fd = -1;
	ssize_t n = fdpass_receive(s->starter, bytes, sizeof(bytes), &fd);

	(void)revents;
	if (n == -EAGAIN)
		return 0;
	if (n > 0)
		serve_starter(
		    s, (struct span){ (uint8_t *)bytes, (size_t)n }, &fd);
	else if (s->phase != PHASE_SERVING)
		s->phase = PHASE_OVER;
	/* It has heard that we are ready, or has gone: no more to be said. */
	if (s->phase == PHASE_SERVING) {
		fd_release(&s->starter);
		s->starter = -1;
		/* The first exec is a moment away. */
		inspector_warm_up(&s->inspector, collect_now());
	}
	return 0;
}

int
session_on_children(struct session *s, short revents)
{
	struct signalfd_siginfo info = { 0 };

	(void)revents;
	(void)!read(s->children, &info, sizeof(info));
	return watch_hear(s, (pid_t)info.ssi_pid);
}

int
session_on_listener(struct session *s, short revents)
{
	if (revents & POLLIN)
		return ask_serve(s);
	/*
	 * POLLHUP: the last process under our filter is gone.  It gave up the
	 * filter before it told its tracer how it died: hear that, too.
	 */
	fd_release(&s->listener);
	s->listener = -1;
	s->phase = PHASE_LAST;
	return 0;
}

int
session_on_inspector(struct session *s, short revents)
{
	(void)revents;
	return waiting_hear(s);
}

int
session_on_caller(struct session *s, size_t which, short revents)
{
	static char bytes[WIRE_MAX];
	struct wire_reply reply = { .answer = WIRE_REFUSED };
	SCOPED(fd_release) int fd = -1;
	int *caller = &s->callers[which];
	ssize_t n = fdpass_receive(*caller, bytes, sizeof(bytes), &fd);
	struct span message = { (uint8_t *)bytes, n > 0 ? (size_t)n : 0 };

	(void)revents;
	if (n == -EAGAIN)
		return 0;
	switch (wire_kind_of(message)) {
	case WIRE_HELLO:
		welcome_guest(s, message, &reply);
		break;
	case WIRE_GOODBYE:
		welcome_goodbye(s, message, &reply);
		break;
	case WIRE_NONE:
	case WIRE_LISTENER:
	case WIRE_REPLY:
	case WIRE_ORDER:
	case WIRE_EXPLAIN:
		break;
	}
	/* One question a call: the socket has served. */
	if (n > 0)
		(void)send_reply(*caller, &reply);
	fd_release(caller);
	*caller = -1;
	return 0;
}
