/*
 * doctor_kernel.c - can this kernel do what the policy asks for?
 *
 * What can be tried is tried, by a child that ends at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "cli/doctor.h"
#include "common/io.h"
#include "common/wire.h"
#include "gate/filter.h"
#include "gate/harden.h"

/* --- what is tried, in the child ----------------------------------------- */

/* Returns 0 or a negative errno. */
typedef int trial(uint32_t what);

static int
try_filter(uint32_t flags)
{
	int listener = -1;

	/* Nothing but _exit(2) follows. */
	return filter_install(1, flags | FILTER_NO_NEW_PRIVS, &listener);
}

static int
try_harden(uint32_t what)
{
	const char *why;

	return harden_apply(what, &why);
}

static int
try_in_child(trial *attempt, uint32_t what)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0)
		_exit(-attempt(what) & 0xff);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ENOSYS;
}

/* --- the filter ---------------------------------------------------------- */

static bool
is_older_than(const char *release, unsigned major, unsigned minor)
{
	unsigned first = 0, second = 0;

	if (sscanf(release, "%u.%u", &first, &second) < 1)
		return true;
	return first < major || (first == major && second < minor);
}

static void
examine_filter(struct doctor *d)
{
	struct utsname kernel;
	int r;

	if (uname(&kernel) < 0 || is_older_than(kernel.release, 5, 14)) {
		finding_tell(d->findings, FINDING_ERROR,
		    "Linux %s is too old: nobody can be guarded",
		    kernel.release);
		finding_remedy(d->findings, "boot Linux 5.14 or later");
		return;
	}
	r = try_in_child(try_filter, FILTER_LIBRARIES);
	if (r == -EBUSY) {
		finding_tell(d->findings, FINDING_OK,
		    "Linux %s has guarded the session that you are in",
		    kernel.release);
	} else if (r < 0) {
		finding_tell(d->findings, FINDING_ERROR,
		    "the exec filter cannot be installed, and nobody can be "
		    "guarded: %s",
		    strerror(-r));
		finding_remedy(d->findings,
		    "boot a kernel with CONFIG_SECCOMP_FILTER; in a container, "
		    "let it use seccomp(2)");
	} else {
		finding_tell(d->findings, FINDING_OK,
		    "Linux %s can ask a guard about an exec", kernel.release);
	}
}

/* --- sections that ask for more ------------------------------------------ */

/* clang-format off */
static const struct feature {
	uint32_t what;
	const char *section, *kernel;
} features[] = {
	{ WIRE_HARDEN_WRITE_EXEC, "memory.write_exec = deny", "6.3" },
	{ WIRE_HARDEN_SCRIPTS, "scripts.restrict = true", "6.14" },
	{ WIRE_HARDEN_INTERACTIVE, "scripts.interactive = deny", "6.14" },
};
/* clang-format on */

static bool
is_wanted(const struct policy *p, uint32_t what)
{
	switch (what) {
	case WIRE_HARDEN_WRITE_EXEC:
		return p->memory.is_on && p->memory.deny_write_exec;
	case WIRE_HARDEN_SCRIPTS:
		return p->scripts.is_on && p->scripts.restrict_files;
	case WIRE_HARDEN_INTERACTIVE:
		return p->scripts.is_on && p->scripts.deny_interactive;
	default:
		return false;
	}
}

static const struct policy *
who_wants(const struct doctor *d, uint32_t what)
{
	for (size_t i = 0; i < d->policies.n; i++)
		if (is_wanted(&d->policies.at[i], what))
			return &d->policies.at[i];
	return NULL;
}

static void
examine_feature(struct doctor *d, const struct feature *feature)
{
	const struct policy *p = who_wants(d, feature->what);
	int r = try_in_child(try_harden, feature->what);

	if (r == 0) {
		finding_tell(
		    d->findings, FINDING_OK, "%s can be had", feature->section);
	} else if (p != NULL) {
		finding_tell(d->findings, FINDING_ERROR,
		    "policy \"%s\" wants %s, which cannot be had here, so its "
		    "users cannot log in: %s",
		    p->name, feature->section, strerror(-r));
		finding_remedy(d->findings,
		    "take it out of %s, or boot Linux %s or later", p->file,
		    feature->kernel);
	} else {
		finding_tell(d->findings, FINDING_HINT,
		    "%s cannot be had here; no policy wants it",
		    feature->section);
		finding_remedy(
		    d->findings, "boot Linux %s or later", feature->kernel);
	}
}

/* --- /proc/PID/mem ------------------------------------------------------- */

/* Whether one may write through /proc/self/mem what one may not write. */
static int
try_forced_write(uint32_t unused)
{
	long size = sysconf(_SC_PAGESIZE);
	void *page = mmap(
	    NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SCOPED(fd_release)
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	(void)unused;
	if (page == MAP_FAILED || mem < 0)
		return -errno;
	return pwrite(mem, "", 1, (off_t)(uintptr_t)page) == 1 ? 0 : -errno;
}

static void
examine_forced_writes(struct doctor *d)
{
	int r = try_in_child(try_forced_write, 0);

	if (r == -EIO) {
		finding_tell(d->findings, FINDING_OK,
		    "/proc/PID/mem writes only what is writable");
		return;
	}
	finding_tell(d->findings, FINDING_HINT,
	    "the code of programs can be overwritten through /proc/PID/mem%s%s",
	    r < 0 ? ", or not; it could not be tried: " : "",
	    r < 0 ? strerror(-r) : "");
	finding_remedy(d->findings,
	    "boot Linux 6.12 or later with proc_mem.force_override=never (or "
	    "ptrace, where people use debuggers)");
}

static bool
denies_debuggers(const struct doctor *d)
{
	for (size_t i = 0; i < d->policies.n; i++)
		if (d->policies.at[i].debuggers == DEBUGGERS_DENY)
			return true;
	return false;
}

static void
examine_yama(struct doctor *d)
{
	char scope[8] = "";
	ssize_t n = io_read_text(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope",
	    scope, sizeof(scope));

	if (n > 0 && scope[0] >= '1') {
		finding_tell(d->findings, FINDING_OK,
		    "Yama keeps processes of one user apart (ptrace_scope %c)",
		    scope[0]);
		return;
	}
	finding_tell(d->findings,
	    denies_debuggers(d) ? FINDING_WARNING : FINDING_HINT,
	    "a user can write into all his processes by /proc/PID/mem, "
	    "guarded or not: %s",
	    n > 0 ? "kernel.yama.ptrace_scope is 0" : "there is no Yama");
	finding_remedy(d->findings, "%s",
	    n > 0
		? "sysctl kernel.yama.ptrace_scope=1, and a line in "
		  "/etc/sysctl.d"
		: "boot a kernel with CONFIG_SECURITY_YAMA, and yama in lsm=");
}

/* A session is ended by the filters that its processes have, which a kernel
 * shows that can make a checkpoint.  So is this file. */
static void
examine_ends(struct doctor *d)
{
	if (!policy_any_ends_session(&d->policies))
		return;
	if (access("/proc/sys/kernel/ns_last_pid", F_OK) == 0) {
		finding_tell(d->findings, FINDING_OK,
		    "a guard can find all processes of its session");
		return;
	}
	finding_tell(d->findings, FINDING_WARNING,
	    "a guard cannot find all processes of its session, so on_logout = "
	    "kill and action = exit leave some");
	finding_remedy(
	    d->findings, "boot a kernel with CONFIG_CHECKPOINT_RESTORE");
}

void
doctor_kernel(struct doctor *d)
{
	examine_filter(d);
	for (size_t i = 0; i < LENGTH(features); i++)
		examine_feature(d, &features[i]);
	examine_ends(d);
	examine_yama(d);
	examine_forced_writes(d);
}
