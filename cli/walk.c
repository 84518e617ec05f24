#include "cli/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)

/*
 * A list of names, each behind the other's NUL.  A folder's ends in a slash:
 * sorted like that, the paths that come of it are sorted as well.
 */
struct names {
	char *text; /* owned */
	size_t len;
	size_t room;
	char **at; /* owned; into text, once it is sorted */
	size_t n;
};

struct walk {
	const struct walker *walker;
	struct names roots;
	char path[PATH_MAX]; /* where we are; no slash at its end, so "" is / */
	size_t len;
	unsigned depth;
};

/* --- names
 * -------------------------------------------------------------------- */

static void
names_release(struct names *names)
{
	free(names->text);
	free(names->at);
}

static int
names_add(struct names *names, const char *name, bool is_folder)
{
	const size_t len = strlen(name);

	if (names->room - names->len < len + 2) {
		size_t room = 2 * names->room + len + 256;
		char *text = realloc(names->text, room);

		if (text == NULL)
			return -ENOMEM;
		names->text = text;
		names->room = room;
	}
	memcpy(names->text + names->len, name, len);
	names->len += len;
	if (is_folder)
		names->text[names->len++] = '/';
	names->text[names->len++] = '\0';
	names->n++;
	return 0;
}

static int
compare(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static int
names_sort(struct names *names)
{
	char *text = names->text;

	if (names->n == 0)
		return 0;
	names->at = calloc(names->n, sizeof(*names->at));
	if (names->at == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < names->n; i++) {
		names->at[i] = text;
		text += strlen(text) + 1;
	}
	qsort(names->at, names->n, sizeof(*names->at), compare);
	return 0;
}

/* --- what is where
 * ------------------------------------------------------------- */

static void
trouble(const struct walk *w, const char *path, const char *why)
{
	w->walker->on_trouble(w->walker->context, path, why);
}

static void
trouble_here(const struct walk *w, const char *why)
{
	trouble(w, w->len > 0 ? w->path : "/", why);
}

/* What only looks like files, and is the kernel's own. */
static bool
is_pseudo(int folder)
{
	static const unsigned long types[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC,
		DEVPTS_SUPER_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
		DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC, SELINUX_MAGIC,
		SMACK_MAGIC, BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC,
		BINFMTFS_MAGIC, RDTGROUP_SUPER_MAGIC, NSFS_MAGIC,
		0x19800202 /* mqueue */, 0x62656570 /* configfs */,
		0x65735543 /* fusectl */, 0x67596969 /* rpc_pipefs */,
		0x6e667364 /* nfsd */ };
	struct statfs fs;

	if (fstatfs(folder, &fs) < 0)
		return false;
	for (size_t i = 0; i < LENGTH(types); i++)
		if ((unsigned long)fs.f_type == types[i])
			return true;
	return false;
}

enum kind {
	KIND_OTHER = 0,
	KIND_FILE,
	KIND_FOLDER,
};

static enum kind
kind_of_mode(mode_t mode)
{
	if (S_ISREG(mode))
		return KIND_FILE;
	return S_ISDIR(mode) ? KIND_FOLDER : KIND_OTHER;
}

static enum kind
kind_of_entry(int folder, const struct dirent *entry)
{
	struct stat st;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return KIND_OTHER;
	if (entry->d_type == DT_REG)
		return KIND_FILE;
	if (entry->d_type == DT_DIR)
		return KIND_FOLDER;
	if (entry->d_type != DT_UNKNOWN ||
	    fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return KIND_OTHER;
	return kind_of_mode(st.st_mode);
}

static void
stream_release(DIR **stream)
{
	if (*stream != NULL)
		(void)closedir(*stream);
}

/* Returns 0, -ENOMEM, or why the folder cannot be read. */
static int
list(int folder, struct names *out)
{
	SCOPED(stream_release) DIR *stream = NULL;
	SCOPED(fd_release)
	int fd = openat(folder, ".", FOLDER_FLAGS | O_CLOEXEC);
	const struct dirent *entry;

	if (fd < 0)
		return -errno;
	stream = fdopendir(fd);
	if (stream == NULL)
		return -errno;
	(void)fd_take(&fd); /* the stream's */
	while (errno = 0, (entry = readdir(stream)) != NULL) {
		enum kind kind = kind_of_entry(folder, entry);

		if (kind != KIND_OTHER &&
		    names_add(out, entry->d_name, kind == KIND_FOLDER) < 0)
			return -ENOMEM;
	}
	return errno != 0 ? -errno : names_sort(out);
}

/* --- walking
 * ------------------------------------------------------------------- */

static bool
is_root(const struct walk *w, const char *path)
{
	return w->roots.n > 0 && bsearch(&path, w->roots.at, w->roots.n,
				     sizeof(*w->roots.at), compare) != NULL;
}

static int
on_file(const struct walk *w, int folder, const char *name)
{
	const struct walk_file file = { w->path, folder, name,
		is_root(w, w->path) };

	return w->walker->on_file(w->walker->context, &file);
}

static int walk_folder(struct walk *w, int above, const char *name);

/* One name of the folder that we are in. */
static int
walk_name(struct walk *w, int folder, const char *name)
{
	const size_t before = w->len, len = strlen(name);
	int r = 0;

	if (len + 1 >= sizeof(w->path) - before) {
		trouble_here(w, "a path below it is too long");
		return 0;
	}
	w->path[w->len] = '/';
	memcpy(w->path + w->len + 1, name, len + 1);
	w->len += len + 1;
	if (name[len - 1] == '/') {
		w->path[--w->len] = '\0';
		r = walk_folder(w, folder, w->path + before + 1);
	} else {
		r = on_file(w, folder, name);
	}
	w->len = before;
	w->path[w->len] = '\0';
	return r;
}

static int
walk_names(struct walk *w, int folder)
{
	SCOPED(names_release) struct names names = { 0 };
	int r = list(folder, &names);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		trouble_here(w, strerror(-r));
		return 0;
	}
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = walk_name(w, folder, names.at[i]);
	return r;
}

/* Whether name is on another filesystem than above. */
static bool
is_mounted(int above, int folder)
{
	struct stat one, other;

	return above == AT_FDCWD || fstat(above, &one) < 0 ||
	       fstat(folder, &other) < 0 || one.st_dev != other.st_dev;
}

static int
walk_folder(struct walk *w, int above, const char *name)
{
	SCOPED(fd_release)
	int fd = openat(above, name, FOLDER_FLAGS | O_CLOEXEC);
	int r;

	if (fd < 0 && errno == ENOENT && above != AT_FDCWD)
		return 0; /* gone since we read its name */
	if (fd < 0) {
		trouble_here(w, strerror(errno));
		return 0;
	}
	if (is_mounted(above, fd) && is_pseudo(fd)) {
		if (above == AT_FDCWD)
			trouble_here(w, "the kernel's own: it has no files");
		return 0;
	}
	if (w->depth == WALK_DEPTH_MAX) {
		trouble_here(w, "it lies too deep");
		return 0;
	}
	w->depth++;
	r = walk_names(w, fd);
	w->depth--;
	return r;
}

/* --- what is named
 * --------------------------------------------------------------- */

static int
add_root(struct walk *w, const char *named)
{
	SCOPED(text_release) char *path = realpath(named, NULL);
	enum kind kind;
	struct stat st;

	if (path == NULL && errno == ENOMEM)
		return -ENOMEM;
	if (path == NULL || lstat(path, &st) < 0) {
		trouble(w, named, strerror(errno));
		return 0;
	}
	kind = kind_of_mode(st.st_mode);
	if (kind == KIND_OTHER) {
		trouble(w, named, "neither a regular file nor a folder");
		return 0;
	}
	return names_add(
	    &w->roots, strcmp(path, "/") == 0 ? "" : path, kind == KIND_FOLDER);
}

/* Whether root is the same as above, or below that folder. */
static bool
is_covered(const char *root, const char *above)
{
	const size_t len = strlen(above);

	return strcmp(root, above) == 0 ||
	       (above[len - 1] == '/' && strncmp(root, above, len) == 0);
}

/* A root, with a slash at its end when it is a folder. */
static int
walk_root(struct walk *w, const char *root)
{
	const size_t len = strlen(root);

	memcpy(w->path, root, len + 1); /* realpath(3): below PATH_MAX */
	w->len = len;
	if (root[len - 1] != '/')
		return on_file(w, AT_FDCWD, root);
	w->path[--w->len] = '\0';
	return walk_folder(w, AT_FDCWD, root);
}

int
walk_paths(char **paths, const struct walker *walker)
{
	struct walk w = { .walker = walker };
	const char *last = NULL;
	int r = 0;

	for (; *paths != NULL && r == 0; paths++)
		r = add_root(&w, *paths);
	if (r == 0)
		r = names_sort(&w.roots);
	/* What is below a root comes right behind it. */
	for (size_t i = 0; i < w.roots.n && r == 0; i++) {
		if (last != NULL && is_covered(w.roots.at[i], last))
			continue;
		last = w.roots.at[i];
		r = walk_root(&w, last);
	}
	names_release(&w.roots);
	return r;
}
