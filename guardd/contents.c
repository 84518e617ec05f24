#include "guardd/contents.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>

#include "guardd/kernel/image.h"
#include "policy/decide.h"
#include "policy/fstype.h"

/* A user mounted it: what lies beneath is his to write to, also while it is
 * mapped by an exec. */
static bool
is_users_overlay(const struct image *image)
{
	return image->fs_type == OVERLAYFS_SUPER_MAGIC &&
	       image->name != NAME_VERIFIED;
}

/*
 * A FUSE server may let an open wait as long as it likes.  It is asked where
 * the policy says which files may be run at all, and these are among them.
 * What an overlay of a user's holds is not known by reading it.
 */
static bool
is_worth_opening(const struct collector *c, const struct image *image)
{
	const struct policy *policy = c->guest->policy;

	if (!S_ISREG(image->self.mode) ||
	    (policy->elf.is_on && is_users_overlay(image)))
		return false;
	return image->fs_type != FUSE_SUPER_MAGIC || policy->tpe.is_on ||
	       policy->exec.is_on;
}

static bool
is_roots_alone(const struct node *node)
{
	return node->owner == 0 && (node->mode & (S_IWGRP | S_IWOTH)) == 0 &&
	       node->n_acl_users == 0 && node->n_acl_groups == 0 &&
	       !node->acl_overflow;
}

/*
 * A server, and an overlay of a user's, may say any change time.
 * tmpfs leaves it alone when a page is written to through a shared mapping that
 * has read it before; an overlay may lie on one.  There it is worth something
 * for who can have no such mapping.
 */
static bool
is_fickle(const struct image *image)
{
	switch (image->fs_type) {
	case TMPFS_MAGIC:
		return !is_roots_alone(&image->self);
	case OVERLAYFS_SUPER_MAGIC:
		return is_users_overlay(image) || !is_roots_alone(&image->self);
	default:
		return !fstype_is_local_disk(image->fs_type);
	}
}

static int
open_image(const struct collector *c, const struct contents_from *from)
{
	return from->loader != NULL
	           ? image_open_loader(c->view->proc, c->tid, from->loader)
	           : image_open_program(c->view->proc, c->tid);
}

static enum learnt
ask(const struct collector *c, const struct contents_from *from,
    const struct inspector_query *query)
{
	SCOPED(fd_release)
	int opened = from->fd < 0 && !c->waiting->is_over ? open_image(c, from)
	                                                  : -1;
	int fd = from->fd < 0 ? opened : from->fd;
	int r;

	if (c->waiting->is_over || fd < 0)
		return LEARNT_NOTHING;
	c->waiting->ticket = 0;
	r = inspector_ask(
	    c->inspector, query, fd, collect_now(), &c->waiting->ticket);
	return r == 0 || r == -EBUSY ? LEARNT_LATER : LEARNT_NOTHING;
}

static void
take(const struct inspection *is, struct image *image)
{
	struct holding *holding = &image->holding;

	holding->contents = CONTENTS_KNOWN;
	holding->elf = (struct holding_elf){
		.kind = (enum elf_kind)is->kind,
		.stack = (enum elf_stack)is->stack,
		.is_32 = is->is_32 != 0,
		.is_pie = is->is_pie != 0,
		.has_textrel = is->has_textrel != 0,
		.has_rwx = is->has_rwx != 0,
	};
	holding->algorithm = (enum digest_algorithm)is->algorithm;
	memcpy(holding->digest, is->digest, sizeof(holding->digest));
}

/* The digest that a manifest has of an image that is loaded. */
static enum digest_algorithm
listed_algorithm(const struct collector *c, const struct image *image)
{
	const struct integrity_rules *rules = &c->guest->policy->integrity;
	struct manifest_entry entry;

	if (!rules->is_on || !c->is_confirm || image->name != NAME_VERIFIED ||
	    decide_names_image(&rules->except, image) ||
	    !manifest_find(&rules->listed, image->path, &entry))
		return DIGEST_UNKNOWN;
	return entry.algorithm;
}

bool
contents_matter(const struct collector *c, const struct image *image)
{
	const struct elf_rules *elf = &c->guest->policy->elf;

	if (image->role == ROLE_PROGRAM && elf->is_on &&
	    !decide_names_image(&elf->except, image))
		return true;
	return listed_algorithm(c, image) != DIGEST_UNKNOWN;
}

static struct inspector_query
query_for(const struct collector *c, const struct image *image, bool is_firm)
{
	return (struct inspector_query){
		.id = image->id,
		.size = image->size,
		.changed_ns = image->changed_ns,
		.algorithm = listed_algorithm(c, image),
		.is_firm = is_firm,
		.is_fickle = is_fickle(image),
	};
}

const struct inspection *
contents_find(const struct collector *c, struct image *image)
{
	const struct inspector_query query = query_for(c, image, false);
	const struct inspection *is = inspector_find(
	    c->inspector, &query, c->waiting->since);

	if (is == NULL || is->error != 0)
		return NULL;
	take(is, image);
	return is;
}

enum learnt
contents_learn(const struct collector *c, const struct contents_from *from,
    struct image *image, const struct inspection **out)
{
	const struct inspector_query query = query_for(
	    c, image, from->fd < 0 && from->loader == NULL);
	const struct inspection *is = inspector_find(
	    c->inspector, &query, c->waiting->since);

	if (is == NULL && is_worth_opening(c, image) &&
	    ask(c, from, &query) == LEARNT_LATER)
		return LEARNT_LATER;
	if (is == NULL || is->error != 0) {
		image->holding.contents = CONTENTS_UNKNOWN;
		return LEARNT_NOTHING;
	}
	take(is, image);
	if (out != NULL)
		*out = is;
	return LEARNT;
}
