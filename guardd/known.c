#include "guardd/known.h"

#include <stddef.h>
#include <string.h>

const struct known_image *
known_find(const struct known *known, struct file_id id, int64_t changed_ns,
    uint64_t now)
{
	const struct known_image *k = &known->at[id.ino % KNOWN];

	if (now >= k->until || !same_file(k->id, id) ||
	    (changed_ns != KNOWN_ANY_TIME && changed_ns != k->changed_ns))
		return NULL;
	return k;
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
	struct known_image *k = &known->at[image->id.ino % KNOWN];
	size_t len = strlen(image->path);

	if (image->name != NAME_VERIFIED || image->chain_too_deep ||
	    image->n_chain > KNOWN_CHAIN || len >= KNOWN_PATH)
		return;
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
