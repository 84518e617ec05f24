#include "common/names.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"

static void
stream_release(FILE **stream)
{
	if (*stream != NULL)
		(void)fclose(*stream);
}

bool
names_seek(FILE *stream, const char *name)
{
	size_t len = strlen(name);
	char *line = NULL;
	size_t room = 0;
	off_t at = 0;
	bool is_here = false;
	ssize_t n;

	while ((n = getline(&line, &room, stream)) > 0) {
		is_here = strncmp(line, name, len) == 0 && line[len] == ':';
		if (is_here)
			break;
		at += n;
	}
	free(line);
	return is_here && fseeko(stream, at, SEEK_SET) == 0;
}

static int
user_in_file(const char *name, uid_t *out)
{
	SCOPED(stream_release) FILE *stream = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	if (stream == NULL || !names_seek(stream, name))
		return -ENOENT;
	while ((pw = fgetpwent(stream)) != NULL) {
		if (strcmp(pw->pw_name, name) == 0) {
			*out = pw->pw_uid;
			return 0;
		}
	}
	return -ENOENT;
}

static int
group_in_file(const char *name, gid_t *out)
{
	SCOPED(stream_release) FILE *stream = fopen("/etc/group", "re");
	const struct group *gr;

	if (stream == NULL || !names_seek(stream, name))
		return -ENOENT;
	while ((gr = fgetgrent(stream)) != NULL) {
		if (strcmp(gr->gr_name, name) == 0) {
			*out = gr->gr_gid;
			return 0;
		}
	}
	return -ENOENT;
}

/* The numbers -1 means "unchanged" to chown(2): it is nobody's. */
#define ID_MAX ((uint64_t)UINT32_MAX - 1)

int
names_user(const char *name, uid_t *out)
{
	const struct passwd *pw;
	uint64_t number;

	if (number_parse(name, 0, ID_MAX, &number) == 0) {
		*out = (uid_t)number;
		return 0;
	}
	if (user_in_file(name, out) == 0)
		return 0;
	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL)
		return errno != 0 ? -errno : -ENOENT;
	*out = pw->pw_uid;
	return 0;
}

int
names_group(const char *name, gid_t *out)
{
	const struct group *gr;
	uint64_t number;

	if (number_parse(name, 0, ID_MAX, &number) == 0) {
		*out = (gid_t)number;
		return 0;
	}
	if (group_in_file(name, out) == 0)
		return 0;
	errno = 0;
	gr = getgrnam(name);
	if (gr == NULL)
		return errno != 0 ? -errno : -ENOENT;
	*out = gr->gr_gid;
	return 0;
}
