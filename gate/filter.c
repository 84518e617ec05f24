#include "gate/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/magic.h"

/*
 * The kernel takes these arguments as an int: a caller may set any of the
 * upper bits, and a comparison of all 64 would let him by.
 */
#define LOW UINT64_C(0xffffffff)

#define N_MARK 3

static const uint32_t abis[] = {
#if defined(__x86_64__)
	SCMP_ARCH_X86,
	SCMP_ARCH_X32,
#elif defined(__aarch64__)
	SCMP_ARCH_ARM,
#else
#error "the compatible ABIs of this architecture are not known"
#endif
};

/* One row: what, when, and the answer.  A mask of 0 means always. */
static const struct rule {
	int syscall;
	unsigned arg;
	uint64_t mask;
	uint64_t value;
	uint32_t action;
} rules[] = {
	{ SCMP_SYS(execve), 0, 0, 0, SCMP_ACT_NOTIFY },
	{ SCMP_SYS(execveat), 0, 0, 0, SCMP_ACT_NOTIFY },
	{ SCMP_SYS(ptrace), 0, LOW, PTRACE_TRACEME, SCMP_ACT_NOTIFY },
	{ SCMP_SYS(ptrace), 0, LOW, PTRACE_ATTACH, SCMP_ACT_NOTIFY },
	{ SCMP_SYS(ptrace), 0, LOW, PTRACE_SEIZE, SCMP_ACT_NOTIFY },
	{ SCMP_SYS(prctl), 0, LOW, HYPERCALL_MAGIC, SCMP_ACT_NOTIFY },
	/* Whatever the operation: only SET_MODE_FILTER knows this flag.  With
	 * the guard dead, a listener of the user's own would open the gate. */
	{ SCMP_SYS(seccomp), 1, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, SCMP_ACT_ERRNO(EBUSY) },
	{ SCMP_SYS(process_vm_writev), 0, 0, 0, SCMP_ACT_ERRNO(EPERM) },
};

/* A program that is being written, and the room it takes. */
struct program {
	struct sock_filter *at; /* owned */
	size_t n;
};

static void
program_release(struct program *program)
{
	free(program->at);
}

static void
context_release(scmp_filter_ctx *context)
{
	if (*context != NULL)
		seccomp_release(*context);
}

static int
add_rule(scmp_filter_ctx context, const struct rule *rule)
{
	const struct scmp_arg_cmp when = {
		.arg = rule->arg,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = rule->mask,
		.datum_b = rule->value,
	};

	return seccomp_rule_add_array(context, rule->action, rule->syscall,
	    rule->mask != 0 ? 1 : 0, &when);
}

static int
write_rules(scmp_filter_ctx context)
{
	/* Otherwise libseccomp tells every failure as ECANCELED. */
	int r = seccomp_attr_set(context, SCMP_FLTATR_API_SYSRAWRC, 1);

	/* The default for a foreign ABI ends a thread and leaves the rest. */
	if (r == 0)
		r = seccomp_attr_set(
		    context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; r == 0 && i < LENGTH(abis); i++)
		r = seccomp_arch_add(context, abis[i]);
	for (size_t i = 0; r == 0 && i < LENGTH(rules); i++)
		r = add_rule(context, &rules[i]);
	return r;
}

/* Read what was written into the pipe, with room for the mark behind it. */
static int
read_program(int from, struct program *out)
{
	const size_t size = (BPF_MAXINSNS - N_MARK) *
	                    sizeof(struct sock_filter);
	size_t len = 0;
	ssize_t n;

	out->at = calloc(BPF_MAXINSNS, sizeof(struct sock_filter));
	if (out->at == NULL)
		return -ENOMEM;
	while ((n = read(from, (char *)out->at + len, size - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		return -errno;
	out->n = len / sizeof(struct sock_filter);
	return len == 0 || len == size || len % sizeof(struct sock_filter) != 0
	           ? -EIO
	           : 0;
}

/*
 * libseccomp may only write the program: its seccomp_load() would keep state
 * of its own in this process, and knows no way to append the mark.  Into a
 * pipe, which holds it whole (pipe(7)), and on which no limit of the
 * application's on files weighs.
 */
static int
write_program(struct program *out)
{
	SCOPED(context_release)
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	SCOPED(fd_release) int from = -1;
	SCOPED(fd_release) int to = -1;
	int ends[2], r;

	if (context == NULL)
		return -ENOMEM;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	from = ends[0];
	to = ends[1];
	r = write_rules(context);
	if (r == 0)
		r = seccomp_export_bpf(context, to);
	if (r < 0)
		return r;
	fd_release(&to);
	to = -1;
	return read_program(from, out);
}

static void
append_mark(struct program *program, uint64_t cookie)
{
	struct sock_filter *mark = program->at + program->n;

	mark[0] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_IMM, (uint32_t)cookie);
	mark[1] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_IMM, (uint32_t)(cookie >> 32));
	mark[2] = (struct sock_filter)BPF_STMT(
	    BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	program->n += N_MARK;
}

int
filter_install(uint64_t cookie, bool no_new_privs, int *out_listener)
{
	SCOPED(program_release) struct program program = { 0 };
	struct sock_fprog loaded;
	int r = write_program(&program);
	long fd;

	if (r < 0)
		return r;
	if (program.at == NULL)
		return -ENOMEM;
	append_mark(&program, cookie);
	loaded.filter = program.at;
	loaded.len = (unsigned short)program.n;

	if (no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* From here on, without a way back, this process and its descendants
	 * can exec only what the holder of the listener lets through. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC |
		SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
	    &loaded);
	if (fd < 0)
		return -errno;
	*out_listener = (int)fd;
	return 0;
}
