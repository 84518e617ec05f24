#include "guardd/libraries.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "guardd/ask.h"
#include "guardd/attach.h"
#include "guardd/kernel/image.h"
#include "guardd/kernel/mapped.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "guardd/place.h"
#include "guardd/session.h"
#include "guardd/still.h"

/* A range has one file in it, or none.  Who asks about more than so many at
 * once hears no. */
#define FILES_MAX 64

/* mprotect(2) takes an address whose upper byte is a tag, where the processor
 * ignores it: Top Byte Ignore, Linear Address Masking. */
#define WITHOUT_TAG UINT64_C(0x00ffffffffffffff)

static struct collector
collector_of(struct session *s, const struct request *r)
{
	return (struct collector){
		.view = &s->view,
		.guest = r->guest,
		.ledger = &s->ledger,
		.known = &s->known,
		.tid = r->q.tid,
	};
}

static void
go_on(struct session *s, const struct request *r)
{
	(void)notify_continue(s->listener, &r->q);
}

/* Whether a refusal is more than a line in the log. */
static bool
is_enforced(const struct policy *policy)
{
	return policy->mode != MODE_PERMISSIVE &&
	       !action_lets_run(policy->tpe.action);
}

/* Private memory that is older than MAP_ANONYMOUS: mem(4), zero(4).  What
 * calls itself a device on a mount of the user's cannot be opened (MS_NODEV).
 */
static bool
is_zero_device(mode_t mode, unsigned first, unsigned second)
{
	return S_ISCHR(mode) && first == 1 && second == 5;
}

/* The verdict on s->facts' only image, also as words for a notice. */
static void
judge(struct session *s, struct request *r)
{
	r->verdict = decide(r->guest->policy, &s->facts);
	r->first = s->facts.images[0].id;
	(void)snprintf(r->path, sizeof(r->path), "%s", s->facts.images[0].path);
}

static void
judge_file(struct session *s, struct request *r, int fd)
{
	const struct collector c = collector_of(s, r);

	collect_begin(&c, r->who.real, &s->facts);
	(void)collect_image(&c, fd, ROLE_LIBRARY, &s->facts);
	judge(s, r);
}

static void
nothing_known(struct session *s, struct request *r)
{
	s->facts.n_images = 0;
	r->verdict = decide_refusal(r->guest->policy, REASON_UNKNOWN);
}

/*
 * The file behind the descriptor that mmap(2) names.  Returns 0 with a verdict,
 * or -EBADF: there is none, and none may come to be there until the kernel
 * looks.
 */
static int
look_at_descriptor(struct session *s, struct request *r)
{
	const struct collector c = collector_of(s, r);
	int number = (int)r->q.args[4];
	struct statx st;
	char entry[24];
	int error;

	if (number < 0)
		return -EBADF;
	(void)snprintf(entry, sizeof(entry), "fd/%d", number);
	error = proc_look_at(s->proc, r->q.tid, entry, &st);
	if (error == -ENOENT)
		return -EBADF;
	if (error < 0) {
		nothing_known(s, r);
		return 0;
	}
	if (is_zero_device(st.stx_mode, st.stx_rdev_major, st.stx_rdev_minor)) {
		r->verdict = decide_no_objection();
		return 0;
	}
	collect_begin(&c, r->who.real, &s->facts);
	if (collect_known(&c, &st, ROLE_LIBRARY, &s->facts) != NULL) {
		judge(s, r);
		return 0;
	}

	SCOPED(fd_release) int fd = proc_open_path(s->proc, r->q.tid, entry);

	if (fd >= 0)
		judge_file(s, r, fd);
	else
		nothing_known(s, r);
	return 0;
}

/* One mapping of a file. */
static void
look_at_mapping(struct session *s, struct request *r, const struct loader *m)
{
	SCOPED(fd_release)
	int fd = image_open_loader(s->proc, r->who.tgid, m);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		nothing_known(s, r);
	else if (is_zero_device(
		     st.st_mode, major(st.st_rdev), minor(st.st_rdev)))
		r->verdict = decide_no_objection();
	else
		judge_file(s, r, fd);
}

/*
 * Every file that is mapped in the range that mprotect(2) names.  The first
 * that is refused gives the verdict.  Returns 0.
 */
static int
look_at_range(struct session *s, struct request *r)
{
	SCOPED(fd_release) int maps = mapped_open(s->proc, r->q.tid);
	uint64_t at = r->q.args[0] & WITHOUT_TAG;
	uint64_t end = at + r->q.args[1];
	struct loader m;

	r->verdict = decide_no_objection();
	/* The kernel refuses an end before the start itself. */
	for (int n = 0; at < end; at = m.end) {
		int found = maps < 0 ? maps : mapped_next(maps, at, end, &m);

		if (found == 0)
			break;
		if (found < 0 || n++ == FILES_MAX) {
			nothing_known(s, r);
			break;
		}
		if (mapped_is_anonymous(&m))
			continue;
		look_at_mapping(s, r, &m);
		if (r->verdict.action != ACTION_ALLOW)
			break;
	}
	return 0;
}

typedef int looker(struct session *s, struct request *r);

/* Whatever was found is no reason to say yes. */
static int
say_no(struct session *s, struct request *r, int found)
{
	if (found == 0)
		return ask_refuse(s, r, r->verdict);
	(void)notify_refuse(s->listener, &r->q, -found);
	return 0;
}

/* What a tracer does whom policy permits is not ours to see. */
static int
traced(struct session *s, struct request *r)
{
	if (attach_is_permitted(s, r->q.tid)) {
		go_on(s, r);
		return 0;
	}
	s->facts.n_images = 0;
	return ask_refuse(
	    s, r, decide_refusal(r->guest->policy, REASON_TRACED));
}

/* The others may not run on, and cannot be kept from it for ever: he is out of
 * our hands, and nobody knows what he will have mapped. */
static int
end(struct session *s, struct request *r)
{
	SCOPED(fd_release) int process = proc_pin(r->who.tgid);
	const struct event_exec e = {
		.facts = &s->facts,
		.verdict = decide_refusal(r->guest->policy, REASON_UNKNOWN),
		.is_confirm = true,
		.asked = r->path,
		.pid = r->q.tid,
	};
	struct event_source from = session_source(s, r->guest);

	proc_signal(process, SIGKILL);
	s->counters.killed++;
	event_exec(&from, &e);
	return 0;
}

static int
answer_still(struct session *s, struct request *r, looker *look)
{
	int error = still_hold(s, &r->q, r->who.tgid);

	if (error == 0) {
		int found = look(s, r);

		if (found < 0 || r->verdict.action != ACTION_ALLOW)
			return say_no(s, r, found);
		error = still_answer(s, &r->q, r->who.tgid);
	}
	if (error == 0 || error == -ESRCH)
		return 0;
	if (error == -EINPROGRESS)
		return end(s, r);
	if (error == -EPERM)
		return traced(s, r);
	nothing_known(s, r);
	return ask_refuse(s, r, r->verdict);
}

/*
 * Other threads may exchange what the question is about before the kernel takes
 * it, and would run what is there then before anybody looks again.  So, if
 * there are others, they stand meanwhile.
 */
static int
serve(struct session *s, struct request *r, looker *look)
{
	int found = look(s, r);
	int answered, heard;

	if (found < 0 || r->verdict.action != ACTION_ALLOW)
		return say_no(s, r, found);
	if (!is_enforced(r->guest->policy) ||
	    proc_count_threads(s->proc, r->who.tgid) == 1) {
		go_on(s, r);
		return 0;
	}
	answered = answer_still(s, r, look);
	heard = still_release(s);
	return answered < 0 ? answered : heard;
}

/* A number in a register, which nobody can change any more. */
static int
serve_number(struct session *s, struct request *r)
{
	const struct tpe_rules *rules = &r->guest->policy->tpe;
	struct verdict verdict = decide_objection(
	    CHECK_TPE, REASON_UNJUDGED, rules->action, rules->line);

	/* personality(2): this one only asks what it is. */
	if (r->q.call == CALL_PERSONALITY &&
	    (uint32_t)r->q.args[0] == UINT32_MAX) {
		go_on(s, r);
		return 0;
	}
	(void)snprintf(r->path, sizeof(r->path), "%s",
	    r->q.call == CALL_PERSONALITY ? "personality(READ_IMPLIES_EXEC)"
					  : "shmat(SHM_EXEC)");
	s->facts.n_images = 0;
	r->error = EPERM;
	return ask_refuse(s, r, decide_softened(r->guest->policy, verdict));
}

int
libraries_serve(struct session *s, const struct question *q)
{
	struct request r = { .q = *q, .guest = s->guests.at[0] };

	s->facts.n_images = 0;
	if (q->tid == 0)
		return ask_refuse(
		    s, &r, decide_refusal(r.guest->policy, REASON_UNSEEN));
	if (proc_identity(s->proc, q->tid, &r.who) < 0)
		return ask_refuse(
		    s, &r, decide_refusal(r.guest->policy, REASON_UNKNOWN));
	r.guest = guests_judge(&s->guests, r.who.real);
	if (guest_is_exempt(r.guest) || !libraries_matter(r.guest->policy)) {
		go_on(s, &r);
		return 0;
	}
	if (q->call == CALL_MMAP)
		return serve(s, &r, look_at_descriptor);
	if (q->call == CALL_MPROTECT)
		return serve(s, &r, look_at_range);
	return serve_number(s, &r);
}

struct verdict
libraries_confirm(const struct collector *c, const struct loaded *loaded,
    struct verdict verdict)
{
	const struct policy *policy = c->guest->policy;
	const struct tpe_rules *rules = &policy->tpe;
	unsigned long personality = READ_IMPLIES_EXEC;

	/* For another program the kernel clears it (SET_PERSONALITY). */
	if (!action_lets_run(verdict.action) || !libraries_matter(policy) ||
	    !loaded->is_32_bit)
		return verdict;
	(void)!proc_personality(c->view->proc, c->tid, &personality);
	if ((personality & READ_IMPLIES_EXEC) == 0)
		return verdict;
	return decide_softened(
	    policy, decide_objection(CHECK_TPE, REASON_UNJUDGED, rules->action,
			rules->line));
}
