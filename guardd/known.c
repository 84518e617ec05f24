#include "guardd/known.h"

#include <stddef.h>
#include <string.h>

const struct image *
known_find(const struct known *known, struct file_id id, int64_t changed_ns,
    uint64_t now)
{
	const struct known_image *k = &known->at[id.ino % KNOWN];

	if (now >= k->until || !same_file(k->image.id, id) ||
	    (changed_ns != KNOWN_ANY_TIME && changed_ns != k->image.changed_ns))
		return NULL;
	return &k->image;
}

void
known_copy(const struct image *from, struct image *to)
{
	/* chain and path come last in the struct: see policy/facts.h. */
	memcpy(to, from, offsetof(struct image, chain));
	memcpy(to->chain, from->chain, from->n_chain * sizeof(from->chain[0]));
	memcpy(to->path, from->path, strlen(from->path) + 1);
}

void
known_put(struct known *known, const struct image *image, uint64_t now)
{
	struct known_image *k = &known->at[image->id.ino % KNOWN];

	k->until = now + KNOWN_MS;
	known_copy(image, &k->image);
}
