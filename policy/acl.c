/*
 * acl.c - who may write, by the bytes of a POSIX ACL.
 */
#include "policy/acl.h"

#include <stdbool.h>

#define VERSION    2 /* POSIX_ACL_XATTR_VERSION */
#define HEADER_LEN 4
#define ENTRY_LEN  8

/* In the order in which a valid ACL lists them (posix_acl_valid()). */
enum tag {
	TAG_USER_OBJ = 0x01,
	TAG_USER = 0x02,
	TAG_GROUP_OBJ = 0x04,
	TAG_GROUP = 0x08,
	TAG_MASK = 0x10,
	TAG_OTHER = 0x20,
};

#define PERM_WRITE 0x2U
#define PERM_ALL   0x7U

struct entry {
	uint32_t tag;
	uint32_t perm;
	uint32_t id;
};

static bool
entry_at(struct span acl, size_t i, struct entry *out)
{
	uint8_t b[ENTRY_LEN];

	if (!span_copy(acl, HEADER_LEN + i * ENTRY_LEN, b, sizeof(b)))
		return false;
	out->tag = (uint32_t)b[0] | (uint32_t)b[1] << 8;
	out->perm = (uint32_t)b[2] | (uint32_t)b[3] << 8;
	out->id = (uint32_t)b[4] | (uint32_t)b[5] << 8 | (uint32_t)b[6] << 16 |
	          (uint32_t)b[7] << 24;
	return true;
}

static bool
has_header(struct span acl)
{
	static const uint8_t version[HEADER_LEN] = { VERSION };
	uint8_t b[HEADER_LEN];

	return span_copy(acl, 0, b, sizeof(b)) &&
	       memcmp(b, version, sizeof(b)) == 0 &&
	       (acl.len - HEADER_LEN) % ENTRY_LEN == 0;
}

/* Whether tag may stand after the tags seen so far, the last being last. */
static bool
may_follow(uint32_t tag, uint32_t last)
{
	switch (tag) {
	case TAG_USER_OBJ:
	case TAG_GROUP_OBJ:
	case TAG_MASK:
	case TAG_OTHER:
		return tag > last;
	case TAG_USER:
	case TAG_GROUP:
		return tag >= last;
	default:
		return false;
	}
}

/* Whether acl is what the kernel would accept, and what its mask leaves. */
static bool
read_mask(struct span acl, uint32_t *out)
{
	const uint32_t needed = TAG_USER_OBJ | TAG_GROUP_OBJ | TAG_OTHER;
	uint32_t seen = 0, last = 0;
	struct entry e;

	if (!has_header(acl))
		return false;
	*out = PERM_ALL;
	for (size_t i = 0; entry_at(acl, i, &e); i++) {
		if (!may_follow(e.tag, last) || (e.perm & ~PERM_ALL) != 0)
			return false;
		if (e.tag == TAG_MASK)
			*out = e.perm;
		last = e.tag;
		seen |= e.tag;
	}
	if ((seen & needed) != needed)
		return false;
	return (seen & (TAG_USER | TAG_GROUP)) == 0 || (seen & TAG_MASK) != 0;
}

/* Add one writer; false when there is no room. */
static bool
add(uint32_t *ids, uint8_t *n, uint32_t id)
{
	if (*n >= NODE_WRITERS)
		return false;
	ids[(*n)++] = id;
	return true;
}

void
acl_writers(struct span acl, struct node *node)
{
	uint32_t mask;
	struct entry e;

	node->n_acl_users = 0;
	node->n_acl_groups = 0;
	node->group_is_masked = false;
	if (!read_mask(acl, &mask)) {
		node->acl_overflow = true;
		return;
	}
	for (size_t i = 0; entry_at(acl, i, &e); i++) {
		bool has_room = true;

		if (e.tag == TAG_GROUP_OBJ)
			node->group_is_masked = (e.perm & PERM_WRITE) == 0;
		if ((e.perm & mask & PERM_WRITE) == 0)
			continue;
		if (e.tag == TAG_USER)
			has_room = add(
			    node->acl_users, &node->n_acl_users, e.id);
		if (e.tag == TAG_GROUP)
			has_room = add(
			    node->acl_groups, &node->n_acl_groups, e.id);
		if (!has_room)
			node->acl_overflow = true;
	}
}
