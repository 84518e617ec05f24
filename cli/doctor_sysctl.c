/*
 * doctor_sysctl.c - settings of the kernel that help a guard, or its users'
 * enemies.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "common/io.h"
#include "common/number.h"

/* clang-format off */
static const struct setting {
	const char *path;
	uint64_t from, to; /* what is told */
	enum finding_level level;
	const char *what, *remedy;
} settings[] = {
	{ "/proc/sys/fs/protected_hardlinks", 0, 0, FINDING_HINT,
	    "anybody can make hard links to programs of others, and so keep "
	    "an old set-id program",
	    "sysctl fs.protected_hardlinks=1" },
	{ "/proc/sys/fs/protected_symlinks", 0, 0, FINDING_HINT,
	    "symbolic links of others are followed in /tmp",
	    "sysctl fs.protected_symlinks=1" },
	{ "/proc/sys/fs/protected_fifos", 0, 0, FINDING_HINT,
	    "pipes of others are opened in /tmp",
	    "sysctl fs.protected_fifos=1" },
	{ "/proc/sys/fs/protected_regular", 0, 0, FINDING_HINT,
	    "files of others are opened for creation in /tmp",
	    "sysctl fs.protected_regular=1" },
	{ "/proc/sys/fs/suid_dumpable", 1, 1, FINDING_WARNING,
	    "set-id programs leave cores that their users can read, and can "
	    "be traced by them",
	    "sysctl fs.suid_dumpable=0" },
	{ "/proc/sys/kernel/unprivileged_userns_clone", 1, UINT64_MAX,
	    FINDING_HINT,
	    "users can make user namespaces, and mount in them: FUSE as well, "
	    "which can make a guard wait",
	    "where nothing needs them (browsers and podman do): "
	    "sysctl kernel.unprivileged_userns_clone=0" },
};


/* Elsewhere than on Debian there is no other switch. */
static const struct setting namespaces = {
	"/proc/sys/user/max_user_namespaces", 1, UINT64_MAX, FINDING_HINT,
	    "users can make user namespaces, and mount in them: FUSE as well, "
	    "which can make a guard wait",
	    "where nothing needs them (browsers, podman and sandboxes of "
	    "services do): sysctl user.max_user_namespaces=0",
};
/* clang-format on */

/* By the name that sysctl(8) knows. */
static void
tell_ok(struct doctor *d, const char *path, const char *value)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", path);
	for (char *at = name; (at = strchr(at, '/')) != NULL;)
		*at = '.';
	finding_tell(d->findings, FINDING_OK, "%s is %s", name, value);
}

/* False when there is no such setting. */
static bool
examine_setting(struct doctor *d, const struct setting *setting)
{
	char text[32];
	uint64_t value;
	ssize_t n = io_read_text(AT_FDCWD, setting->path, text, sizeof(text));

	if (n < 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	if (number_parse(text, 0, UINT64_MAX, &value) < 0)
		return false;
	if (value >= setting->from && value <= setting->to) {
		finding_tell(d->findings, setting->level, "%s", setting->what);
		finding_remedy(d->findings, "%s, and a line in /etc/sysctl.d",
		    setting->remedy);
	} else {
		tell_ok(d, setting->path + strlen("/proc/sys/"), text);
	}
	return true;
}

void
doctor_sysctl(struct doctor *d)
{
	bool has_switch = false;

	for (size_t i = 0; i < LENGTH(settings); i++)
		has_switch = examine_setting(d, &settings[i]);
	/* The last one: Debian's. */
	if (!has_switch)
		(void)examine_setting(d, &namespaces);
}
