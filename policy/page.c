#include "policy/page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
page_clear_place(struct place *place)
{
	free(place->path);
	*place = (struct place){ 0 };
}

void
page_clear(struct ledger_user *page)
{
	for (size_t i = 0; i <= LEDGER_PLACES; i++)
		page_clear_place(&page->places[i]);
	*page = (struct ledger_user){ .uid = page->uid };
}

/* Where the page of uid is, or would be. */
static size_t
user_index(const struct ledger *ledger, uid_t uid)
{
	size_t low = 0, high = ledger->n_users;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ledger->users[middle]->uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct ledger_user *
page_find(const struct ledger *ledger, uid_t uid)
{
	size_t at = user_index(ledger, uid);

	if (at == ledger->n_users || ledger->users[at]->uid != uid)
		return NULL;
	return ledger->users[at];
}

struct ledger_user *
page_make(struct ledger *ledger, uid_t uid)
{
	size_t at = user_index(ledger, uid);
	struct ledger_user *page;

	if (ledger->n_users == LEDGER_USERS)
		return NULL;
	if (ledger->users == NULL)
		ledger->users = calloc(
		    LEDGER_USERS, sizeof(struct ledger_user *));
	if (ledger->users == NULL)
		return NULL;
	page = calloc(1, sizeof(*page));
	if (page == NULL)
		return NULL;

	page->uid = uid;
	memmove(&ledger->users[at + 1], &ledger->users[at],
	    (ledger->n_users - at) * sizeof(struct ledger_user *));
	ledger->users[at] = page;
	ledger->n_users++;
	return page;
}

#define PATH_KEPT 128

/* As it lies in a file. */
struct place_bytes {
	uint64_t suspended_until, last, forgotten_at, n;
	uint64_t times[MAXCRASHES_MAX];
	char path[PATH_KEPT]; /* "": none, or a longer one */
};

struct page_bytes {
	uint64_t n_places;
	struct file_id keys[LEDGER_PLACES];
	struct place_bytes places[LEDGER_PLACES + 1];
};

size_t
page_size(void)
{
	return sizeof(struct page_bytes);
}

static void
put_place(const struct place *place, struct place_bytes *out)
{
	size_t len = place->path != NULL ? strlen(place->path) : 0;

	out->suspended_until = place->suspended_until;
	out->last = place->last;
	out->forgotten_at = place->forgotten_at;
	out->n = place->n;
	memcpy(out->times, place->times, sizeof(place->times));
	if (len > 0 && len < PATH_KEPT)
		memcpy(out->path, place->path, len);
}

static void
take_place(const struct place_bytes *from, struct place *place)
{
	size_t len = strlen(from->path);

	place->suspended_until = from->suspended_until;
	place->last = from->last;
	place->forgotten_at = from->forgotten_at;
	place->n = (unsigned)from->n;
	memcpy(place->times, from->times, sizeof(place->times));
	if (place->path != NULL || len == 0)
		return;
	place->path = calloc(1, len + 1);
	if (place->path != NULL)
		memcpy(place->path, from->path, len);
}

void
page_put(const struct ledger *ledger, uid_t user, void *dst)
{
	const struct ledger_user *page = page_find(ledger, user);
	struct page_bytes *out = dst;

	memset(out, 0, sizeof(*out));
	if (page == NULL)
		return;
	out->n_places = page->n_places;
	memcpy(out->keys, page->keys, sizeof(out->keys));
	for (size_t i = 0; i <= LEDGER_PLACES; i++)
		put_place(&page->places[i], &out->places[i]);
}

static bool
is_page(const struct page_bytes *page)
{
	for (size_t i = 0; i <= LEDGER_PLACES; i++)
		if (page->places[i].n > MAXCRASHES_MAX ||
		    page->places[i].path[PATH_KEPT - 1] != '\0')
			return false;
	return page->n_places <= LEDGER_PLACES;
}

int
page_take(struct ledger *ledger, uid_t user, struct span page)
{
	const struct page_bytes *from = (const void *)page.at;
	struct ledger_user *to = page_find(ledger, user);

	if (page.len != sizeof(*from) || !is_page(from))
		return -EPROTO;
	if (to == NULL)
		to = page_make(ledger, user);
	if (to == NULL)
		return -ENOMEM;
	for (size_t i = 0; i <= LEDGER_PLACES; i++) {
		struct place *place = &to->places[i];

		/* A place keeps its path as long as it is the same file's. */
		if (i == OVERFLOW_PLACE ||
		    !same_file(to->keys[i], from->keys[i]))
			page_clear_place(place);
		take_place(&from->places[i], place);
	}
	memcpy(to->keys, from->keys, sizeof(to->keys));
	to->n_places = from->n_places;
	return 0;
}
