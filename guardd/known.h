/*
 * known.h - images that were looked at a moment ago.
 *
 * Floor 2.  Ask and confirm look at the same files within a millisecond, and
 * a shell script starts the same thirty programs all the time.  What was found
 * out about an image (its name, its owner, the directories above it) is
 * believed again for KNOWN_MS, as long as its change time stands.
 *
 * Within that time a chmod(2) by root of a directory above may go unnoticed;
 * nobody else can change the directories above a trusted file, or it would
 * not be trusted.  A file with several names, and an ELF interpreter, is only
 * believed under the name it was known by: a rule may differ, and what somebody
 * mounts over ld.so is not ld.so.
 *
 * Memory: what is deep or has a long name is looked at each time.
 */
#ifndef EXECGUARD_KNOWN_H
#define EXECGUARD_KNOWN_H

#include <stdint.h>

#include "policy/facts.h"

#define KNOWN_SETS  32
#define KNOWN_WAYS  4 /* of as many files whose inodes collide */
#define KNOWN_MS    50
#define KNOWN_CHAIN 8
#define KNOWN_PATH  192

/* An image whose name is verified: see facts.h. */
struct known_image {
	uint64_t until; /* ms of CLOCK_BOOTTIME */
	struct file_id id;
	uint64_t size;
	int64_t changed_ns;
	bool has_other_names;
	uint32_t fs_type;
	struct node self;
	size_t n_chain;
	struct node chain[KNOWN_CHAIN];
	char path[KNOWN_PATH];
};

struct known {
	struct known_image at[KNOWN_SETS][KNOWN_WAYS]; /* by inode */
};

/* The change time of an image that is only known by its mapping. */
#define KNOWN_ANY_TIME INT64_MIN

/* The image of that identity, or NULL; borrowed until the next put. */
const struct known_image *known_find(const struct known *known,
    struct file_id id, int64_t changed_ns, uint64_t now);

void known_put(struct known *known, const struct image *image, uint64_t now);

/* What is known; not what is true of one exec only (role, device, ...). */
void known_copy(const struct known_image *from, struct image *to);

#endif
