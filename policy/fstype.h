/*
 * fstype.h - filesystem types by the name an administrator knows and by the
 * number that statfs(2) gives.
 *
 * Floor 1a, pure.  linux/magic.h has most of the numbers.
 */
#ifndef EXECGUARD_FSTYPE_H
#define EXECGUARD_FSTYPE_H

#include <stdbool.h>
#include <stdint.h>

/* The f_type of a filesystem's name.  Unknown: false, and out untouched. */
bool fstype_magic(const char *name, uint32_t *out);

/* The usual name of an f_type ("ext4" for all of ext), or NULL. */
const char *fstype_name(uint32_t magic);

/*
 * Whether filesystems of this type hold what the system itself wrote to a
 * disk of its own: no network, no removable media, nothing that an ordinary
 * process can serve (FUSE).
 */
bool fstype_is_local_disk(uint32_t magic);

#endif
