#include "guardd/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "policy/acl.h"

struct file_id
place_id(const struct statx *st)
{
	return (struct file_id){
		.dev = makedev(st->stx_dev_major, st->stx_dev_minor),
		.ino = st->stx_ino,
	};
}

/* With an ACL the group bits are its mask: without write there, nobody but
 * the owner and others writes, and there is nothing to read. acl(5). */
static void
read_acl(const char *path, struct node *node)
{
	uint8_t acl[4 + 8 * 64];
	ssize_t n;

	if (!(node->mode & S_IWGRP))
		return;
	n = getxattr(path, "system.posix_acl_access", acl, sizeof(acl));
	if (n >= 0)
		acl_writers((struct span){ acl, (size_t)n }, node);
	else if (errno != ENODATA && errno != EOPNOTSUPP)
		node->acl_overflow = true;
}

void
place_node(const struct statx *st, const char *path, struct node *out)
{
	*out = (struct node){
		.owner = st->stx_uid,
		.group = st->stx_gid,
		.mode = st->stx_mode,
	};
	read_acl(path, out);
}

/* One directory of the chain, by its path up to len bytes. */
static bool
add_directory(const char *path, size_t len, struct image *image)
{
	char part[PATH_MAX];
	struct statx st;

	if (image->n_chain == CHAIN_MAX) {
		image->chain_too_deep = true;
		return true;
	}
	memcpy(part, path, len);
	part[len] = '\0';
	if (statx(AT_FDCWD, part, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		STATX_BASIC_STATS, &st) < 0 ||
	    !S_ISDIR(st.stx_mode))
		return false;
	place_node(&st, part, &image->chain[image->n_chain++]);
	return true;
}

/*
 * Walk image->path from "/" down without following a link: every directory
 * is a node, and its end must be the very file.
 */
static bool
walk_chain(struct image *image)
{
	const char *path = image->path;
	struct statx st;

	if (path[0] != '/' || !add_directory(path, 1, image))
		return false;
	for (const char *at = strchr(path + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		if (!add_directory(path, (size_t)(at - path), image))
			return false;
	}
	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		   STATX_BASIC_STATS, &st) == 0 &&
	       same_file(place_id(&st), image->id);
}

/* An unlinked file's text ends in this; so may an ordinary one's. */
static void
name_nameless(struct image *image)
{
	static const char memfd[] = "/memfd:", gone[] = " (deleted)";
	size_t len = strlen(image->path), tail = sizeof(gone) - 1;

	image->name = NAME_GONE;
	if (strncmp(image->path, memfd, sizeof(memfd) - 1) != 0 ||
	    image->fs_type != TMPFS_MAGIC)
		return;
	image->name = NAME_MEMFD;
	if (len > tail && strcmp(image->path + len - tail, gone) == 0)
		image->path[len - tail] = '\0';
	memmove(image->path, image->path + 1, strlen(image->path));
}

bool
place_path(int proc, int fd, char path[PATH_MAX])
{
	char link[32];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "self/fd/%d", fd);
	n = readlinkat(proc, link, path, PATH_MAX - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return true;
}

void
place_name(int proc, int fd, uint32_t n_links, struct image *image)
{
	if (!place_path(proc, fd, image->path)) {
		/* ENAMETOOLONG: a name that no rule can name. */
		image->path[0] = '\0';
		image->name = NAME_ELSEWHERE;
		return;
	}
	if (n_links == 0)
		name_nameless(image);
	else
		image->name = walk_chain(image) ? NAME_VERIFIED
		                                : NAME_ELSEWHERE;
}
