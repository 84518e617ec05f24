#include "guardd/kernel/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "common/io.h"
#include "common/number.h"
#include "guardd/kernel/entry.h"

/* "TID/" and the longest name we ask for. */
#define NAME_ROOM 96

int
proc_open(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void
name_of(char name[NAME_ROOM], pid_t tid, const char *entry)
{
	(void)snprintf(name, NAME_ROOM, "%d/%s", (int)tid, entry);
}

int
proc_status(int proc, pid_t tid, struct proc_status *out)
{
	char name[NAME_ROOM], text[4096];
	ssize_t n;

	name_of(name, tid, "status");
	n = io_read_text(proc, name, text, sizeof(text));
	return n < 0 ? (int)n : entry_status(text, out);
}

/* linux/pidfd.h of Linux 6.13; later kernels only added to its end. */
struct identity {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
};

#define GET_INFO      _IOWR(0xFF, 11, struct identity)
#define INFO_PID      (1UL << 0)
#define INFO_CREDS    (1UL << 1)
#define PIDFD_OF_TASK O_EXCL /* PIDFD_THREAD, Linux 6.9 */

int
proc_identity(int proc, pid_t tid, struct proc_status *out)
{
	struct identity id = { .mask = INFO_PID | INFO_CREDS };
	SCOPED(fd_release)
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_OF_TASK);

	if (fd < 0 || ioctl(fd, GET_INFO, &id) < 0 ||
	    (id.mask & (INFO_PID | INFO_CREDS)) != (INFO_PID | INFO_CREDS))
		return proc_status(proc, tid, out);
	*out = (struct proc_status){
		.real = id.ruid,
		.effective = id.euid,
		.tgid = (pid_t)id.tgid,
	};
	return 0;
}

int
proc_pin(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

void
proc_signal(int handle, int signal)
{
	(void)syscall(SYS_pidfd_send_signal, handle, signal, NULL, 0);
}

int
proc_open_path(int proc, pid_t tid, const char *entry)
{
	char name[NAME_ROOM];
	int fd;

	name_of(name, tid, entry);
	fd = openat(proc, name, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
proc_look_at(int proc, pid_t tid, const char *entry, struct statx *out)
{
	char name[NAME_ROOM];
	struct statx st;

	name_of(name, tid, entry);
	if (statx(proc, name, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &st) < 0)
		return -errno;
	*out = st;
	return 0;
}

/* Whether an entry of a process leads to the file that our own leads to. */
static bool
leads_where_ours_does(int proc, pid_t tid, const char *entry)
{
	char theirs[NAME_ROOM], ours[NAME_ROOM];
	struct stat a, b;

	name_of(theirs, tid, entry);
	(void)snprintf(ours, sizeof(ours), "self/%s", entry);
	return fstatat(proc, theirs, &a, 0) == 0 &&
	       fstatat(proc, ours, &b, 0) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

bool
proc_shares_userns(int proc, pid_t tid)
{
	return leads_where_ours_does(proc, tid, "ns/user");
}

bool
proc_is_guard(int proc, pid_t tid)
{
	char name[NAME_ROOM], text[32];

	name_of(name, tid, "comm");
	return io_read_text(proc, name, text, sizeof(text)) < 0 ||
	       strcmp(text, PROC_GUARD "\n") == 0;
}

/* Field number n of stat, as entry_stat() counts; 0: not known. */
static uint64_t
stat_field(int proc, pid_t tid, int n)
{
	char name[NAME_ROOM], text[1024];
	uint64_t value;

	name_of(name, tid, "stat");
	if (io_read_text(proc, name, text, sizeof(text)) < 0 ||
	    entry_stat(text, n, &value) < 0)
		return 0;
	return value;
}

uint32_t
proc_terminal(int proc, pid_t tid)
{
	return (uint32_t)stat_field(proc, tid, 7);
}

uint64_t
proc_arguments(int proc, pid_t tid)
{
	return stat_field(proc, tid, 48);
}

uint64_t
proc_start(int proc, pid_t tid)
{
	return stat_field(proc, tid, 22);
}

/* The directory of threads has a link for each, and two for itself (fs/proc/
 * base.c, proc_task_getattr()): one look instead of a text. */
unsigned
proc_count_threads(int proc, pid_t pid)
{
	struct statx st = { .stx_nlink = 0 };

	if (proc_look_at(proc, pid, "task", &st) < 0 || st.stx_nlink < 3)
		return 0;
	return st.stx_nlink - 2;
}

static void
directory_release(DIR **directory)
{
	if (*directory != NULL)
		(void)closedir(*directory);
}

int
proc_list_threads(int proc, pid_t pid, pid_t *out, size_t max)
{
	SCOPED(directory_release) DIR *directory = NULL;
	SCOPED(fd_release) int fd = -1;
	const struct dirent *entry;
	char name[NAME_ROOM];
	size_t n = 0;

	name_of(name, pid, "task");
	fd = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (directory = fdopendir(fd)) == NULL)
		return -errno;
	(void)fd_take(&fd);
	while ((entry = readdir(directory)) != NULL) {
		uint64_t tid;

		if (number_parse(entry->d_name, 1, INT32_MAX, &tid) < 0)
			continue;
		if (n == max)
			return -E2BIG;
		out[n++] = (pid_t)tid;
	}
	return (int)n;
}

#ifndef SYS_vfork
#define SYS_vfork (-2) /* only clone(2) does it */
#endif

bool
proc_waits_for_vfork(int proc, pid_t tid)
{
	char name[NAME_ROOM], text[512];
	unsigned long long flags;
	long call;

	/* Of a thread that runs, the file says so in a word. */
	name_of(name, tid, "syscall");
	if (io_read_text(proc, name, text, sizeof(text)) < 0 ||
	    sscanf(text, "%ld 0x%llx", &call, &flags) != 2)
		return false;
	return call == SYS_vfork ||
	       (call == SYS_clone && (flags & CLONE_VFORK) != 0);
}

bool
proc_is_in_call(int proc, pid_t tid, const uint64_t args[3])
{
	char name[NAME_ROOM], text[512];
	unsigned long long is[3];
	long call;

	name_of(name, tid, "syscall");
	return io_read_text(proc, name, text, sizeof(text)) >= 0 &&
	       sscanf(text, "%ld 0x%llx 0x%llx 0x%llx", &call, &is[0], &is[1],
		   &is[2]) == 4 &&
	       is[0] == args[0] && is[1] == args[1] && is[2] == args[2];
}

int
proc_personality(int proc, pid_t tid, unsigned long *out)
{
	char name[NAME_ROOM], text[32];
	ssize_t n;

	name_of(name, tid, "personality");
	n = io_read_text(proc, name, text, sizeof(text));
	if (n < 0)
		return (int)n;
	*out = strtoul(text, NULL, 16);
	return 0;
}
