#include "guardd/explanation.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/record.h"
#include "common/wire_explain.h"
#include "guardd/ask.h"
#include "guardd/confirm.h"
#include "guardd/contents.h"
#include "guardd/explained.h"
#include "guardd/session.h"

/* --- collect ------------------------------------------------------------- */

static bool
is_worth_following(const struct collector *c, const struct facts *facts)
{
	const struct image *last = &facts->images[facts->n_images - 1];

	if (!S_ISREG(last->self.mode))
		return false;
	/* It may let an open wait: as little is read as in a session. */
	return last->fs_type != FUSE_SUPER_MAGIC ||
	       action_lets_run(decide(c->guest->policy, facts).action);
}

static enum chain
stop(struct explanation *e, enum stop why, int error)
{
	e->stop = why;
	e->error = error;
	return CHAIN_BROKEN;
}

/* Why the chain of interpreters was not followed to its end. */
static enum chain
find_stop(const struct collector *c, struct explanation *e, struct facts *facts)
{
	struct image *last = &facts->images[facts->n_images - 1];
	const struct inspection *is;

	if (last->name != NAME_UNKNOWN && !S_ISREG(last->self.mode))
		return stop(e, STOP_NO_PROGRAM, 0);
	if (last->holding.contents == CONTENTS_PENDING)
		return stop(e, STOP_REFUSED, 0);
	is = contents_find(c, last);
	if (is == NULL || is->shebang == SHEBANG_NONE)
		return stop(e, STOP_UNREAD, 0);
	if (is->shebang != SHEBANG_FOUND)
		return stop(e, STOP_SHEBANG, 0);

	SCOPED(fd_release)
	int fd = resolve_as(c->view, c->tid, AT_FDCWD, is->interpreter, 0);

	return fd < 0 ? stop(e, STOP_INTERPRETER, fd) : stop(e, STOP_DEEP, 0);
}

/* The ELF interpreter, as the kernel will open it; confirm takes it from what
 * is mapped. */
static enum chain
collect_named_loader(
    const struct collector *c, struct explanation *e, struct facts *facts)
{
	struct image *program = &facts->images[facts->n_images - 1];
	const struct inspection *is = contents_find(c, program);
	struct image *image;

	if (is == NULL)
		return stop(e, STOP_UNREAD, 0);
	if (is->kind == ELF_NOT)
		return stop(e, STOP_FORMAT, 0);
	if (is->kind == ELF_MALFORMED)
		return stop(e, STOP_MALFORMED, 0);
	if (is->kind != ELF_DYNAMIC)
		return CHAIN_WHOLE;
	if (is->loader[0] == '\0')
		return stop(e, STOP_LONG, 0);

	SCOPED(fd_release)
	int fd = resolve_as(c->view, c->tid, AT_FDCWD, is->loader, 0);
	const struct contents_from from = { .fd = fd };

	if (fd < 0)
		return stop(e, STOP_LOADER, fd);
	image = collect_image(c, fd, ROLE_LOADER, facts);
	if (image != NULL && contents_matter(c, image) &&
	    contents_learn(c, &from, image, NULL) == LEARNT_LATER)
		return CHAIN_WAITS;
	return CHAIN_WHOLE;
}

static struct collector
collector_for(struct session *s)
{
	struct request *r = &s->explanation.r;

	return (struct collector){
		.view = &s->view,
		.guest = r->guest,
		.ledger = &s->ledger,
		.known = &s->known,
		.tid = r->q.tid,
		.is_confirm = true, /* with digests */
		.inspector = &s->inspector,
		.waiting = &r->waiting,
	};
}

/* All images, in the order in which the kernel finds them. */
static enum chain
collect_all(struct session *s, struct explanation *e)
{
	const struct request *r = &e->r;
	struct facts *facts = &s->facts;
	const struct collector c = collector_for(s);
	SCOPED(fd_release)
	int fd = resolve_as(&s->view, r->q.tid, AT_FDCWD, r->path, 0);
	enum chain chain;

	(void)stop(e, STOP_NONE, 0);
	collect_begin(&c, r->who.real, facts);
	if (fd < 0)
		return stop(e, STOP_PATH, fd);
	chain = collect_chain(&c, fd, r->path, facts, is_worth_following);
	e->n_chain = facts->n_images;
	if (chain == CHAIN_BROKEN)
		chain = find_stop(&c, e, facts);
	/* What is not read is a program for all that is known. */
	if (chain == CHAIN_WHOLE || e->stop == STOP_UNREAD ||
	    e->stop == STOP_REFUSED || e->stop == STOP_NO_PROGRAM)
		facts->images[facts->n_images - 1].role = ROLE_PROGRAM;
	return chain == CHAIN_WHOLE ? collect_named_loader(&c, e, facts)
	                            : chain;
}

/* What collect_all() has found, opened again. */
static int
open_program(
    const struct collector *c, struct explanation *e, struct facts *facts)
{
	const char *name = e->r.path;

	if (e->n_chain > 1) {
		const struct inspection *is = contents_find(
		    c, &facts->images[e->n_chain - 2]);

		name = is != NULL ? is->interpreter : "";
	}
	return resolve_as(c->view, c->tid, AT_FDCWD, name, 0);
}

static int
open_loader(
    const struct collector *c, struct explanation *e, struct facts *facts)
{
	const struct inspection *is = contents_find(
	    c, &facts->images[e->n_chain - 1]);

	return is == NULL || is->loader[0] == '\0'
	           ? -1
	           : resolve_as(c->view, c->tid, AT_FDCWD, is->loader, 0);
}

/* As confirm has them: the program first. */
static void
arrange(struct facts *facts, size_t n_chain)
{
	static struct image program; /* too large for a stack */

	if (n_chain < 2)
		return;
	program = facts->images[n_chain - 1];
	memmove(&facts->images[1], &facts->images[0],
	    (n_chain - 1) * sizeof(facts->images[0]));
	facts->images[0] = program;
}

/* Where image i, in the order of the kernel, is behind arrange(). */
static size_t
place_of(const struct explanation *e, size_t i)
{
	if (i >= e->n_chain)
		return i;
	return i + 1 == e->n_chain ? 0 : i + 1;
}

/* --- one explanation ------------------------------------------------------ */

static void
say_all(struct session *s)
{
	const struct explanation *e = &s->explanation;
	/* Whether the program is known, as it is at confirm. */
	bool is_arranged = e->stop == STOP_NONE || e->stop == STOP_UNREAD ||
	                   e->stop == STOP_LONG || e->stop == STOP_LOADER ||
	                   e->stop == STOP_FORMAT || e->stop == STOP_MALFORMED;

	if (is_arranged) {
		arrange(&s->facts, e->n_chain);
		s->facts.is_loaded = true;
	}
	explained_head(s);
	for (size_t i = 0; i < s->facts.n_images; i++)
		explained_image(
		    s, &s->facts.images[is_arranged ? place_of(e, i) : i]);
	explained_stop(s);
	if (e->verdict != NULL)
		explained_say(s, e->verdict);
	explained_end(s, "ok");
}

/*
 * The first phase, once: of a script whose digest confirm has learnt it would
 * say more than of one that nobody has executed.  False: it waits.
 */
static bool
ask(struct session *s, struct explanation *e)
{
	struct request *r = &e->r;

	r->waits = r->is_known = false;
	r->verdict = (struct verdict){ 0 };
	ask_look(s, r);
	if (r->waits && waiting_explain(s, &r->waiting) == 0)
		return false;
	if (r->waits)
		r->verdict = decide_refusal(
		    r->guest->policy, REASON_UNINSPECTED);
	e->is_asked = true;
	if (action_lets_run(r->verdict.action))
		return true;
	e->verdict = explained_verdict(s, &r->verdict, "ask");
	e->is_confirmed = true; /* it never comes to that */
	return true;
}

static bool
wait_again(struct session *s, enum chain chain)
{
	return chain == CHAIN_WAITS &&
	       waiting_explain(s, &s->explanation.r.waiting) == 0;
}

/* The second phase, once, unless the kernel refuses before.  It collects as
 * much as it would, and s->facts are what it found.  False: it waits. */
static bool
confirm(struct session *s, struct explanation *e)
{
	const struct collector c = collector_for(s);
	SCOPED(fd_release) int program = -1;
	SCOPED(fd_release) int loader = -1;
	struct verdict verdict;

	e->is_confirmed = true;
	if (e->stop != STOP_NONE && e->stop != STOP_UNREAD &&
	    e->stop != STOP_LONG)
		return true;
	program = open_program(&c, e, &s->facts);
	loader = open_loader(&c, e, &s->facts);
	if (program < 0)
		return true;

	const struct supposed exec = { program, loader, e->r.path };

	collect_begin(&c, e->r.who.real, &s->facts);
	if (!confirm_supposed(&c, &exec, &s->facts, &verdict)) {
		e->is_confirmed = !wait_again(s, CHAIN_WAITS);
		return e->is_confirmed;
	}
	e->verdict = explained_verdict(s, &verdict, "confirm");
	return true;
}

void
explanation_serve(struct session *s, struct waiting waiting)
{
	struct explanation *e = &s->explanation;

	e->r.waiting = waiting;
	if ((!e->is_asked && !ask(s, e)) || wait_again(s, collect_all(s, e)))
		return;
	if (!e->is_confirmed &&
	    (!confirm(s, e) || wait_again(s, collect_all(s, e))))
		return;
	say_all(s);
	s->phase = PHASE_OVER;
}

void
explanation_release(struct explanation *explanation)
{
	record_release(&explanation->verdict);
}

void
explanation_begin(struct session *s, struct span bytes)
{
	struct request *r = &s->explanation.r;
	struct ucred starter;
	socklen_t len = sizeof(starter);

	s->phase = PHASE_OVER;
	if (wire_unpack_explain(bytes, r->path) < 0 ||
	    getsockopt(s->starter, SOL_SOCKET, SO_PEERCRED, &starter, &len) <
		0) {
		explained_end(
		    s, "this guard is of another version of execguard");
		return;
	}
	r->q.tid = starter.pid;
	r->dirfd = AT_FDCWD;
	r->who.real = s->guests.at[0]->uid;
	r->guest = s->guests.at[0];
	s->phase = PHASE_EXPLAINING;
	explanation_serve(
	    s, (struct waiting){ .since = s->inspector.last_ticket });
}
