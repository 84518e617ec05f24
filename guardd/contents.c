#include "guardd/contents.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include "guardd/kernel/image.h"
#include "policy/fstype.h"

/*
 * A FUSE server may let an open wait as long as it likes.  It is asked where
 * the policy says which files may be run at all, and these are among them.
 */
static bool
is_worth_opening(const struct collector *c, const struct image *image)
{
	const struct policy *policy = c->guest->policy;

	return S_ISREG(image->self.mode) &&
	       (image->fs_type != FUSE_SUPER_MAGIC || policy->tpe.is_on ||
		   policy->exec.is_on);
}

/* A server, and an overlay that a user made of one, may say any change time. */
static bool
is_fickle(const struct image *image)
{
	return !fstype_is_local_disk(image->fs_type) &&
	       image->fs_type != TMPFS_MAGIC &&
	       (image->fs_type != OVERLAYFS_SUPER_MAGIC ||
		   image->name != NAME_VERIFIED);
}

static enum learnt
ask(const struct collector *c, int fd, const struct inspector_query *query,
    uint64_t now)
{
	SCOPED(fd_release) int program = -1;
	int r;

	if (c->waiting->is_over)
		return LEARNT_NOTHING;
	if (fd < 0) {
		program = image_open_program(c->view->proc, c->tid);
		fd = program;
	}
	if (fd < 0)
		return LEARNT_NOTHING;
	c->waiting->ticket = 0;
	r = inspector_ask(c->inspector, query, fd, now, &c->waiting->ticket);
	return r == 0 || r == -EBUSY ? LEARNT_LATER : LEARNT_NOTHING;
}

static void
take(const struct inspection *is, struct image *image)
{
	image->contents = CONTENTS_KNOWN;
	image->elf = (struct image_elf){
		.kind = (enum elf_kind)is->kind,
		.stack = (enum elf_stack)is->stack,
		.is_32 = is->is_32 != 0,
		.is_pie = is->is_pie != 0,
		.has_textrel = is->has_textrel != 0,
		.has_rwx = is->has_rwx != 0,
	};
}

enum learnt
contents_learn(const struct collector *c, int fd, bool is_firm,
    struct image *image, const struct inspection **out)
{
	const struct inspector_query query = {
		.id = image->id,
		.size = image->size,
		.changed_ns = image->changed_ns,
		.is_firm = is_firm,
		.is_fickle = is_fickle(image),
	};
	const struct inspection *is = inspector_find(
	    c->inspector, &query, c->waiting->since);

	if (is == NULL && is_worth_opening(c, image) &&
	    ask(c, fd, &query, collect_now()) == LEARNT_LATER)
		return LEARNT_LATER;
	if (is == NULL || is->error != 0) {
		image->contents = CONTENTS_UNKNOWN;
		return LEARNT_NOTHING;
	}
	take(is, image);
	if (out != NULL)
		*out = is;
	return LEARNT;
}
