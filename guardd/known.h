/*
 * known.h - images that were looked at a moment ago.
 *
 * Floor 2.  Ask and confirm look at the same files within a millisecond, and
 * a shell script starts the same ten programs all the time.  What was found
 * out about an image (its name, its owner, the directories above it) is
 * believed again for KNOWN_MS, as long as its change time stands.
 *
 * Within that time a chmod(2) by root of a directory above may go unnoticed;
 * nobody else can change the directories above a trusted file, or it would
 * not be trusted.  A file with several names, and an ELF interpreter, is only
 * believed under the name it was known by: a rule may differ, and what somebody
 * mounts over ld.so is not ld.so.
 */
#ifndef EXECGUARD_KNOWN_H
#define EXECGUARD_KNOWN_H

#include <stdint.h>

#include "policy/facts.h"

#define KNOWN    16
#define KNOWN_MS 50

struct known_image {
	uint64_t until; /* ms of CLOCK_BOOTTIME */
	struct image image;
};

struct known {
	struct known_image at[KNOWN]; /* by inode modulo KNOWN */
};

/* The change time of an image that is only known by its mapping. */
#define KNOWN_ANY_TIME INT64_MIN

/* The image of that identity, or NULL; borrowed until the next put. */
const struct image *known_find(const struct known *known, struct file_id id,
    int64_t changed_ns, uint64_t now);

void known_put(struct known *known, const struct image *image, uint64_t now);

/* Copy what is valid of an image: its arrays only as far as they are used. */
void known_copy(const struct image *from, struct image *to);

#endif
