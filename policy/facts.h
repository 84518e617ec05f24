/*
 * facts.h - what the guard knows about one exec, or one library.
 *
 * Floor 1a, pure data.  guardd/collect.c fills it, policy/decide.c reads it.
 * The zero value of every enum is the worst: what was forgotten is refused.
 */
#ifndef EXECGUARD_FACTS_H
#define EXECGUARD_FACTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/holding.h"

/* Identity is never a path: it is a device and an inode. */
struct file_id {
	uint64_t dev;
	uint64_t ino;
};

static inline bool
same_file(struct file_id a, struct file_id b)
{
	return a.dev == b.dev && a.ino == b.ino;
}

enum image_role {
	ROLE_PROGRAM = 0, /* what the kernel runs: /proc/PID/exe */
	ROLE_LOADER,      /* the ELF interpreter it mapped beside it */
	ROLE_SCRIPT,      /* a file that begins with #!, or a binfmt_misc one */
	ROLE_INTERPRETER, /* named by a #! line, and itself a script */
	ROLE_LIBRARY,     /* mapped for execution, alone in its facts */
};

/* What is known of the name under which an image was reached. */
enum image_name {
	NAME_UNKNOWN = 0, /* could not be collected: nothing below is set */
	NAME_GONE,        /* unlinked, or never had a name (O_TMPFILE) */
	NAME_MEMFD,       /* path is "memfd:NAME" */
	NAME_ELSEWHERE,   /* in the guard's own mount namespace, path names
	                     nothing or another file: a bind mount, a chroot, a
	                     user's overlay */
	NAME_VERIFIED,    /* path leads to this very file, without a symlink */
};

#define NODE_WRITERS 8

/* One file or directory of a chain, and who may write to it. */
struct node {
	uid_t owner;
	gid_t group;
	mode_t mode; /* st_mode; with an ACL the group bits are its mask */
	bool acl_overflow; /* more writers than room: nobody can be trusted */
	uint8_t n_acl_users;
	uint8_t n_acl_groups;
	bool group_is_masked; /* an ACL denies write to the owning group */
	uid_t acl_users[NODE_WRITERS];  /* named users who may write */
	gid_t acl_groups[NODE_WRITERS]; /* named groups who may write */
};

#define CHAIN_MAX 48 /* directories above one file; deeper is not trusted */
#define IMAGES_MAX                                                             \
	9 /* a program, a script, five interpreters, ELF interpreters */

struct image {
	enum image_role role;
	enum image_name name;
	struct file_id id;
	uint64_t size;
	int64_t changed_ns;       /* st_ctime */
	bool has_other_names;     /* hard links */
	uint32_t fs_type;         /* f_type of statfs(2) */
	bool is_on_root_device;   /* st_dev is that of a trusted root */
	uint64_t suspended_until; /* ms of CLOCK_BOOTTIME; 0: not suspended */
	struct holding holding;
	struct node self;
	bool chain_too_deep;
	size_t n_chain; /* only for NAME_VERIFIED: "/" first, parent last */
	struct node chain[CHAIN_MAX];
	char path[PATH_MAX]; /* text; never an identity */
};

struct facts {
	uid_t uid;           /* the real uid of the asker */
	uid_t user;          /* the user whose policy applies: own means his */
	uint64_t now;        /* ms of CLOCK_BOOTTIME */
	bool is_by_own_path; /* the name that the kernel used for what was asked
	                        for is that file's own verified path, and will
	                        be so for whoever opens it next */
	bool is_view_fixed;  /* the asker sees what the guard sees, and can
	                        neither mount nor change his root */
	bool is_odd_program; /* what runs is not what the script leads to: a
	                        handler of binfmt_misc, or a race */
	bool is_loaded;      /* confirm: the kernel has mapped these images, and
	                        what is pending now will never be known */
	size_t n_images;
	struct image images[IMAGES_MAX];
};

#endif
