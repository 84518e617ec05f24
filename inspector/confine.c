#include "inspector/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "policy/inspection.h"

static const int calls[] = {
	SCMP_SYS(poll), /* a pseudo number where the machine lacks it */
	SCMP_SYS(ppoll),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(pread64),
	SCMP_SYS(brk), /* malloc(3): common/digest.h */
	SCMP_SYS(close),
	SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
};

static int
limit_calls(void)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = context == NULL
	            ? -ENOMEM
	            : seccomp_attr_set(context, SCMP_FLTATR_API_SYSRAWRC, 1);

	for (size_t i = 0; r == 0 && i < LENGTH(calls); i++)
		r = seccomp_rule_add(context, SCMP_ACT_ALLOW, calls[i], 0);
	/* Never released: what that would take is not on the list. */
	return r < 0 ? r : seccomp_load(context);
}

static int
limit_resources(void)
{
	static const struct {
		int what;
		rlim_t most;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, INSPECTION_QUESTIONS + 8 },
		{ RLIMIT_AS, 256 << 20 },
	};

	for (size_t i = 0; i < LENGTH(limits); i++) {
		const struct rlimit limit = { limits[i].most, limits[i].most };

		if (setrlimit((__rlimit_resource_t)limits[i].what, &limit) < 0)
			return -errno;
	}
	return 0;
}

int
confine(int sock)
{
	int r = close_range(0, (unsigned)sock - 1, 0) < 0 ||
	                close_range((unsigned)sock + 1, ~0U, 0) < 0
	            ? -errno
	            : 0;

	if (r == 0 && geteuid() == 0)
		r = -EPERM;
	if (r == 0 && (prctl(PR_SET_DUMPABLE, 0) < 0 ||
			  prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
			  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		r = -errno;
	if (r == 0)
		r = limit_resources();
	return r < 0 ? r : limit_calls();
}
