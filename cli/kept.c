#include "cli/kept.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cli/cli.h"
#include "common/clock.h"
#include "common/locked.h"
#include "common/number.h"
#include "policy/page.h"

#define ENDING ".crashes"

struct kept {
	const struct order *order;
	link_hear *hear;
	void *context;
	uint64_t now;
};

static void
tell(const struct ledger_entry *entry, void *context)
{
	static const struct link nobody = { .fd = -1, .id = "-" };
	const struct kept *kept = context;
	const struct file_id id = { kept->order->dev, kept->order->ino };
	const struct passwd *user = getpwuid(entry->user);
	SCOPED(record_release) struct record *line = record_new();
	struct record *r = record_put_record(line, "crash");
	char device[32];

	if (kept->order->has_file && !same_file(id, entry->image))
		return;
	(void)snprintf(device, sizeof(device), "%u:%u", major(entry->image.dev),
	    minor(entry->image.dev));
	record_put_number(r, "uid", entry->user);
	record_put_text(r, "user", user != NULL ? user->pw_name : "");
	if (entry->is_overflow)
		record_put_true(r, "overflow");
	else {
		record_put_text(r, "device", device);
		record_put_number(r, "inode", entry->image.ino);
	}
	if (entry->path != NULL)
		record_put_text(r, "path", entry->path);
	record_put_number(r, "crashes", entry->n_crashes);
	record_put_moment(r, "last", entry->last);
	if (entry->suspended_until > kept->now)
		record_put_number(r, "suspended_s",
		    (entry->suspended_until - kept->now + 999) / 1000);
	kept->hear(&nobody, line, kept->context);
}

static void
page_release(char **page)
{
	free(*page);
}

/* What is asked for is not in page any more. */
static int
forgive(char *page, uid_t uid, const struct kept *kept)
{
	const struct file_id id = { kept->order->dev, kept->order->ino };
	const struct span bytes = { (uint8_t *)page, page_size() };
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	int r = page_take(&ledger, uid, bytes);

	if (r < 0)
		return r;
	ledger_forgive(&ledger, uid, kept->order->has_file ? &id : NULL);
	page_put(&ledger, uid, page);
	return 0;
}

/* One user's.  His guards wait for the lock: nobody is told, and no user looked
 * up, before it is given back. */
static int
look_at(struct locked *file, uid_t uid, const struct kept *kept)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	SCOPED(page_release) char *page = calloc(1, page_size());
	bool is_forgiven = kept->order->verb == ORDER_FORGIVE;
	struct span bytes = { (uint8_t *)page, page_size() };
	int r = page == NULL ? -ENOMEM : locked_begin(file);
	int ended;

	if (r < 0)
		return r;
	r = locked_reread(file, page, page_size());
	if (r == 0)
		r = page_take(&ledger, uid, bytes);
	if (r == 0 && is_forgiven)
		r = forgive(page, uid, kept);
	ended = locked_end(
	    file, r == 0 && is_forgiven ? page : NULL, page_size());
	if (r == 0)
		ledger_walk(&ledger, kept->now, tell, (void *)(uintptr_t)kept);
	return r < 0 ? r : ended;
}

static bool
is_kept(const char *name, uid_t *out)
{
	const char *dot = strchr(name, '.');
	char digits[16];
	uint64_t uid;

	if (dot == NULL || strcmp(dot, ENDING) != 0 ||
	    (size_t)(dot - name) >= sizeof(digits))
		return false;
	memcpy(digits, name, (size_t)(dot - name));
	digits[dot - name] = '\0';
	if (number_parse(digits, 0, UINT32_MAX, &uid) < 0)
		return false;
	*out = (uid_t)uid;
	return true;
}

static void
folder_release(DIR **folder)
{
	if (*folder != NULL)
		(void)closedir(*folder);
}

int
kept_crashes(const struct order *order, link_hear *hear, void *context)
{
	const struct kept kept = { order, hear, context,
		clock_ms(CLOCK_BOOTTIME) };
	SCOPED(folder_release) DIR *folder = opendir(RUN_PATH);
	const struct dirent *entry;
	int status = EXIT_FINE;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		SCOPED(locked_release) struct locked file = { .fd = -1 };
		uid_t uid;
		int r;

		if (!is_kept(entry->d_name, &uid) ||
		    (order->has_user && order->uid != uid))
			continue;
		r = locked_open(dirfd(folder), entry->d_name, false, &file);
		if (r == 0)
			r = look_at(&file, uid, &kept);
		if (r < 0 && r != -ENODATA) {
			cli_say("cannot use " RUN_PATH "/%s: %s", entry->d_name,
			    strerror(-r));
			status = EXIT_WRONG;
		}
	}
	return status;
}
