#include "common/trusted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/io.h"

/* More are a mistake: somebody else's folder, say. */
#define FILES_MAX 256

void
trusted_files_release(struct trusted_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->at[i].path);
		free(files->at[i].text);
	}
	free(files->at);
	*files = (struct trusted_files){ 0 };
}

static int __attribute__((format(printf, 3, 4)))
say(char why[TRUSTED_WHY], int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, TRUSTED_WHY, format, ap);
	va_end(ap);
	return error;
}

static int
say_failed(char why[TRUSTED_WHY], const char *verb, const char *path)
{
	int error = errno;

	if (error == ELOOP)
		return say(why, -ELOOP,
		    "%s is a symbolic link: name the file itself", path);
	return say(
	    why, -error, "cannot %s %s: %s", verb, path, strerror(error));
}

/* What is to be opened, and how it is to be judged. */
struct wish {
	const char *path; /* as messages call it */
	uid_t also;
	char *why; /* TRUSTED_WHY bytes */
};

/*
 * An ACL needs no look: the group bits of a mode are its mask, which bounds
 * every entry but the owner's and that of others (acl(5)).
 */
static int
check_trust(const struct stat *st, const struct wish *wish)
{
	if (st->st_uid != 0 && st->st_uid != wish->also)
		return say(wish->why, -EPERM,
		    "%s belongs to uid %u: it must belong to root", wish->path,
		    (unsigned)st->st_uid);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return say(wish->why, -EPERM,
		    "%s may be written by others than its owner (mode 0%o): "
		    "take that away with chmod go-w",
		    wish->path, (unsigned)(st->st_mode & 07777));
	return 0;
}

/*
 * Open name below dirfd.  O_NONBLOCK: a FIFO that somebody put there is
 * refused, not waited for.
 */
static int
open_trusted(int dirfd, const char *name, const struct wish *wish, mode_t *out)
{
	SCOPED(fd_release)
	int fd = openat(dirfd, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r;

	if (fd < 0)
		return say_failed(wish->why, "open", wish->path);
	if (fstat(fd, &st) < 0)
		return say_failed(wish->why, "look at", wish->path);
	r = check_trust(&st, wish);
	if (r < 0)
		return r;
	*out = st.st_mode;
	return fd_take(&fd);
}

/*
 * The same path without slashes at its end: with one, O_NOFOLLOW would
 * follow a symbolic link to a directory.
 */
static char *
without_slashes(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return strndup(path, len);
}

int
trusted_open(const char *path, uid_t also, char why[TRUSTED_WHY])
{
	const struct wish wish = { path, also, why };
	mode_t mode = 0;
	SCOPED(fd_release) int fd = open_trusted(AT_FDCWD, path, &wish, &mode);

	if (fd < 0)
		return fd;
	if (!S_ISREG(mode))
		return say(why, -EINVAL, "%s is not a regular file", path);
	return fd_take(&fd);
}

/* What trusted_read() is busy with. */
struct reading {
	uid_t also;
	size_t max;
	size_t total;
	struct trusted_files files;
	char *why;
};

static void
reading_release(struct reading *r)
{
	trusted_files_release(&r->files);
}

/* Read fd to its end into file, which has its path already. */
static int
read_fd(struct reading *r, int fd, struct trusted_file *file)
{
	int n = io_read_all(fd, r->max, &file->text, &file->len);

	if (n == -EFBIG)
		return say(r->why, n, "%s is longer than %zu bytes", file->path,
		    r->max);
	if (n < 0)
		return say(
		    r->why, n, "cannot read %s: %s", file->path, strerror(-n));
	r->total += file->len;
	if (r->total > 8 * r->max)
		return say(r->why, -EFBIG,
		    "with %s it is more than %zu bytes in all", file->path,
		    8 * r->max);
	return 0;
}

/* Room for one more file, called path (which is taken over). */
static struct trusted_file *
add_file(struct reading *r, char **path)
{
	struct trusted_files *files = &r->files;
	struct trusted_file *more = realloc(
	    files->at, (files->n + 1) * sizeof(*more));

	if (more == NULL)
		return NULL;
	files->at = more;
	more[files->n] = (struct trusted_file){ .path = text_take(path) };
	return &more[files->n++];
}

static bool
is_wanted(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] != '.' && dot != NULL && strcmp(dot, ".conf") == 0;
}

static void
dir_release(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

/* The names of a folder that are wanted, as files without text. */
static int
list_folder(struct reading *r, int folder, const char *path)
{
	SCOPED(fd_release) int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	SCOPED(dir_release) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL)
		return say_failed(r->why, "read", path);
	(void)fd_take(&fd); /* dir owns it */

	for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
		SCOPED(text_release) char *full = NULL;

		if (!is_wanted(entry->d_name))
			continue;
		if (r->files.n == FILES_MAX)
			return say(r->why, -E2BIG, "%s has more than %d files",
			    path, FILES_MAX);
		if (asprintf(&full, "%s/%s", path[1] == '\0' ? "" : path,
			entry->d_name) < 0) {
			full = NULL;
			return say(r->why, -ENOMEM, "out of memory");
		}
		if (add_file(r, &full) == NULL)
			return say(r->why, -ENOMEM, "out of memory");
	}
	return errno == 0 ? 0 : say_failed(r->why, "read", path);
}

static int
by_path(const void *a, const void *b)
{
	const struct trusted_file *left = a;
	const struct trusted_file *right = b;

	return strcmp(left->path, right->path);
}

static int
read_folder(struct reading *r, int folder, const char *path)
{
	int e = list_folder(r, folder, path);

	if (e < 0)
		return e;
	if (r->files.n > 1)
		qsort(r->files.at, r->files.n, sizeof(*r->files.at), by_path);
	for (size_t i = 0; i < r->files.n; i++) {
		struct trusted_file *file = &r->files.at[i];
		const char *name = strrchr(file->path, '/') + 1;
		const struct wish wish = { file->path, r->also, r->why };
		mode_t mode = 0;
		SCOPED(fd_release)
		int fd = open_trusted(folder, name, &wish, &mode);

		if (fd < 0)
			return fd;
		if (!S_ISREG(mode))
			return say(r->why, -EINVAL, "%s is not a regular file",
			    file->path);
		e = read_fd(r, fd, file);
		if (e < 0)
			return e;
	}
	return 0;
}

static int
read_path(struct reading *r, char **path)
{
	const struct wish wish = { *path, r->also, r->why };
	mode_t mode = 0;
	SCOPED(fd_release)
	int fd = open_trusted(AT_FDCWD, *path, &wish, &mode);
	struct trusted_file *file;

	if (fd < 0)
		return fd;
	if (S_ISDIR(mode))
		return read_folder(r, fd, *path);
	if (!S_ISREG(mode))
		return say(r->why, -EINVAL, "%s is neither a file nor a folder",
		    *path);
	file = add_file(r, path);
	if (file == NULL)
		return say(r->why, -ENOMEM, "out of memory");
	return read_fd(r, fd, file);
}

int
trusted_read(const char *path, uid_t also, size_t max,
    struct trusted_files *out, char why[TRUSTED_WHY])
{
	SCOPED(reading_release)
	struct reading r = { .also = also, .max = max, .why = why };
	SCOPED(text_release) char *tidy = without_slashes(path);
	int e;

	why[0] = '\0';
	if (tidy == NULL)
		return say(why, -ENOMEM, "out of memory");
	e = read_path(&r, &tidy);
	if (e < 0)
		return e;
	*out = r.files;
	r.files = (struct trusted_files){ 0 };
	return 0;
}
