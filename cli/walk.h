/*
 * walk.h - the regular files below some folders, in the order of the bytes of
 * their paths.
 *
 * Links are not followed, other filesystems are entered unless they are the
 * kernel's own (/proc, /sys).  What is held in memory is the names of the
 * folders from the top to here, and no more.
 */
#ifndef EXECGUARD_CLI_WALK_H
#define EXECGUARD_CLI_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/scope.h"

/* Folders in folders, at most. */
#define WALK_DEPTH_MAX 128

struct walk_file {
	const char *path; /* absolute, canonical */
	int folder;       /* open; or AT_FDCWD */
	const char *name; /* in folder */
	bool is_named;    /* as one of the paths that are walked */
};

struct walker {
	/* Of each file; what is not 0 ends the walk. */
	int (*on_file)(void *context, const struct walk_file *file);
	/* Of each path that cannot be read, with the reason. */
	void (*on_trouble)(void *context, const char *path, const char *why);
	void *context;
};

/*
 * Walk files, and folders with all that is below them.  Whatever is named
 * twice, or by a link, is walked once, under its canonical path.
 *
 * Returns 0, what on_file() returned, or -ENOMEM.
 */
int walk_paths(char **paths, const struct walker *walker) MUST_CHECK;

#endif
