#include "guardd/kernel/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

/*
 * The kernel may know a larger struct than our headers: it says how large,
 * and wants that much room, zeroed, at each receive.
 */
union request {
	struct seccomp_notif notif;
	char room[1024];
};

static bool
is_older_than(unsigned long major, unsigned long minor)
{
	struct utsname kernel;
	unsigned long first, second = 0;
	char *end;

	if (uname(&kernel) < 0)
		return true;
	first = strtoul(kernel.release, &end, 10);
	if (*end == '.')
		second = strtoul(end + 1, NULL, 10);
	return first < major || (first == major && second < minor);
}

int
notify_supported(const char **missing)
{
	struct seccomp_notif_sizes sizes = { 0 };
	uint32_t action = SECCOMP_RET_USER_NOTIF;

	/* SECCOMP_ADDFD_FLAG_SEND, by which the hypercall is answered, cannot
	 * be asked for without a notification. */
	if (is_older_than(5, 14)) {
		*missing = "an answer to the hypercall "
			   "(SECCOMP_ADDFD_FLAG_SEND)";
		return -ENOSYS;
	}
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0) {
		*missing = "seccomp user notification (CONFIG_SECCOMP_FILTER)";
		return -ENOSYS;
	}
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0 ||
	    sizes.seccomp_notif > sizeof(union request) ||
	    sizes.seccomp_notif < sizeof(struct seccomp_notif)) {
		*missing = "seccomp notifications of a size we know";
		return -ENOSYS;
	}
	return 0;
}

#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#endif

void
notify_hand_over_directly(int listener)
{
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	    SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

int
notify_receive(int listener, struct question *out)
{
	union request request;

	memset(&request, 0, sizeof(request));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
		return errno == EINTR ? -ENOENT : -errno;

	out->id = request.notif.id;
	out->tid = (pid_t)request.notif.pid;
	out->call = abi_call(request.notif.data.arch, request.notif.data.nr);
	memcpy(out->args, request.notif.data.args, sizeof(out->args));
	return 0;
}

bool
notify_is_pending(int listener, const struct question *q)
{
	uint64_t id = q->id;

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static int
answer(int listener, const struct question *q, int error, uint32_t flags)
{
	struct seccomp_notif_resp response = {
		.id = q->id,
		.error = -error,
		.flags = flags,
	};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0)
		return 0;
	/* EINPROGRESS: it was answered already, by nobody but us. */
	return errno == EINPROGRESS ? -ENOENT : -errno;
}

int
notify_refuse(int listener, const struct question *q, int error)
{
	return answer(listener, q, error, 0);
}

int
notify_continue(int listener, const struct question *q)
{
	return answer(listener, q, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int
notify_give_fd(int listener, const struct question *q, int fd)
{
	struct seccomp_notif_addfd gift = {
		.id = q->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (uint32_t)fd,
		.newfd_flags = O_CLOEXEC,
	};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &gift) < 0)
		return -errno;
	return 0;
}
