#include "cli/above.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "policy/acl.h"
#include "policy/decide.h"

static int
look_at(const char *path, struct node *out)
{
	uint8_t acl[4 + 8 * 64];
	struct stat st;
	ssize_t n;

	if (lstat(path, &st) < 0)
		return -errno;
	*out = (struct node){
		.owner = st.st_uid,
		.group = st.st_gid,
		.mode = st.st_mode,
	};
	/* With an ACL the group bits are its mask. */
	if (!(st.st_mode & S_IWGRP))
		return 0;
	n = getxattr(path, "system.posix_acl_access", acl, sizeof(acl));
	if (n >= 0)
		acl_writers((struct span){ acl, (size_t)n }, out);
	else if (errno != ENODATA && errno != EOPNOTSUPP)
		out->acl_overflow = true;
	return 0;
}

/* Where the folder that is number i of a path's chain ends. */
static size_t
part_len(const char *path, size_t i)
{
	const char *at = path;

	if (i == 0)
		return 1;
	while (i-- > 0 && at != NULL)
		at = strchr(at + 1, '/');
	return at != NULL ? (size_t)(at - path) : strlen(path);
}

static int
walk(struct image *image)
{
	size_t n = 0;
	int r = look_at(image->path, &image->self);

	for (const char *at = image->path; *at != '\0'; at++)
		n += *at == '/';
	if (n > CHAIN_MAX)
		image->chain_too_deep = true;
	for (size_t i = 0; i < n && i < CHAIN_MAX && r == 0; i++) {
		SCOPED(text_release)
		char *part = strndup(image->path, part_len(image->path, i));

		r = part == NULL ? -ENOMEM : look_at(part, &image->chain[i]);
		image->n_chain = i + 1;
	}
	return r;
}

static void
image_release(struct image **image)
{
	free(*image);
}

int
above_judge(const struct tpe_rules *rules, const char *path, enum reason *out,
    char at[PATH_MAX])
{
	SCOPED(image_release) struct image *image = calloc(1, sizeof(*image));
	char slash[] = "/", *all[] = { slash };
	struct policy policy = { .tpe = *rules };
	struct facts *none = NULL;
	struct verdict verdict;
	int r;

	if (image == NULL)
		return -ENOMEM;
	if (realpath(path, image->path) == NULL)
		return -errno;
	image->name = NAME_VERIFIED;
	image->is_on_root_device = true;
	r = walk(image);
	if (r < 0)
		return r;
	policy.tpe.is_on = true;
	policy.tpe.action = ACTION_DENY;
	policy.tpe.own = false; /* so facts are not asked for */
	policy.tpe.roots = (struct words){ all, LENGTH(all) };
	policy.tpe.filesystems = (struct words){ 0 };
	policy.tpe.except = (struct words){ 0 };
	verdict = check_tpe(&policy, none, image);
	*out = verdict.reason;
	memcpy(at, image->path, PATH_MAX);
	if (verdict.reason != REASON_NONE && verdict.node >= 0)
		at[part_len(image->path, (size_t)verdict.node)] = '\0';
	return 0;
}

int
above_judge_system(const char *path, enum reason *out, char at[PATH_MAX])
{
	uint32_t root = 0;
	const struct tpe_rules rules = { .owners = { &root, 1 } };

	return above_judge(&rules, path, out, at);
}

static const struct {
	enum reason reason;
	const char *clause, *command;
} words[] = {
	{ REASON_OWNER, "belongs to somebody else", "chown root" },
	{ REASON_WRITABLE, "can be written by its group or by others",
	    "chmod go-w" },
	{ REASON_ACL, "has an ACL that lets others write", "setfacl -b" },
	{ REASON_DEEP, "lies too deep", "move nearer to / what is in" },
};

const char *
above_clause(enum reason reason)
{
	for (size_t i = 0; i < LENGTH(words); i++)
		if (words[i].reason == reason)
			return words[i].clause;
	return "cannot be looked at";
}

const char *
above_command(enum reason reason)
{
	for (size_t i = 0; i < LENGTH(words); i++)
		if (words[i].reason == reason)
			return words[i].command;
	return "look at";
}
