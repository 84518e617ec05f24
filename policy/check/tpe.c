/*
 * tpe.c - Trusted Path Execution: only what nobody but the trusted could have
 * put there, or put in its way, is run.
 */
#include <sys/stat.h>

#include "policy/decide.h"
#include "policy/facts.h"
#include "policy/fstype.h"
#include "policy/path.h"

/* Whose hands a file may have gone through. */
struct trust {
	const struct ids *owners;  /* borrowed from the policy */
	const struct ids *writers; /* the same */
	bool has_user;
	uid_t user;
};

struct finding {
	enum reason reason;
	int node;
};

static bool
has_id(const struct ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->at[i] == id)
			return true;
	return false;
}

static bool
is_owner(const struct trust *trust, uid_t uid)
{
	return has_id(trust->owners, uid) ||
	       (trust->has_user && uid == trust->user);
}

static bool
has_foreign_acl(const struct trust *trust, const struct node *node)
{
	for (size_t i = 0; i < node->n_acl_users; i++)
		if (!is_owner(trust, node->acl_users[i]))
			return true;
	for (size_t i = 0; i < node->n_acl_groups; i++)
		if (!has_id(trust->writers, node->acl_groups[i]))
			return true;
	return false;
}

static enum reason
node_objection(const struct trust *trust, const struct node *node)
{
	if (!is_owner(trust, node->owner))
		return REASON_OWNER;
	/* Sticky makes no difference: a new name is as good as another's. */
	if ((node->mode & S_IWOTH) != 0)
		return REASON_WRITABLE;
	if (node->acl_overflow || node->n_acl_users > NODE_WRITERS ||
	    node->n_acl_groups > NODE_WRITERS)
		return REASON_ACL;
	/* With an ACL these bits are its mask, not the owning group's. */
	if ((node->mode & S_IWGRP) != 0 && !node->group_is_masked &&
	    !has_id(trust->writers, node->group))
		return REASON_WRITABLE;
	return has_foreign_acl(trust, node) ? REASON_ACL : REASON_NONE;
}

/* The first objection from "/" down; the file itself comes last. */
static struct finding
chain_objection(const struct trust *trust, const struct image *image)
{
	enum reason reason;

	for (size_t i = 0; i < image->n_chain; i++) {
		reason = node_objection(trust, &image->chain[i]);
		if (reason != REASON_NONE)
			return (struct finding){ reason, (int)i };
	}
	reason = node_objection(trust, &image->self);
	return (struct finding){ reason, NODE_SELF };
}

static bool
is_under_root(const struct tpe_rules *rules, const struct image *image)
{
	for (size_t i = 0; i < rules->roots.n; i++)
		if (path_is_under(image->path, rules->roots.at[i]))
			return true;
	return false;
}

static bool
is_on_trusted_filesystem(
    const struct tpe_rules *rules, const struct image *image)
{
	if (rules->filesystems.n == 0)
		return image->is_on_root_device ||
		       fstype_is_local_disk(image->fs_type);

	for (size_t i = 0; i < rules->filesystems.n; i++) {
		uint32_t magic;

		if (fstype_magic(rules->filesystems.at[i], &magic) &&
		    magic == image->fs_type)
			return true;
	}
	return false;
}

/*
 * Two ways to be trusted: below a root, or the user's own.  *out is whom the
 * answer goes by.
 */
static struct finding
place_objection(const struct tpe_rules *rules, const struct facts *facts,
    const struct image *image, struct trust *out)
{
	struct trust trust = { &rules->owners, &rules->writers, false, 0 };
	struct finding by_root = { REASON_OUTSIDE, NODE_SELF };
	struct finding by_own;
	bool is_below = is_under_root(rules, image);

	*out = trust;
	if (is_below)
		by_root = chain_objection(&trust, image);
	if (by_root.reason == REASON_NONE)
		return by_root;

	/* root has no files of his own: `owners' alone says what root's
	   ownership is worth. */
	if (!rules->own || facts->user == 0 || image->self.owner != facts->user)
		return by_root;

	trust.has_user = true;
	trust.user = facts->user;
	by_own = chain_objection(&trust, image);
	if (by_own.reason != REASON_NONE && is_below)
		return by_root;
	*out = trust;
	return by_own;
}

static struct finding
objection(const struct tpe_rules *rules, const struct facts *facts,
    const struct image *image)
{
	struct finding self = { REASON_UNKNOWN, NODE_SELF };
	struct trust trust;

	switch (image->name) {
	case NAME_UNKNOWN:
		return self;
	case NAME_GONE:
	case NAME_MEMFD:
		self.reason = REASON_NO_PATH;
		return self;
	case NAME_ELSEWHERE:
		self.reason = REASON_OTHER_FILE;
		return self;
	case NAME_VERIFIED:
		break;
	}
	if (!is_on_trusted_filesystem(rules, image)) {
		self.reason = REASON_FILESYSTEM;
		return self;
	}
	if (image->chain_too_deep) {
		self.reason = REASON_DEEP;
		return self;
	}
	/* Every path has "/" above it: without, nobody looked. */
	if (image->n_chain == 0 || image->n_chain > CHAIN_MAX)
		return self;
	return place_objection(rules, facts, image, &trust);
}

struct verdict
check_tpe(const struct policy *policy, const struct facts *facts,
    const struct image *image)
{
	const struct tpe_rules *rules = &policy->tpe;
	struct verdict verdict;
	struct finding found;

	if (!rules->is_on || decide_names_image(&rules->except, image))
		return decide_no_objection();
	if (image->role == ROLE_LIBRARY && !rules->libraries)
		return decide_no_objection();

	found = objection(rules, facts, image);
	if (found.reason == REASON_NONE)
		return decide_no_objection();
	verdict = decide_objection(
	    CHECK_TPE, found.reason, rules->action, rules->line);
	verdict.node = found.node;
	return verdict;
}

enum reason
check_tpe_node(const struct policy *policy, const struct facts *facts,
    const struct image *image, int node)
{
	struct trust trust;

	(void)place_objection(&policy->tpe, facts, image, &trust);
	return node_objection(
	    &trust, node == NODE_SELF ? &image->self : &image->chain[node]);
}
