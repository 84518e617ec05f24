#include "guardd/kernel/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define NAME_ROOM 32

/* linux/nsfs.h of Linux 6.11 */
#define PID_FROM_PIDNS _IOR(0xb7, 0x6, int)

bool
target_is_self(uint64_t request)
{
	return request == PTRACE_TRACEME;
}

bool
target_is_filtered(const uint64_t args[])
{
	return args[0] == PTRACE_SEIZE && (args[3] & PTRACE_O_TRACESECCOMP);
}

pid_t
target_of(int proc, pid_t asker, pid_t number)
{
	char name[NAME_ROOM];
	struct stat ours, theirs;
	int r;

	(void)snprintf(name, sizeof(name), "%d/ns/pid", (int)asker);

	SCOPED(fd_release) int ns = openat(proc, name, O_RDONLY | O_CLOEXEC);

	if (number <= 0 || ns < 0 || fstat(ns, &theirs) < 0 ||
	    fstatat(proc, "self/ns/pid", &ours, 0) < 0)
		return -ESRCH;
	if (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino)
		return number;
	r = ioctl(ns, PID_FROM_PIDNS, number);
	return r > 0 ? r : -ESRCH;
}

bool
target_is_plain(int proc, pid_t tid, uid_t uid)
{
	char name[NAME_ROOM];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%d/status", (int)tid);
	return fstatat(proc, name, &st, 0) == 0 && st.st_uid == uid;
}
