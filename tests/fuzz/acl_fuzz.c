/*
 * acl_fuzz.c - bytes of any filesystem for acl_writers().
 */
#include "policy/acl.h"

#include "tests/fuzz/fuzz.h"

#define HEADER_LEN 4
#define ENTRY_LEN  8
#define TAG_USER   2
#define TAG_GROUP  8
#define PERM_WRITE 2

/* Whether some entry of the ACL gives id, a user or a group, write. */
static bool
has_writer(struct span acl, unsigned tag, uint32_t id)
{
	struct span rest;

	insist(span_cut(acl, HEADER_LEN, acl.len - HEADER_LEN, &rest));
	while (rest.len >= ENTRY_LEN) {
		uint64_t entry_tag = fuzz_number(&rest, 2);
		uint64_t perm = fuzz_number(&rest, 2);

		if (fuzz_number(&rest, 4) == id && entry_tag == tag &&
		    (perm & PERM_WRITE) != 0)
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span acl = { data, len };
	struct node node = { .owner = 4711, .mode = 0644, .group = 4712 };

	acl_writers(acl, &node);
	insist(node.owner == 4711 && node.mode == 0644 && node.group == 4712);
	insist(node.n_acl_users <= NODE_WRITERS);
	insist(node.n_acl_groups <= NODE_WRITERS);
	for (size_t i = 0; i < node.n_acl_users; i++)
		insist(has_writer(acl, TAG_USER, node.acl_users[i]));
	for (size_t i = 0; i < node.n_acl_groups; i++)
		insist(has_writer(acl, TAG_GROUP, node.acl_groups[i]));
	/* A header, and entries for owner, group and others. */
	if (len < HEADER_LEN + 3 * ENTRY_LEN ||
	    (len - HEADER_LEN) % ENTRY_LEN != 0)
		insist(node.acl_overflow);
	return 0;
}
