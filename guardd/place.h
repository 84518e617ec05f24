/*
 * place.h - where a file lies: its name, and every directory above it.
 *
 * Floor 2.  Looks, and decides nothing.
 */
#ifndef EXECGUARD_PLACE_H
#define EXECGUARD_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "policy/facts.h"

/* Device and inode, as stat(2) shows them. */
struct file_id place_id(const struct statx *st);

/* Owner, mode, and who may write by an ACL of the file at path. */
void place_node(const struct statx *st, const char *path, struct node *out);

/*
 * The text behind an open descriptor: what the kernel calls the file, seen
 * from our root.  False: it is longer than a path can be.
 */
bool place_path(int proc, int fd, char path[PATH_MAX]);

/*
 * Fill name, path and chain of an image whose id and fs_type are set.  A path
 * is only verified when every part of it, walked from "/" without following
 * a symbolic link, is a directory and its end is the very file.
 */
void place_name(int proc, int fd, uint32_t n_links, struct image *image);

#endif
