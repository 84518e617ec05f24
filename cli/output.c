#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cli/interrupt.h"

/* A name in the folder of path that mkostemp(3) fills in. */
static char *
draft_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder_len = slash != NULL ? (int)(slash - path) + 1 : 0;
	char *name;

	if (asprintf(&name, "%.*s.execguardctl.XXXXXX", folder_len, path) < 0)
		return NULL;
	return name;
}

static int
open_draft(struct output *o)
{
	SCOPED(text_release) char *name = draft_name(o->path);
	SCOPED(fd_release) int fd = -1;

	if (name == NULL)
		return -ENOMEM;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	o->draft = text_take(&name);
	o->stream = fdopen(fd, "w");
	if (o->stream == NULL)
		return -errno;
	(void)fd_take(&fd); /* the stream's */
	return 0;
}

int
output_open(const char *path, struct output *out)
{
	SCOPED(output_release) struct output o = { .path = path };
	int r = 0;

	if (path == NULL) {
		o.stream = stdout;
	} else {
		if (stat(path, &o.old_is) < 0 && errno != ENOENT)
			return -errno;
		if (S_ISDIR(o.old_is.st_mode))
			return -EISDIR;
		interrupt_block(&o.waiting);
		r = open_draft(&o);
	}
	if (r == 0 && fstat(fileno(o.stream), &o.stream_is) < 0)
		r = -errno;
	if (r < 0)
		return r;
	*out = o;
	o = (struct output){ 0 }; /* handed over */
	return 0;
}

static bool
is_one_file(const struct stat *one, const struct stat *other)
{
	return one->st_ino == other->st_ino && one->st_dev == other->st_dev;
}

bool
output_is(const struct output *o, const struct stat *st)
{
	return is_one_file(&o->stream_is, st) || is_one_file(&o->old_is, st);
}

int
output_commit(struct output *o)
{
	if (fflush(o->stream) != 0)
		return -errno;
	if (o->path == NULL)
		return 0;
	if (fchmod(fileno(o->stream), 0644) < 0 ||
	    fsync(fileno(o->stream)) < 0 || rename(o->draft, o->path) < 0)
		return -errno;
	free(o->draft);
	o->draft = NULL;
	return 0;
}

void
output_release(struct output *o)
{
	if (o->stream != NULL && o->stream != stdout)
		(void)fclose(o->stream); /* committed, or given up */
	if (o->draft != NULL)
		(void)unlink(o->draft);
	free(o->draft);
	if (o->path != NULL)
		(void)sigprocmask(SIG_UNBLOCK, &o->waiting, NULL);
	*o = (struct output){ 0 };
}
