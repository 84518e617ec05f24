/*
 * ledger.c - crashes, suspensions and time.
 */
#include "policy/ledger.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "policy/page.h"

/* now + seconds, and the end of time rather than its beginning. */
static uint64_t
after(uint64_t now, unsigned seconds)
{
	uint64_t ms = (uint64_t)seconds * 1000;

	return now > UINT64_MAX - ms ? UINT64_MAX : now + ms;
}

static bool
is_forgotten(uint64_t then, uint64_t now, const struct segvguard_rules *rules)
{
	return now >= then && now - then >= (uint64_t)rules->expiry_s * 1000;
}

static bool
is_suspended(const struct place *place, uint64_t now)
{
	return place->suspended_until > now;
}

/*
 * Of the places that hold neither a suspension nor a crash that still counts
 * the one with the oldest latest crash, or the overflow: nobody gets rid of a
 * count by crashing something else.
 */
static size_t
evictable(const struct ledger_user *page, uint64_t now)
{
	size_t oldest = OVERFLOW_PLACE;

	for (size_t i = 0; i < page->n_places; i++) {
		if (is_suspended(&page->places[i], now) ||
		    (page->places[i].n > 0 &&
			page->places[i].forgotten_at > now))
			continue;
		if (oldest == OVERFLOW_PLACE ||
		    page->places[i].last < page->places[oldest].last)
			oldest = i;
	}
	return oldest;
}

/* Where image is counted, or would be; *out_is_own: its own place. */
static size_t
place_index(const struct ledger_user *page, struct file_id image, uint64_t now,
    bool *out_is_own)
{
	for (size_t i = 0; i < page->n_places; i++) {
		if (same_file(page->keys[i], image)) {
			*out_is_own = true;
			return i;
		}
	}
	*out_is_own = false;
	/* Nobody leaves a common suspension by crashing once more. */
	if (is_suspended(&page->places[OVERFLOW_PLACE], now))
		return OVERFLOW_PLACE;
	if (page->n_places < LEDGER_PLACES)
		return page->n_places;
	return evictable(page, now);
}

/* The place whose suspension and crashes are image's; NULL: it has none. */
static struct place *
place_of(struct ledger_user *page, struct file_id image, uint64_t now)
{
	bool is_own;
	size_t at = place_index(page, image, now, &is_own);

	if (!is_own && at != OVERFLOW_PLACE)
		return NULL;
	return &page->places[at];
}

static struct place *
place_take(struct ledger_user *page, struct file_id image, uint64_t now)
{
	bool is_own;
	size_t at = place_index(page, image, now, &is_own);

	if (is_own || at == OVERFLOW_PLACE)
		return &page->places[at];
	if (at == page->n_places)
		page->n_places++;
	page->keys[at] = image;
	page_clear_place(&page->places[at]);
	return &page->places[at];
}

static unsigned
bounded_maxcrashes(const struct segvguard_rules *rules)
{
	if (rules->maxcrashes == 0)
		return 1;
	if (rules->maxcrashes > MAXCRASHES_MAX)
		return MAXCRASHES_MAX;
	return rules->maxcrashes;
}

void
ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->n_users; i++) {
		page_clear(ledger->users[i]);
		free(ledger->users[i]);
	}
	free(ledger->users);
	*ledger = (struct ledger){ 0 };
}

bool
ledger_crash(struct ledger *ledger, const struct segvguard_rules *rules,
    uid_t user, struct file_id image, uint64_t now)
{
	struct ledger_user *page = page_find(ledger, user);
	struct place *place;
	unsigned n_old = 0;
	uint64_t end;

	if (page == NULL)
		page = page_make(ledger, user);
	if (page == NULL) {
		ledger->has_lost = true;
		return false;
	}
	place = place_take(page, image, now);

	while (
	    n_old < place->n && is_forgotten(place->times[n_old], now, rules))
		n_old++;
	/* The bound of the array is the largest maxcrashes: a full one has
	   just been emptied by the suspension it caused. */
	place->n -= n_old;
	memmove(place->times, place->times + n_old,
	    place->n * sizeof(place->times[0]));
	place->times[place->n++] = now;
	place->last = now;
	place->forgotten_at = after(now, rules->expiry_s);

	if (place->n < bounded_maxcrashes(rules))
		return false;
	place->n = 0;
	end = after(now, rules->suspension_s);
	/* Crashes of what still ran must not shorten a suspension. */
	if (end > place->suspended_until)
		place->suspended_until = end;
	return true;
}

uint64_t
ledger_suspended_until(
    const struct ledger *ledger, uid_t user, struct file_id image, uint64_t now)
{
	struct ledger_user *page = page_find(ledger, user);
	const struct place *place;

	if (page == NULL)
		return ledger->has_lost ? UINT64_MAX : 0;
	place = place_of(page, image, now);
	if (place == NULL || !is_suspended(place, now))
		return 0;
	return place->suspended_until;
}

unsigned
ledger_count(const struct ledger *ledger, const struct segvguard_rules *rules,
    uid_t user, struct file_id image, uint64_t now)
{
	struct ledger_user *page = page_find(ledger, user);
	const struct place *place;
	unsigned n = 0;

	if (page == NULL)
		return 0;
	place = place_of(page, image, now);
	if (place == NULL)
		return 0;
	for (unsigned i = 0; i < place->n; i++)
		if (!is_forgotten(place->times[i], now, rules))
			n++;
	return n;
}

void
ledger_forgive(struct ledger *ledger, uid_t user, const struct file_id *image)
{
	struct ledger_user *page = page_find(ledger, user);

	if (page == NULL)
		return;
	if (image == NULL) {
		page_clear(page);
		return;
	}
	for (size_t i = 0; i < page->n_places; i++) {
		if (same_file(page->keys[i], *image)) {
			page_clear_place(&page->places[i]);
			return;
		}
	}
	page_clear_place(&page->places[OVERFLOW_PLACE]);
}

void
ledger_name(
    struct ledger *ledger, uid_t user, struct file_id image, const char *path)
{
	struct ledger_user *page = page_find(ledger, user);

	size_t size = strlen(path) + 1;
	char *copy;

	for (size_t i = 0; page != NULL && i < page->n_places; i++) {
		if (!same_file(page->keys[i], image))
			continue;
		copy = calloc(1, size);
		if (copy != NULL)
			memcpy(copy, path, size);
		free(page->places[i].path);
		page->places[i].path = copy;
		return;
	}
}

/* One place; nothing counts in it, and it is not suspended: false. */
static bool
read_place(const struct ledger_user *page, size_t at, uint64_t now,
    struct ledger_entry *out)
{
	const struct place *place = &page->places[at];
	bool counts = place->n > 0 && place->forgotten_at > now;

	*out = (struct ledger_entry){
		.user = page->uid,
		.is_overflow = at == OVERFLOW_PLACE,
		.n_crashes = counts ? place->n : 0,
		.last = place->last,
		.suspended_until = is_suspended(place, now)
		                       ? place->suspended_until
		                       : 0,
	};
	if (!out->is_overflow) {
		out->image = page->keys[at];
		out->path = place->path;
	}
	return out->n_crashes > 0 || out->suspended_until > 0;
}

void
ledger_walk(const struct ledger *ledger, uint64_t now,
    void (*visit)(const struct ledger_entry *entry, void *context),
    void *context)
{
	struct ledger_entry entry;

	for (size_t user = 0; user < ledger->n_users; user++)
		for (size_t i = 0; i <= LEDGER_PLACES; i++)
			if (read_place(ledger->users[user], i, now, &entry))
				visit(&entry, context);
}

bool
ledger_is_crash(int signal)
{
	switch (signal) {
	case SIGQUIT:
	case SIGILL:
	case SIGTRAP:
	case SIGABRT:
	case SIGBUS:
	case SIGFPE:
	case SIGSEGV:
	case SIGXCPU:
	case SIGXFSZ:
	case SIGSYS:
		return true;
	default:
		return false;
	}
}
