#include "guardd/permit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "guardd/reload.h"
#include "guardd/session.h"
#include "policy/explain.h"

/* --- a policy that is less strict ------------------------------------------
 */

static int
add_path(struct words *words, const char *path)
{
	char *word = strdup(path);
	char **more = word == NULL
	                  ? NULL
	                  : realloc(words->at, (words->n + 1) * sizeof(*more));

	if (more == NULL) {
		free(word);
		return -ENOMEM;
	}
	words->at = more;
	words->at[words->n++] = word;
	return 0;
}

/* No path: the check is off. */
static int
relax_check(const char *path, bool *is_on, struct words *except)
{
	if (path[0] != '\0')
		return *is_on ? add_path(except, path) : 0;
	*is_on = false;
	return 0;
}

static int
relax(struct policy *p, const char *check, const char *path)
{
	const struct {
		enum check check;
		bool *is_on;
		struct words *except;
	} checks[] = {
		{ CHECK_SEGVGUARD, &p->segvguard.is_on, &p->segvguard.except },
		{ CHECK_EXEC, &p->exec.is_on, &p->exec.except },
		{ CHECK_TPE, &p->tpe.is_on, &p->tpe.except },
		{ CHECK_ELF, &p->elf.is_on, &p->elf.except },
		{ CHECK_INTEGRITY, &p->integrity.is_on, &p->integrity.except },
		{ CHECK_ENVIRONMENT, &p->environment.is_on,
		    &p->environment.except },
	};
	int r = -EINVAL; /* no such check */

	for (size_t i = 0; i < LENGTH(checks); i++) {
		if (check[0] != '\0' &&
		    strcmp(check, explain_check(checks[i].check)) != 0)
			continue;
		r = relax_check(path, checks[i].is_on, checks[i].except);
		if (r < 0)
			break;
	}
	return r;
}

/* --- one permit -------------------------------------------------------------
 */

static void
forget(struct permit *permit)
{
	policies_release(&permit->own);
	free(permit->check);
	free(permit->path);
	*permit = (struct permit){ 0 };
}

void
permit_release(struct permits *permits)
{
	for (size_t i = 0; i < PERMITS; i++)
		forget(&permits->at[i]);
}

static struct guest *
guest_of(const struct session *s, uid_t uid)
{
	for (size_t i = 0; i < s->guests.n; i++)
		if (s->guests.at[i]->uid == uid)
			return s->guests.at[i];
	return NULL;
}

static void
tell(struct session *s, const struct permit *permit, const char *state)
{
	const struct event_source from = session_source(
	    s, guest_of(s, permit->uid));
	uint64_t now = collect_now();
	const struct event_permit e = {
		.state = state,
		.check = permit->check,
		.path = permit->path,
		.seconds = permit->until > now
		               ? (permit->until - now + 999) / 1000
		               : 0,
	};

	event_permit(&from, &e);
}

static void
end(struct session *s, struct permit *permit)
{
	struct guest *guest = guest_of(s, permit->uid);

	guests_give(guest, reload_choose(s, &s->policies, guest));
	tell(s, permit, "end");
	forget(permit);
}

void
permit_end_all(struct session *s)
{
	for (size_t i = 0; i < PERMITS; i++)
		if (s->permits.at[i].until > 0)
			end(s, &s->permits.at[i]);
}

/* Where uid's is, or a free place. */
static struct permit *
place_for(struct permits *permits, uid_t uid)
{
	struct permit *place = NULL;

	for (size_t i = 0; i < PERMITS; i++) {
		struct permit *permit = &permits->at[i];

		if (permit->until > 0 && permit->uid == uid)
			return permit;
		if (permit->until == 0 && place == NULL)
			place = permit;
	}
	return place;
}

/* All that can fail. */
static int
draft(const struct session *s, const struct order *order,
    const struct guest *guest, struct permit *out, char why[PARSE_WHY])
{
	const struct policy *policy;
	int r = reload_read(s, &out->own, why);

	if (r < 0)
		return r;
	policy = reload_choose(s, &out->own, guest);
	r = reload_prepare(s, &out->own, policy, why);
	if (r < 0)
		return r;
	if (policy < out->own.at || policy >= out->own.at + out->own.n) {
		(void)snprintf(why, PARSE_WHY,
		    "no policy names '%s' any more: reload", guest->user);
		return -ENOENT;
	}
	r = relax(
	    &out->own.at[policy - out->own.at], order->check, order->path);
	out->check = strdup(order->check);
	out->path = strdup(order->path);
	out->uid = guest->uid;
	out->until = collect_now() + (uint64_t)order->seconds * 1000;
	if (r == -EINVAL)
		(void)snprintf(
		    why, PARSE_WHY, "there is no check '%s'", order->check);
	else if (r < 0 || out->check == NULL || out->path == NULL) {
		(void)snprintf(why, PARSE_WHY, "out of memory");
		r = -ENOMEM;
	}
	return r;
}

static int
begin(struct session *s, const struct order *order, struct guest *guest,
    char why[PARSE_WHY])
{
	struct permit *place = place_for(&s->permits, guest->uid);
	struct permit permit = { 0 };
	int r = place == NULL ? -ENOSPC : draft(s, order, guest, &permit, why);

	if (place == NULL)
		(void)snprintf(
		    why, PARSE_WHY, "%d users have one already", PERMITS);
	if (r < 0) {
		forget(&permit);
		return r;
	}
	if (place->until > 0)
		end(s, place);
	*place = permit;
	guests_give(guest, reload_choose(s, &place->own, guest));
	tell(s, place, "begin");
	return 0;
}

/* Whom order names, and who is judged at all. */
static bool
is_meant(const struct order *order, const struct guest *guest)
{
	return !guest_is_exempt(guest) &&
	       (!order->has_user || order->uid == guest->uid);
}

/* What an order has begun for the first n guests, and cannot for the next. */
static void
take_back(struct session *s, const struct order *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct guest *guest = s->guests.at[i];

		if (is_meant(order, guest))
			end(s, place_for(&s->permits, guest->uid));
	}
}

int
permit_begin(struct session *s, const struct order *order, char why[PARSE_WHY])
{
	int r = -ENOENT;

	(void)snprintf(why, PARSE_WHY, "nobody like that is judged here");
	if (order->seconds == 0)
		return -EINVAL;
	for (size_t i = 0; i < s->guests.n; i++) {
		if (!is_meant(order, s->guests.at[i]))
			continue;
		r = begin(s, order, s->guests.at[i], why);
		if (r < 0) {
			take_back(s, order, i);
			break;
		}
	}
	return r;
}

int
permit_patience_ms(const struct permits *permits, uint64_t now)
{
	uint64_t first = CLOCK_NEVER;

	for (size_t i = 0; i < PERMITS; i++)
		if (permits->at[i].until > 0 && permits->at[i].until < first)
			first = permits->at[i].until;
	return clock_left_ms(first, now);
}

void
permit_on_turn(struct session *s)
{
	uint64_t now = collect_now();

	for (size_t i = 0; i < PERMITS; i++) {
		struct permit *permit = &s->permits.at[i];

		if (permit->until > 0 && permit->until <= now)
			end(s, permit);
	}
}
