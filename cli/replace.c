#include "cli/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>

#include "cli/chain.h"
#include "cli/contents.h"
#include "common/io.h"

/*
 * In the folder above: what lies in PAM's own is a service.  One name for all,
 * since one of us works at a time; what a killed one left is replaced.
 */
#define DRAFT "/etc/.execguardctl.pam"

static int
make_folder(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == 0 &&
	               (st.st_mode & (S_IWGRP | S_IWOTH)) == 0
	           ? 0
	           : -EPERM;
}

int
replace_lock(void)
{
	SCOPED(fd_release) int fd = -1;
	int r = make_folder(REPLACE_STATE, 0755);

	if (r == 0)
		r = make_folder(REPLACE_BACKUPS, 0700);
	if (r < 0)
		return r;
	fd = open(REPLACE_BACKUPS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	return fd_take(&fd);
}

static int
sync_folder(const char *path)
{
	SCOPED(fd_release)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* A new file with this text; the caller closes it. */
static int
write_file(const char *path, const char *text)
{
	SCOPED(fd_release)
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : io_write_all(fd, text, strlen(text));

	return r < 0 ? r : fd_take(&fd);
}

int
replace_keep(const char *name, const char *text, char **out)
{
	SCOPED(text_release) char *path = NULL;
	SCOPED(fd_release) int fd = -1;
	struct timespec now;
	char when[32];
	struct tm tm;
	int r;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &tm);
	(void)strftime(when, sizeof(when), "%Y%m%dT%H%M%S", &tm);
	if (asprintf(&path, "%s/%s.%s.%06ldZ", REPLACE_BACKUPS, name, when,
		now.tv_nsec / 1000) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = write_file(path, text);
	if (fd < 0)
		return fd;
	if (fsync(fd) < 0)
		return -errno;
	r = sync_folder(REPLACE_BACKUPS);
	if (r == 0)
		*out = text_take(&path);
	return r;
}

/* The kernel makes these itself, of what is in the file. */
static bool
is_of_kernel(const char *name)
{
	return strcmp(name, "security.ima") == 0 ||
	       strcmp(name, "security.evm") == 0;
}

static int
copy_attribute(int from, int to, const char *name)
{
	char value[4096];
	ssize_t len = fgetxattr(from, name, value, sizeof(value));

	if (len < 0 || fsetxattr(to, name, value, (size_t)len, 0) < 0)
		return -errno;
	return 0;
}

/* Owner, extended attributes (the access list is one) and mode, in an order in
 * which nobody gets more than he had. */
static int
copy_attributes(int from, int to)
{
	char names[4096];
	ssize_t len = flistxattr(from, names, sizeof(names));
	struct stat st;
	int r = 0;

	if (len < 0 && errno == ENOTSUP)
		len = 0;
	if (len < 0 || fstat(from, &st) < 0 ||
	    fchown(to, st.st_uid, st.st_gid) < 0)
		return -errno;
	for (const char *name = names; r == 0 && name < names + len;
	     name += strlen(name) + 1)
		if (!is_of_kernel(name))
			r = copy_attribute(from, to, name);
	if (r == 0 && fchmod(to, st.st_mode & 07777) < 0)
		r = -errno;
	return r;
}

int
replace_text(const char *path, const char *text)
{
	struct stat st;
	SCOPED(fd_release) int from = contents_open(AT_FDCWD, path, &st);
	SCOPED(fd_release) int fd = -1;
	int r;

	if (from < 0)
		return from;
	(void)unlink(DRAFT);
	fd = write_file(DRAFT, text);
	r = fd < 0 ? fd : copy_attributes(from, fd);
	if (r == 0 && (fsync(fd) < 0 || rename(DRAFT, path) < 0))
		r = -errno;
	if (r < 0) {
		(void)unlink(DRAFT);
		return r;
	}
	/* It is there; that a crash could bring back the old one is no
	 * failure. */
	(void)sync_folder(CHAIN_FOLDER);
	return 0;
}
