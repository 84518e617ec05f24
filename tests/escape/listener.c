/*
 * listener - be the judge of one's own execs.  Row S5.
 *
 * usage: ESCAPE_MARK=FILE listener FORBIDDEN [FIFO]
 *
 * Asks the kernel for a seccomp listener in every way there is, and lets
 * FORBIDDEN run with it.  Prints what each way was answered with.  With FIFO
 * it first waits there for somebody to open it and close it again.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "attack.h"

#define HIGH       (1UL << 32) /* the kernel looks at the low half only */
#define SECCOMP_32 354         /* asm/unistd_32.h */

static struct sock_filter code[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog program = { 4, code };
static int listener = -1;

static const struct way {
	const char *name;
	unsigned long op;
	unsigned long flags;
} ways[] = {
	{ "plain", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER },
	{ "logged", SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_LOG },
	{ "synced", SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC |
		SECCOMP_FILTER_FLAG_TSYNC_ESRCH },
	{ "high flags", SECCOMP_SET_MODE_FILTER,
	    HIGH | SECCOMP_FILTER_FLAG_NEW_LISTENER },
	{ "high op", HIGH | SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER },
};

/* Through the 32-bit table: its pointers and its struct are smaller. */
static long
seccomp_32(void)
{
	struct low {
		uint16_t len;
		uint32_t filter __attribute__((aligned(4)));
		struct sock_filter code[4];
	} *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	if (low == MAP_FAILED)
		return -ENOMEM;
	low->len = 4;
	low->filter = (uint32_t)(uintptr_t)low->code;
	memcpy(low->code, code, sizeof(code));
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"((long)SECCOMP_32),
			 "b"((long)SECCOMP_SET_MODE_FILTER),
			 "c"((long)SECCOMP_FILTER_FLAG_NEW_LISTENER), "d"(low)
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}

/* A thread of ours, without the filter: it says yes to everything. */
static void *
judge(void *unused)
{
	for (;;) {
		struct seccomp_notif question = { 0 };
		struct seccomp_notif_resp answer = {
			.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
		};
		int fd = __atomic_load_n(&listener, __ATOMIC_ACQUIRE);

		if (fd < 0 ||
		    ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
			continue;
		answer.id = question.id;
		(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	return unused;
}

static void
note(const char *way, long result, int error)
{
	dprintf(STDOUT_FILENO, "%s: %s\n", way,
	    result >= 0 ? "a listener" : strerrorname_np(error));
	if (result >= 0)
		__atomic_store_n(&listener, (int)result, __ATOMIC_RELEASE);
}

static void
try_all(char **argv)
{
	char *words[] = { argv[1], NULL };
	pthread_t thread;
	long result;

	(void)pthread_create(&thread, NULL, judge, NULL);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		result = syscall(
		    SYS_seccomp, ways[i].op, ways[i].flags, &program);
		note(ways[i].name, result, errno);
	}
	result = seccomp_32();
	note("int 0x80", result, (int)-result);
	(void)execve(argv[1], words, environ);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: listener FORBIDDEN [FIFO]\n", stderr);
		return ATTACK_UNTRIED;
	}
	if (argc > 2) {
		int fifo;
		char byte;

		puts("waiting");
		(void)fflush(stdout);
		fifo = open(argv[2], O_RDONLY);
		while (read(fifo, &byte, 1) > 0)
			;
		(void)close(fifo);
	}
	return attack(try_all, argv);
}
