#include "guardd/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "common/clock.h"
#include "guardd/contents.h"
#include "guardd/place.h"

#define SHEBANG_DEPTH 5 /* fs/exec.c: more is ELOOP */

uint64_t
collect_now(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

/* Not synchronised: a network or FUSE server is not asked. */
static bool
look_at(int fd, struct statx *out)
{
	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		   STATX_BASIC_STATS, out) == 0;
}

bool
collect_id(int fd, struct file_id *out)
{
	struct statx st;

	if (!look_at(fd, &st))
		return false;
	*out = place_id(&st);
	return true;
}

static bool
is_on_root_device(const struct guest *guest, uint64_t dev)
{
	for (size_t i = 0; i < guest->n_devices; i++)
		if (guest->devices[i] == dev)
			return true;
	return false;
}

void
collect_begin(const struct collector *c, uid_t uid, struct facts *out)
{
	out->uid = uid;
	out->user = c->guest->uid;
	out->now = collect_now();
	out->is_by_own_path = false;
	out->is_odd_program = false;
	out->is_loaded = false;
	out->is_view_fixed = c->guest->policy->exec.is_on &&
	                     resolve_is_fixed(c->view, c->tid);
	out->n_images = 0;
}

/* Reset what an earlier exec left: the arrays are only valid up to counts. */
static void
clear_image(enum image_role role, struct image *image)
{
	image->role = role;
	image->name = NAME_UNKNOWN;
	image->id = (struct file_id){ 0 };
	image->size = 0;
	image->changed_ns = 0;
	image->has_other_names = false;
	image->fs_type = 0;
	image->is_on_root_device = false;
	image->suspended_until = 0;
	image->holding = (struct holding){ .contents = CONTENTS_PENDING };
	image->self = (struct node){ 0 };
	image->chain_too_deep = false;
	image->n_chain = 0;
	image->path[0] = '\0';
}

static int64_t
change_time(const struct statx *st)
{
	return st->stx_ctime.tv_sec * 1000000000 + st->stx_ctime.tv_nsec;
}

/* What is true of this exec, and not of the file alone. */
static void
fit_image(const struct collector *c, enum image_role role,
    const struct facts *facts, struct image *image)
{
	image->role = role;
	image->is_on_root_device = is_on_root_device(c->guest, image->id.dev);
	image->suspended_until = ledger_suspended_until(
	    c->ledger, c->guest->uid, image->id, facts->now);
	image->holding = (struct holding){ .contents = CONTENTS_PENDING };
}

static void
look_closely(const struct collector *c, int fd, const struct statx *st,
    struct image *image)
{
	struct statfs fs;
	char self[40];

	if (fstatfs(fd, &fs) < 0)
		return;
	image->id = place_id(st);
	image->size = st->stx_size;
	image->changed_ns = change_time(st);
	image->has_other_names = st->stx_nlink > 1;
	image->fs_type = (uint32_t)fs.f_type;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	place_node(st, self, &image->self);
	place_name(c->view->proc, fd, st->stx_nlink, image);
}

/*
 * A file may have several links: it is known under the name that it was looked
 * at by, and under no other.  What somebody mounted over an ELF interpreter has
 * one link and must not be known under its own name, either; a program so is
 * judged as what it is.
 */
static bool
is_same_name(const struct collector *c, int fd, enum image_role role,
    const struct known_image *known)
{
	char path[PATH_MAX];

	if (!known->has_other_names && role != ROLE_LOADER)
		return true;
	return place_path(c->view->proc, fd, path) &&
	       strcmp(path, known->path) == 0;
}

struct image *
collect_image(const struct collector *c, int fd, enum image_role role,
    struct facts *facts)
{
	const struct known_image *known;
	struct image *image;
	struct statx st;

	if (facts->n_images == IMAGES_MAX)
		return NULL;
	image = &facts->images[facts->n_images++];
	clear_image(role, image);
	if (!look_at(fd, &st))
		return image;

	known = known_find(
	    c->known, place_id(&st), change_time(&st), facts->now);
	if (known != NULL && is_same_name(c, fd, role, known))
		known_copy(known, image);
	else {
		look_closely(c, fd, &st, image);
		known_put(c->known, image, facts->now);
	}
	fit_image(c, role, facts, image);
	return image;
}

/* An image as it was known a moment ago, in the exec at hand. */
static struct image *
take_known(const struct collector *c, const struct known_image *known,
    enum image_role role, struct facts *facts)
{
	struct image *image = &facts->images[facts->n_images++];

	known_copy(known, image);
	fit_image(c, role, facts, image);
	return image;
}

struct image *
collect_known(const struct collector *c, const struct statx *st,
    enum image_role role, struct facts *facts)
{
	const struct known_image *known = known_find(
	    c->known, place_id(st), change_time(st), facts->now);

	if (facts->n_images == IMAGES_MAX || known == NULL ||
	    known->has_other_names)
		return NULL;
	return take_known(c, known, role, facts);
}

struct image *
collect_program(
    const struct collector *c, const struct statx *st, struct facts *facts)
{
	struct image *known = collect_known(c, st, ROLE_PROGRAM, facts);

	if (known != NULL)
		return known;

	SCOPED(fd_release)
	int fd = image_open_program(c->view->proc, c->tid);

	return fd < 0 ? NULL : collect_image(c, fd, ROLE_PROGRAM, facts);
}

/*
 * On these a number is one file for the whole device, and stat(2) shows the
 * device that maps shows.  On btrfs it is neither.
 */
static bool
has_plain_inodes(uint32_t fs_type)
{
	return fs_type == EXT4_SUPER_MAGIC || fs_type == XFS_SUPER_MAGIC ||
	       fs_type == F2FS_SUPER_MAGIC;
}

struct image *
collect_loader(
    const struct collector *c, const struct loader *loader, struct facts *facts)
{
	struct file_id id = { loader->dev, loader->ino };
	const struct known_image *known = known_find(
	    c->known, id, KNOWN_ANY_TIME, facts->now);

	if (facts->n_images == IMAGES_MAX)
		return NULL;
	if (known != NULL && has_plain_inodes(known->fs_type) &&
	    strcmp(known->path, loader->path) == 0)
		return take_known(c, known, ROLE_LOADER, facts);

	SCOPED(fd_release)
	int fd = image_open_loader(c->view->proc, c->tid, loader);

	return fd < 0 ? NULL : collect_image(c, fd, ROLE_LOADER, facts);
}

bool
collect_known_chain(
    const struct collector *c, const char *name, struct facts *facts)
{
	const struct known_image *known;
	const struct inspection *is;
	struct statx st;

	if (!resolve_is_plain(c->view, c->tid, name) ||
	    statx(AT_FDCWD, name, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &st) <
		0)
		return false;
	known = known_find(
	    c->known, place_id(&st), change_time(&st), facts->now);
	if (known == NULL || !resolve_leads_to(c->view, name, known->path))
		return false;
	is = contents_find(c, take_known(c, known, ROLE_PROGRAM, facts));
	return is != NULL && is->shebang == SHEBANG_NONE;
}

enum chain
collect_chain(const struct collector *c, int fd, const char *name,
    struct facts *facts,
    bool (*is_permitted)(const struct collector *c, const struct facts *facts))
{
	SCOPED(fd_release) int next = -1;
	int file = fd;

	for (int depth = 0; depth <= SHEBANG_DEPTH; depth++) {
		struct image *image = collect_image(c, file,
		    depth == 0 && c->is_confirm ? ROLE_SCRIPT : ROLE_PROGRAM,
		    facts);
		const struct inspection *is = NULL;

		if (image == NULL || image->name == NAME_UNKNOWN)
			return CHAIN_BROKEN;
		if (depth == 0)
			facts->is_by_own_path = facts->is_view_fixed &&
			                        image->name == NAME_VERIFIED &&
			                        resolve_leads_to(
						    c->view, name, image->path);
		if (!is_permitted(c, facts))
			return CHAIN_BROKEN;
		switch (contents_learn(
		    c, &(struct contents_from){ .fd = file }, image, &is)) {
		case LEARNT_NOTHING:
			return CHAIN_BROKEN;
		case LEARNT_LATER:
			return CHAIN_WAITS;
		case LEARNT:
			break;
		}
		if (is->shebang == SHEBANG_NONE)
			return CHAIN_WHOLE;
		/* The kernel refuses it: its affair. */
		if (is->shebang != SHEBANG_FOUND)
			return CHAIN_BROKEN;
		image->role = depth == 0 ? ROLE_SCRIPT : ROLE_INTERPRETER;

		int opened = resolve_as(
		    c->view, c->tid, AT_FDCWD, is->interpreter, 0);

		if (opened < 0)
			return CHAIN_BROKEN;
		fd_release(&next);
		next = file = opened;
	}
	return CHAIN_BROKEN;
}
