#include "guardd/kernel/trace.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#define ALWAYS  (PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC)
#define LOCK_MS 5 /* who holds it that long may wait for us */
#define HELD    (ALWAYS | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK)

static int
seize(pid_t tid, unsigned long options)
{
	return ptrace(PTRACE_SEIZE, tid, 0, options) < 0 ? -errno : 0;
}

int
trace_seize(pid_t tid, bool is_held)
{
	return seize(tid, is_held ? HELD : ALWAYS);
}

/* Where a signal leads to that comes while we wait for the lock. */
static sigjmp_buf interrupted;

static void
on_signal(int signal)
{
	siglongjmp(interrupted, signal);
}

/* As long as PTRACE_SEIZE may wait for an exec that waits for a user's file (a
 * lease of fcntl(2), a filesystem of his). */
static void
set_patience(int ms)
{
	const struct itimerval timer = {
		.it_value = { .tv_sec = ms / 1000,
		    .tv_usec = ms % 1000 * 1000 },
	};

	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* An alarm that came just too late must not end the next wait at once. */
static void
end_patience(void)
{
	const struct timespec now = { 0 };
	sigset_t alarm;

	set_patience(0);
	(void)sigemptyset(&alarm);
	(void)sigaddset(&alarm, SIGALRM);
	(void)sigtimedwait(&alarm, NULL, &now);
}

static void
among(sigset_t *set, bool hears_children)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGALRM);
	if (hears_children)
		(void)sigaddset(set, SIGCHLD);
}

/*
 * The kernel would restart the call after a handler that returns
 * (ERESTARTNOINTR), so the handler does not return.
 */
static int
seize_interruptibly(
    pid_t tid, unsigned long options, int patience_ms, bool hears_children)
{
	const struct sigaction jump = { .sa_handler = on_signal };
	volatile int r = -EINTR;
	sigset_t waking;
	int signal;

	among(&waking, hears_children);
	if (sigaction(SIGCHLD, &jump, NULL) < 0 ||
	    sigaction(SIGALRM, &jump, NULL) < 0)
		return -errno;
	set_patience(patience_ms);
	/* The jump brings the mask back, with both in it. */
	signal = sigsetjmp(interrupted, 1);
	if (signal == 0) {
		(void)sigprocmask(SIG_UNBLOCK, &waking, NULL);
		r = seize(tid, options);
		(void)sigprocmask(SIG_BLOCK, &waking, NULL);
	} else if (signal == SIGALRM)
		r = -ETIMEDOUT;
	end_patience();
	return r;
}

int
trace_seize_among_threads(pid_t tid, bool is_held, int patience_ms)
{
	return seize_interruptibly(
	    tid, is_held ? HELD : ALWAYS, patience_ms, true);
}

int
trace_seize_soon(pid_t tid)
{
	return seize_interruptibly(tid, ALWAYS, TRACE_SOON_MS, false);
}

bool
trace_has_news(void)
{
	siginfo_t news = { .si_pid = 0 };

	return waitid(P_ALL, 0, &news,
		   WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	       news.si_pid != 0;
}

/*
 * Nearly always nobody holds the lock, and the first try is enough: it hears
 * nobody, or each death would end the look at all others.  A SIGCHLD may be
 * left over from what was heard already: then once more.
 */
int
trace_seize_for_a_look(pid_t tid)
{
	int r = seize_interruptibly(tid, 0, LOCK_MS, false);

	if (r != -ETIMEDOUT || trace_is_ours(tid))
		return r == -ETIMEDOUT ? 0 : r;
	do {
		r = seize_interruptibly(tid, 0, TRACE_PATIENCE_MS, true);
	} while (r == -EINTR && !trace_has_news());
	return r;
}

static pid_t
message(pid_t tid)
{
	unsigned long value = 0;

	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &value) < 0)
		return 0; /* killed in its stop */
	return (pid_t)value;
}

/* ptrace(2), "Stopped states"; the high bits of a wait status. */
static void
read_stop(int status, struct trace_event *out)
{
	int event = status >> 16;

	out->signal = WSTOPSIG(status);
	switch (event) {
	case 0:
		out->kind = TRACE_SIGNAL;
		break;
	case PTRACE_EVENT_EXEC:
		out->kind = TRACE_EXEC;
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		out->kind = TRACE_FORK;
		out->other = message(out->tid);
		break;
	case PTRACE_EVENT_STOP:
		out->kind = out->signal == SIGTRAP ? TRACE_TRAP
		                                   : TRACE_GROUP_STOP;
		break;
	default:
		out->kind = TRACE_OTHER;
		break;
	}
}

int
trace_next(struct trace_event *out)
{
	return trace_next_of(-1, out);
}

int
trace_next_of(pid_t tid, struct trace_event *out)
{
	struct trace_event event = { 0 };
	int status = 0;

	/* __WALL: a thread, or a child of clone(2) with another exit signal. */
	event.tid = waitpid(tid, &status, WNOHANG | __WALL);
	if (event.tid < 0 && errno != ECHILD)
		return -errno;
	if (event.tid > 0 && WIFSTOPPED(status))
		read_stop(status, &event);
	else if (event.tid > 0) {
		event.kind = TRACE_EXITED;
		event.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	*out = event;
	return 0;
}

pid_t
trace_former_tid(pid_t tid)
{
	return message(tid);
}

void
trace_resume(pid_t tid, int signal)
{
	(void)ptrace(PTRACE_CONT, tid, 0, (uintptr_t)signal);
}

void
trace_listen(pid_t tid)
{
	(void)ptrace(PTRACE_LISTEN, tid, 0, 0);
}

void
trace_let_go(pid_t tid, int signal)
{
	(void)ptrace(PTRACE_DETACH, tid, 0, (uintptr_t)signal);
}

void
trace_interrupt(pid_t tid)
{
	(void)ptrace(PTRACE_INTERRUPT, tid, 0, 0);
}

void
trace_kill(pid_t tid)
{
	(void)kill(tid, SIGKILL);
}

bool
trace_is_ours(pid_t tid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)tid, &info,
		   WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0;
}

enum trace_where
trace_where(pid_t tid)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)tid, &info,
		WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) < 0)
		return TRACE_IS_GONE;
	if (info.si_pid == 0)
		return TRACE_RUNS;
	return info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED
	           ? TRACE_STANDS
	           : TRACE_IS_GONE;
}

void
trace_await_news(int ms)
{
	const struct timespec patience = { .tv_nsec = ms * 1000000L };
	sigset_t children;

	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	(void)sigtimedwait(&children, NULL, &patience);
}

bool
trace_is_leader(pid_t tid)
{
	return syscall(SYS_tgkill, tid, tid, 0) == 0;
}
