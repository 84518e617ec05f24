#include "policy/fstype.h"

#include <stddef.h>
#include <string.h>

/* Of several names for one number, the first is the usual one. */
static const struct type {
	const char *name;
	uint32_t magic;
	bool is_local_disk;
} types[] = {
	{ "ext4", 0xef53, true },
	{ "ext3", 0xef53, true },
	{ "ext2", 0xef53, true },
	{ "xfs", 0x58465342, true },
	{ "btrfs", 0x9123683e, true },
	{ "f2fs", 0xf2f52010, true },
	{ "zfs", 0x2fc12fc1, true },
	{ "jfs", 0x3153464a, true },
	{ "reiserfs", 0x52654973, true },
	{ "bcachefs", 0xca451a4e, true },
	{ "erofs", 0xe0f5e1e2, true },
	{ "squashfs", 0x73717368, true },
	{ "overlay", 0x794c7630, false },
	{ "tmpfs", 0x01021994, false },
	{ "ramfs", 0x858458f6, false },
	{ "fuse", 0x65735546, false },
	{ "fuseblk", 0x65735546, false },
	{ "virtiofs", 0x65735546, false },
	{ "nfs", 0x6969, false },
	{ "nfs4", 0x6969, false },
	{ "cifs", 0xff534d42, false },
	{ "smb3", 0xfe534d42, false },
	{ "9p", 0x01021997, false },
	{ "afs", 0x6b414653, false },
	{ "ceph", 0x00c36400, false },
	{ "gfs2", 0x01161970, false },
	{ "ocfs2", 0x7461636f, false },
	{ "gpfs", 0x47504653, false },
	{ "lustre", 0x0bd00bd0, false },
	{ "ecryptfs", 0xf15f, false },
	{ "iso9660", 0x9660, false },
	{ "udf", 0x15013346, false },
	{ "vfat", 0x4d44, false },
	{ "msdos", 0x4d44, false },
	{ "exfat", 0x2011bab0, false },
	{ "ntfs3", 0x7366746e, false },
	{ "hfsplus", 0x482b, false },
	{ "nilfs2", 0x3434, false },
	{ "ubifs", 0x24051905, false },
	{ "jffs2", 0x72b6, false },
	{ "cramfs", 0x28cd3d45, false },
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static const struct type *
type_of(uint32_t magic)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].magic == magic)
			return &types[i];
	return NULL;
}

bool
fstype_magic(const char *name, uint32_t *out)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		if (strcmp(types[i].name, name) == 0) {
			*out = types[i].magic;
			return true;
		}
	}
	return false;
}

const char *
fstype_name(uint32_t magic)
{
	const struct type *type = type_of(magic);

	return type != NULL ? type->name : NULL;
}

bool
fstype_is_local_disk(uint32_t magic)
{
	const struct type *type = type_of(magic);

	return type != NULL && type->is_local_disk;
}
