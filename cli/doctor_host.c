/*
 * doctor_host.c - is everything installed, and is what stands around it as it
 * should be?
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/doctor.h"
#include "common/io.h"
#include "common/names.h"

#define USER     "execguard" /* whom guards become: guardd(8), PRIVILEGES */
#define BINFMT   "/proc/sys/fs/binfmt_misc"
#define FUSE     "/etc/fuse.conf"
#define FUSE_MAX 65536

static void
examine_program(struct doctor *d, const char *name, const char *path)
{
	if (access(path, F_OK) == 0 && access(path, X_OK) < 0) {
		finding_tell(d->findings, FINDING_ERROR,
		    "%s: %s cannot be run: %s", name, path, strerror(errno));
		finding_remedy(d->findings,
		    "chmod 0755 %s; and no noexec where it lies", path);
		return;
	}
	doctor_file(d, name, path);
}

static void
examine_user(struct doctor *d, uid_t *out)
{
	if (names_user(USER, out) == 0) {
		finding_tell(
		    d->findings, FINDING_OK, "guards become the user " USER);
		return;
	}
	*out = 0;
	finding_tell(d->findings, FINDING_HINT,
	    "there is no user " USER ", so guards stay uid 0, with the same "
	    "few capabilities");
	finding_remedy(d->findings,
	    "systemd-sysusers execguard.conf; or useradd -r -d / -s "
	    "/usr/sbin/nologin " USER);
}

/* Where guards have their sockets; the first of them makes it. */
static void
examine_run(struct doctor *d, uid_t user)
{
	struct stat st;

	if (lstat(RUN_PATH, &st) < 0) {
		finding_tell(d->findings, FINDING_OK,
		    "%s will be made by the first guard", RUN_PATH);
		return;
	}
	if (S_ISDIR(st.st_mode) && (st.st_uid == 0 || st.st_uid == user) &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
		finding_tell(d->findings, FINDING_OK,
		    "guards can be asked through %s", RUN_PATH);
		return;
	}
	finding_tell(d->findings, FINDING_WARNING,
	    "%s is no folder of root's or " USER "'s that nobody else can "
	    "write: no guard can be asked",
	    RUN_PATH);
	finding_remedy(d->findings,
	    "move it away; the next guard makes it anew, and guards that run "
	    "are asked again after their login ends");
}

/* Whether a file has a line of this word alone. */
static bool
has_line(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; at != NULL;
	     at = strchr(at, '\n'), at += at != NULL) {
		const char *end;

		at += strspn(at, " \t\n");
		end = at + len;
		if (strncmp(at, word, len) == 0 &&
		    end[strspn(end, " \t\r")] <= '\n')
			return true;
	}
	return false;
}

static void
examine_fuse(struct doctor *d)
{
	SCOPED(fd_release) int fd = open(FUSE, O_RDONLY | O_CLOEXEC);
	SCOPED(text_release) char *text = NULL;
	size_t len;
	int r = fd < 0 ? -errno : io_read_all(fd, FUSE_MAX, &text, &len);

	if (r < 0 && r != -ENOENT) {
		finding_tell(d->findings, FINDING_HINT,
		    "cannot read " FUSE ": %s", strerror(-r));
		finding_remedy(d->findings, "ask again as root");
	} else if (r == 0 && has_line(text, "user_allow_other")) {
		finding_tell(d->findings, FINDING_HINT,
		    FUSE " has user_allow_other: a user's own mount can make "
			 "his guard wait until it is gone");
		finding_remedy(
		    d->findings, "take the line out where no user needs it");
	} else {
		finding_tell(d->findings, FINDING_OK,
		    "FUSE mounts are their users' alone");
	}
}

static void
dir_release(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static void
examine_handler(struct doctor *d, int folder, const char *name)
{
	char text[1024];
	ssize_t n = io_read_text(folder, name, text, sizeof(text));
	const char *interpreter = n < 0 ? NULL : strstr(text, "interpreter ");

	if (interpreter == NULL || strncmp(text, "enabled", 7) != 0)
		return;
	interpreter += strlen("interpreter ");
	finding_tell(d->findings, FINDING_HINT,
	    "binfmt_misc runs files of the kind %s by %.*s, which is judged "
	    "as well as the file",
	    name, (int)strcspn(interpreter, "\n"), interpreter);
	finding_remedy(d->findings,
	    "let the policy permit that program too; or take the handler "
	    "away: echo -1 >" BINFMT "/%s",
	    name);
}

static void
examine_handlers(struct doctor *d)
{
	SCOPED(dir_release) DIR *dir = opendir(BINFMT);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    strcmp(entry->d_name, "register") != 0 &&
		    strcmp(entry->d_name, "status") != 0)
			examine_handler(d, dirfd(dir), entry->d_name);
}

void
doctor_host(struct doctor *d)
{
	static const char guardd[] = GUARDD_PATH;
	char inspector[sizeof(guardd) + sizeof("/inspector")];
	uid_t user = 0;

	(void)snprintf(inspector, sizeof(inspector), "%.*sinspector",
	    (int)(strrchr(guardd, '/') + 1 - guardd), guardd);
	examine_program(d, "guardd", guardd);
	examine_program(d, "inspector", inspector);
	examine_user(d, &user);
	examine_run(d, user);
	examine_fuse(d);
	examine_handlers(d);
}
