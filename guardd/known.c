#include "guardd/known.h"

#include <stddef.h>
#include <string.h>

const struct known_image *
known_find(const struct known *known, struct file_id id, int64_t changed_ns,
    uint64_t now)
{
	const struct known_image *set = known->at[id.ino % KNOWN_SETS];

	for (size_t i = 0; i < KNOWN_WAYS; i++) {
		const struct known_image *k = &set[i];

		if (now < k->until && same_file(k->id, id) &&
		    (changed_ns == KNOWN_ANY_TIME ||
			changed_ns == k->changed_ns))
			return k;
	}
	return NULL;
}

/* Where it stands already; else in the place of who was looked at longest
 * ago. */
static struct known_image *
place_for(struct known *known, struct file_id id)
{
	struct known_image *set = known->at[id.ino % KNOWN_SETS];
	struct known_image *oldest = &set[0];

	for (size_t i = 0; i < KNOWN_WAYS; i++) {
		if (same_file(set[i].id, id))
			return &set[i];
		if (set[i].until < oldest->until)
			oldest = &set[i];
	}
	return oldest;
}

void
known_copy(const struct known_image *from, struct image *to)
{
	to->name = NAME_VERIFIED;
	to->id = from->id;
	to->size = from->size;
	to->changed_ns = from->changed_ns;
	to->has_other_names = from->has_other_names;
	to->fs_type = from->fs_type;
	to->self = from->self;
	to->chain_too_deep = false;
	to->n_chain = from->n_chain;
	memcpy(to->chain, from->chain, from->n_chain * sizeof(from->chain[0]));
	memcpy(to->path, from->path, strlen(from->path) + 1);
}

void
known_put(struct known *known, const struct image *image, uint64_t now)
{
	size_t len = strlen(image->path);
	struct known_image *k;

	if (image->name != NAME_VERIFIED || image->chain_too_deep ||
	    image->n_chain > KNOWN_CHAIN || len >= KNOWN_PATH)
		return;
	k = place_for(known, image->id);
	k->until = now + KNOWN_MS;
	k->id = image->id;
	k->size = image->size;
	k->changed_ns = image->changed_ns;
	k->has_other_names = image->has_other_names;
	k->fs_type = image->fs_type;
	k->self = image->self;
	k->n_chain = image->n_chain;
	memcpy(k->chain, image->chain, k->n_chain * sizeof(k->chain[0]));
	memcpy(k->path, image->path, len + 1);
}
