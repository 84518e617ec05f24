#include "guardd/kernel/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "common/io.h"

/* "TID/" and the longest name we ask for. */
#define NAME_ROOM 96

int
proc_open(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void
entry_name(char name[NAME_ROOM], pid_t tid, const char *entry)
{
	(void)snprintf(name, NAME_ROOM, "%d/%s", (int)tid, entry);
}

/* The number after "Key:\t" and skip further fields; false: not there. */
static bool
field(const char *text, const char *key, int skip, long *out)
{
	const char *at = strstr(text, key);

	if (at == NULL)
		return false;
	at += strlen(key);
	while (skip-- > 0) {
		at += strspn(at, "\t ");
		at += strcspn(at, "\t \n");
	}
	*out = strtol(at, NULL, 10);
	return true;
}

int
proc_status(int proc, pid_t tid, struct proc_status *out)
{
	char name[NAME_ROOM], text[4096];
	const char *state;
	long real, effective, tgid, tracer, seccomp;
	ssize_t n;

	entry_name(name, tid, "status");
	n = io_read_text(proc, name, text, sizeof(text));
	if (n < 0)
		return (int)n;
	/*
	 * The first line holds the process's own choice of a name, but proc(5)
	 * escapes a newline there: a key after a newline is the kernel's.
	 */
	if (!field(text, "\nTgid:", 0, &tgid) ||
	    !field(text, "\nTracerPid:", 0, &tracer) ||
	    !field(text, "\nUid:", 0, &real) ||
	    !field(text, "\nUid:", 1, &effective))
		return -EIO;
	/* A long list of groups stands before it, and may push it out of what
	 * was read: then it may be filtered. */
	if (!field(text, "\nSeccomp:", 0, &seccomp))
		seccomp = PROC_FILTERED;
	state = strstr(text, "\nState:\t");
	*out = (struct proc_status){
		.real = (uid_t)real,
		.effective = (uid_t)effective,
		.tgid = (pid_t)tgid,
		.tracer = (pid_t)tracer,
		.seccomp = (int)seccomp,
		.state = state != NULL ? state[8] : '?',
	};
	return 0;
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

	entry_name(name, tid, entry);
	fd = openat(proc, name, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
proc_look_at(int proc, pid_t tid, const char *entry, struct statx *out)
{
	char name[NAME_ROOM];
	struct statx st;

	entry_name(name, tid, entry);
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

	entry_name(theirs, tid, entry);
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

	entry_name(name, tid, "comm");
	return io_read_text(proc, name, text, sizeof(text)) > 0 &&
	       strcmp(text, PROC_GUARD "\n") == 0;
}

/*
 * Field number n (from 3 on) of /proc/TID/stat.  The second field is the
 * process's own words in parentheses: count from the last ')'.
 */
static bool
stat_field(int proc, pid_t tid, int n, unsigned long long *out)
{
	char name[NAME_ROOM], text[1024];
	const char *at;

	entry_name(name, tid, "stat");
	if (io_read_text(proc, name, text, sizeof(text)) < 0 ||
	    (at = strrchr(text, ')')) == NULL)
		return false;
	at++;
	for (int i = 3; i < n; i++) {
		at += strspn(at, " ");
		at += strcspn(at, " \n");
	}
	*out = strtoull(at, NULL, 10);
	return true;
}

uint32_t
proc_terminal(int proc, pid_t tid)
{
	unsigned long long tty;

	return stat_field(proc, tid, 7, &tty) ? (uint32_t)tty : 0;
}

uint64_t
proc_arguments(int proc, pid_t tid)
{
	unsigned long long address;

	return stat_field(proc, tid, 48, &address) ? address : 0;
}

uint64_t
proc_start(int proc, pid_t tid)
{
	unsigned long long ticks;

	return stat_field(proc, tid, 22, &ticks) ? ticks : 0;
}
