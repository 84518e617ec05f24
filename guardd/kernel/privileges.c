#include "guardd/kernel/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/names.h"

#define NOBODY ((uid_t)-1)
#define NO_ID  ((gid_t)-1)

/* guardd(8), PRIVILEGES, says why; tests/login/privileges.sh holds both to it.
 */
static const struct {
	int capability;
	enum privileges from;
} kept_by[] = {
	{ CAP_SYS_PTRACE, PRIVILEGES_SESSION },
	{ CAP_CHECKPOINT_RESTORE, PRIVILEGES_SESSION },
	{ CAP_KILL, PRIVILEGES_SESSION },
	{ CAP_DAC_READ_SEARCH, PRIVILEGES_SESSION },
	{ CAP_SETUID, PRIVILEGES_SESSION },
	{ CAP_SETGID, PRIVILEGES_SESSION },
	{ CAP_SYS_ADMIN, PRIVILEGES_SWEEP },
};

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t tty; /* NO_ID: no such group */
};

static void
file_release(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

/*
 * From the files themselves, not by the name service: that may be a library of
 * anybody's, a daemon that does not answer, a network.
 */
static int
find_user(const char *path, struct identity *out)
{
	SCOPED(file_release) FILE *file = fopen(path, "re");
	const struct passwd *user = NULL;

	if (file != NULL && names_seek(file, PRIVILEGES_USER))
		user = fgetpwent(file);
	/* A line that is none was skipped. */
	if (user != NULL && strcmp(user->pw_name, PRIVILEGES_USER) != 0)
		user = NULL;
	if (user == NULL)
		return 0;
	/* An id of -1 would change nothing: setresuid(2). */
	if (user->pw_uid == NOBODY || user->pw_gid == NO_ID)
		return -EINVAL;
	out->uid = user->pw_uid;
	out->gid = user->pw_gid;
	return 0;
}

void
privileges_identity(uid_t *uid, gid_t *gid)
{
	struct identity id = { .uid = *uid, .gid = *gid };

	if (find_user("/etc/passwd", &id) < 0)
		return;
	*uid = id.uid;
	*gid = id.gid;
}

static void
find_group(const char *path, struct identity *out)
{
	SCOPED(file_release) FILE *file = fopen(path, "re");
	const struct group *group = NULL;

	if (file != NULL && names_seek(file, PRIVILEGES_GROUP))
		group = fgetgrent(file);
	/* A line that is none was skipped. */
	if (group != NULL && strcmp(group->gr_name, PRIVILEGES_GROUP) == 0)
		out->tty = group->gr_gid;
}

/*
 * From here on capabilities are what they are: no change of uid gives or takes
 * one, no uid 0 gets any by an exec, and none is handed on to a program.
 */
static int
lock_capabilities(void)
{
	const int ours = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	                 SECBIT_NO_SETUID_FIXUP |
	                 SECBIT_NO_SETUID_FIXUP_LOCKED |
	                 SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
	                 SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	/* What a policy has set for scripts stays: gate/harden.h. */
	int bits = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);

	if (bits < 0 ||
	    prctl(PR_SET_SECUREBITS, (long)((bits & ~SECBIT_KEEP_CAPS) | ours),
		0L, 0L, 0L) < 0)
		return -errno;
	/* The kernel may know more of them than our headers. */
	for (long capability = 0;; capability++)
		if (prctl(PR_CAPBSET_DROP, capability, 0L, 0L, 0L) < 0)
			return errno == EINVAL && capability > 0 ? 0 : -errno;
}

static int
become(const struct identity *id)
{
	if (setgroups(id->tty != NO_ID ? 1 : 0, &id->tty) < 0 ||
	    setresgid(id->gid, id->gid, id->gid) < 0 ||
	    setresuid(id->uid, id->uid, id->uid) < 0)
		return -errno;
	return 0;
}

static int
keep_capabilities(enum privileges kept)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct __user_cap_data_struct next[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, now) < 0)
		return -errno;
	for (size_t i = 0; i < LENGTH(kept_by); i++) {
		int capability = kept_by[i].capability;
		size_t word = CAP_TO_INDEX((size_t)capability);
		uint32_t bit = now[word].permitted & CAP_TO_MASK(capability);

		if (kept < kept_by[i].from)
			continue;
		next[word].permitted |= bit;
		next[word].effective |= bit;
	}
	/* The ambient set follows the inheritable one, and that is empty. */
	return syscall(SYS_capset, &head, next) < 0 ? -errno : 0;
}

int
privileges_drop(enum privileges kept, const char **out_what)
{
	struct identity id = { .tty = NO_ID };
	int r = 0;

	if (kept != PRIVILEGES_NONE) {
		*out_what = "the user " PRIVILEGES_USER
			    " of /etc/passwd has no usable ids";
		if ((r = find_user("/etc/passwd", &id)) < 0)
			return r;
		find_group("/etc/group", &id);
		*out_what = "the guard cannot lock its capabilities, for which "
			    "it needs CAP_SETPCAP";
		if ((r = lock_capabilities()) < 0)
			return r;
		*out_what = "the guard cannot change its identity";
		if ((r = become(&id)) < 0)
			return r;
	}
	*out_what = "the guard cannot give its capabilities up";
	if ((r = keep_capabilities(kept)) < 0)
		return r;
	*out_what = "the guard cannot renounce new privileges";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	/* A change of uid has made it what fs.suid_dumpable says: proc(5). */
	return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0 ? -errno : 0;
}
