#include "cli/trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/chain.h"
#include "cli/change.h"
#include "common/io.h"

static const char *const folders[TRIAL_STACKS] = {
	[TRIAL_OLD] = TRIAL_FOLDER "/old",
	[TRIAL_NEW] = TRIAL_FOLDER "/new",
	[TRIAL_GUARDED] = TRIAL_FOLDER "/guarded",
	[TRIAL_ALONE] = TRIAL_FOLDER "/alone",
};

static const char policy[] = "events = \"" TRIAL_POLICY "/events\"\n"
			     "policy \"trial\" {\n"
			     "	users = {\"root\", \"*\"}\n"
			     "	mode  = permissive\n"
			     "	exec  { default = allow }\n"
			     "}\n";

const char *
trial_folder(enum trial_stack stack)
{
	return folders[stack];
}

static int
write_file(const char *folder, const char *name, const char *text)
{
	SCOPED(text_release) char *path = NULL;
	SCOPED(fd_release) int fd = -1;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	(void)unlink(path); /* a link to PAM's own */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

static void
dir_release(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

/* A link in folder to each file of from; the later one counts. */
static int
link_all(const char *folder, const char *from)
{
	SCOPED(dir_release) DIR *dir = opendir(from);
	const struct dirent *entry;
	int r = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && (entry = readdir(dir)) != NULL) {
		SCOPED(text_release) char *target = NULL;
		SCOPED(text_release) char *name = NULL;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&target, "%s/%s", from, entry->d_name) < 0)
			target = NULL;
		if (asprintf(&name, "%s/%s", folder, entry->d_name) < 0)
			name = NULL;
		if (target == NULL || name == NULL)
			return -ENOMEM;
		(void)unlink(name);
		r = symlink(target, name) < 0 ? -errno : 0;
	}
	return r;
}

static int
write_stacks(enum trial_stack stack, const struct change *change)
{
	static const char begins[] = "session required " CHANGE_MODULE;
	const char *text = stack == TRIAL_OLD   ? change->old
	                   : stack == TRIAL_NEW ? change->text
	                                        : change->trial;
	SCOPED(text_release) char *alone = NULL;

	if (text == NULL) /* no trial of what goes */
		return 0;
	if (stack == TRIAL_ALONE) {
		if (asprintf(&alone, "%s %s\n", begins, change->alone) < 0)
			alone = NULL;
		text = alone;
	}
	return text != NULL ? write_file(folders[stack], change->service, text)
	                    : -ENOMEM;
}

static int
make_stacks(enum trial_stack stack, const struct change *changes, size_t n)
{
	int r = mkdir(folders[stack], 0700) < 0 ? -errno : 0;

	if (r == 0 && stack != TRIAL_ALONE)
		r = link_all(folders[stack], CHAIN_FALLBACK);
	if (r == 0 && stack != TRIAL_ALONE)
		r = link_all(folders[stack], CHAIN_FOLDER);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (changes[i].text != NULL)
			r = write_stacks(stack, &changes[i]);
	return r;
}

int
trial_begin(const struct change *changes, size_t n)
{
	int r;

	trial_end();
	if (mkdir(TRIAL_FOLDER, 0700) < 0 || mkdir(TRIAL_POLICY, 0700) < 0)
		return -errno;
	r = write_file(TRIAL_POLICY, "trial.conf", policy);
	for (int stack = 0; r == 0 && stack < TRIAL_STACKS; stack++)
		r = make_stacks((enum trial_stack)stack, changes, n);
	return r;
}

static int
remove_entry(const char *path, const struct stat *st UNUSED, int kind UNUSED,
    struct FTW *where UNUSED)
{
	return remove(path) < 0 ? -errno : 0;
}

void
trial_end(void)
{
	(void)nftw(
	    TRIAL_FOLDER, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
