#include "tests/module/application.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "common/scope.h"
#include "tests/module/stage.h"

#define NOBODY 65534

const char application_policy[] = "policy \"test\" {\n"
				  "\tusers = {\"nobody\"}\n"
				  "\ttpe { roots = {\"/usr\"} }\n"
				  "}\n";

/* A setup that fails must not look like a module that behaves. */
static void
must(bool is_done)
{
	if (!is_done)
		abort();
}

void
application_clutter(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	const struct rlimit core = { 4096, 4096 };
	sigset_t mask;

	for (int i = 0; i < 20; i++)
		must(dup(0) >= 0);
	must(sigaction(SIGHUP, &ignore, NULL) == 0);
	must(sigaction(SIGPIPE, &ignore, NULL) == 0);
	must(sigaction(SIGCHLD, &ignore, NULL) == 0);
	(void)sigfillset(&mask);
	must(sigprocmask(SIG_SETMASK, &mask, NULL) == 0);
	must(setrlimit(RLIMIT_CORE, &core) == 0);
	must(setenv("LD_PRELOAD", "/nonexistent.so", 1) == 0);
	must(chdir("/tmp") == 0);
	(void)umask(0);
	(void)close(0);
}

void
application_set_id(void)
{
	const gid_t groups[] = { 100, NOBODY };

	must(setgroups(2, groups) == 0);
	must(setresgid(NOBODY, 0, 0) == 0);
	must(setresuid(NOBODY, 0, 0) == 0);
}

static void *
wait_for_ever(void *unused UNUSED)
{
	for (;;)
		(void)pause();
	return NULL;
}

void
application_threads(void)
{
	pthread_t thread;

	for (int i = 0; i < 2; i++)
		must(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
}

/* Answer one system call with an errno, or all with RET_ALLOW for -1. */
static long
install(int number, int error, unsigned flags)
{
	struct sock_filter lines[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
		    SECCOMP_RET_ERRNO | ((uint32_t)error & 0xffff)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { LENGTH(lines), lines };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void *
filter_itself(void *ready)
{
	must(install(-1, 0, 0) == 0);
	(void)pthread_barrier_wait(ready);
	return wait_for_ever(NULL);
}

void
application_odd_thread(void)
{
	static pthread_barrier_t ready;
	pthread_t thread;

	must(pthread_barrier_init(&ready, NULL, 2) == 0);
	must(pthread_create(&thread, NULL, filter_itself, &ready) == 0);
	(void)pthread_barrier_wait(&ready);
}

void
application_supervised(void)
{
	must(install(-1, 0, SECCOMP_FILTER_FLAG_NEW_LISTENER) >= 0);
}

void
application_old_kernel(void)
{
	must(install(SYS_seccomp, EINVAL, 0) == 0);
}

void
application_weak(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	must(syscall(SYS_capget, &header, data) == 0);
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &= ~CAP_TO_MASK(
	    CAP_SYS_ADMIN);
	must(syscall(SYS_capset, &header, data) == 0);
}

int
application_threads_filtered(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = 0, n_filtered = 0;

	if (dir == NULL)
		return 1;
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		char name[300], status[8192];

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/status", e->d_name);
		n++;
		n_filtered += io_read_text(dirfd(dir), name, status,
				  sizeof(status)) > 0 &&
		              strstr(status, "\nSeccomp:\t2\n") != NULL;
	}
	(void)closedir(dir);
	return n == 3 && n_filtered == n ? 0 : 1;
}

/* The wait status of path, run as the user; 126 is what EACCES comes to. */
static int
run_as_user(const char *path)
{
	char *const argv[] = { (char *)(uintptr_t)path, NULL };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgroups(0, NULL) == 0 &&
		    setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
		    setresuid(NOBODY, NOBODY, NOBODY) == 0)
			(void)execv(path, argv);
		_exit(errno == EACCES ? 126 : 125);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int
application_runs_trusted_only(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction before;
	int trusted, untrusted;

	/* These children are the application's own. */
	(void)sigaction(SIGCHLD, &usual, &before);
	trusted = run_as_user("/usr/bin/true");
	untrusted = run_as_user(stage_path("untrusted"));
	(void)sigaction(SIGCHLD, &before, NULL);
	return trusted == 0 && untrusted == 126 ? 0 : 1;
}
