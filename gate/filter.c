#include "gate/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/magic.h"

/*
 * The kernel takes these arguments as an int: a caller may set any of the
 * upper bits, and a comparison of all 64 would let him by.
 */
#define LOW UINT64_C(0xffffffff)

#define N_MARK 3

/* The native ABI, which libseccomp puts in by itself, has a list of its own. */
static const uint32_t alike[] = {
#if defined(__x86_64__)
	SCMP_ARCH_X32,
#elif !defined(__aarch64__)
#error "the compatible ABIs of this architecture are not known"
#endif
};

#if defined(__x86_64__)
#define OTHER_ABI SCMP_ARCH_X86
#else
#define OTHER_ABI SCMP_ARCH_ARM
#endif

/* A comparison: the bits of mask are those of value.  A mask of 0: none. */
struct when {
	unsigned arg;
	uint64_t mask;
	uint64_t value;
};

/* One row: what, the answer, and when. */
struct rule {
	int syscall;
	uint32_t action;
	struct when when[2];
};

#define ALL(set)   (set), (set)
#define NONE(set)  (set), 0
#define IS(number) LOW, (number)
#define IPC_NUMBER 0xffff /* the upper half is a version: ipc(2) */
#define IPC_SHMAT  21     /* linux/ipc.h */
#define MAKES_EXEC                                                             \
	{                                                                      \
		2, ALL(PROT_EXEC)                                              \
	}
#define OF_A_FILE                                                              \
	{                                                                      \
		3, NONE(MAP_ANONYMOUS)                                         \
	}

static const struct rule rules[] = {
	{ SCMP_SYS(execve), SCMP_ACT_NOTIFY, { { 0 } } },
	{ SCMP_SYS(execveat), SCMP_ACT_NOTIFY, { { 0 } } },
	{ SCMP_SYS(ptrace), SCMP_ACT_NOTIFY, { { 0, IS(PTRACE_TRACEME) } } },
	{ SCMP_SYS(ptrace), SCMP_ACT_NOTIFY, { { 0, IS(PTRACE_ATTACH) } } },
	{ SCMP_SYS(ptrace), SCMP_ACT_NOTIFY, { { 0, IS(PTRACE_SEIZE) } } },
	{ SCMP_SYS(prctl), SCMP_ACT_NOTIFY, { { 0, IS(HYPERCALL_MAGIC) } } },
	/* Whatever the operation: only SET_MODE_FILTER knows this flag.  With
	 * the guard dead, a listener of the user's own would open the gate. */
	{ SCMP_SYS(seccomp), SCMP_ACT_ERRNO(EBUSY),
	    { { 1, ALL(SECCOMP_FILTER_FLAG_NEW_LISTENER) } } },
	{ SCMP_SYS(process_vm_writev), SCMP_ACT_NOTIFY, { { 0 } } },
};

/*
 * For tpe.libraries.  Two processes that share their descriptors could swap
 * the one that is being judged, and nobody who looks at one sees the other:
 * so only threads share them.  What clone3(2) shares stands in memory; without
 * it libraries fall back to clone(2).
 */
static const struct rule library_rules[] = {
	{ SCMP_SYS(mprotect), SCMP_ACT_NOTIFY, { MAKES_EXEC } },
	{ SCMP_SYS(pkey_mprotect), SCMP_ACT_NOTIFY, { MAKES_EXEC } },
	{ SCMP_SYS(personality), SCMP_ACT_NOTIFY,
	    { { 0, ALL(READ_IMPLIES_EXEC) } } },
	{ SCMP_SYS(shmat), SCMP_ACT_NOTIFY, { { 2, ALL(SHM_EXEC) } } },
	{ SCMP_SYS(uselib), SCMP_ACT_ERRNO(ENOSYS), { { 0 } } },
	{ SCMP_SYS(clone), SCMP_ACT_ERRNO(EPERM),
	    { { 0, CLONE_FILES | CLONE_THREAD, CLONE_FILES } } },
	{ SCMP_SYS(clone3), SCMP_ACT_ERRNO(ENOSYS), { { 0 } } },
};

/* Where mmap(2) has its arguments in registers, and where it has not. */
static const struct rule native_library_rules[] = {
	{ SCMP_SYS(mmap), SCMP_ACT_NOTIFY, { MAKES_EXEC, OF_A_FILE } },
};
static const struct rule other_library_rules[] = {
	{ SCMP_SYS(mmap2), SCMP_ACT_NOTIFY, { MAKES_EXEC, OF_A_FILE } },
	{ SCMP_SYS(mmap), SCMP_ACT_ERRNO(ENOSYS), { { 0 } } },
	{ SCMP_SYS(ipc), SCMP_ACT_NOTIFY,
	    { { 0, IPC_NUMBER, IPC_SHMAT }, { 2, ALL(SHM_EXEC) } } },
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
	struct scmp_arg_cmp when[LENGTH(rule->when)];
	unsigned n = 0;

	for (; n < LENGTH(when) && rule->when[n].mask != 0; n++)
		when[n] = (struct scmp_arg_cmp){
			.arg = rule->when[n].arg,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = rule->when[n].mask,
			.datum_b = rule->when[n].value,
		};
	return seccomp_rule_add_array(
	    context, rule->action, rule->syscall, n, when);
}

static int
add_rules(scmp_filter_ctx context, const struct rule *some, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_rule(context, &some[i]);
	return r;
}

static int
set_up(scmp_filter_ctx context)
{
	/* Otherwise libseccomp tells every failure as ECANCELED. */
	int r = seccomp_attr_set(context, SCMP_FLTATR_API_SYSRAWRC, 1);

	/* The default for a foreign ABI ends a thread and leaves the rest. */
	if (r == 0)
		r = seccomp_attr_set(
		    context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	return r;
}

/* The 32-bit ABI: its calls have other arguments. */
static int
write_other_rules(scmp_filter_ctx context, unsigned flags)
{
	int r = set_up(context);

	if (r == 0)
		r = seccomp_arch_remove(context, SCMP_ARCH_NATIVE);
	if (r == 0)
		r = seccomp_arch_add(context, OTHER_ABI);
	if (r == 0)
		r = add_rules(context, rules, LENGTH(rules));
	if (r == 0 && (flags & FILTER_LIBRARIES))
		r = add_rules(context, library_rules, LENGTH(library_rules));
	if (r == 0 && (flags & FILTER_LIBRARIES))
		r = add_rules(
		    context, other_library_rules, LENGTH(other_library_rules));
	return r;
}

static int
write_rules(scmp_filter_ctx context, unsigned flags)
{
	SCOPED(context_release)
	scmp_filter_ctx other = seccomp_init(SCMP_ACT_ALLOW);
	int r = other == NULL ? -ENOMEM : set_up(context);

	for (size_t i = 0; r == 0 && i < LENGTH(alike); i++)
		r = seccomp_arch_add(context, alike[i]);
	if (r == 0)
		r = add_rules(context, rules, LENGTH(rules));
	if (r == 0 && (flags & FILTER_LIBRARIES))
		r = add_rules(context, library_rules, LENGTH(library_rules));
	if (r == 0 && (flags & FILTER_LIBRARIES))
		r = add_rules(context, native_library_rules,
		    LENGTH(native_library_rules));
	if (r == 0)
		r = write_other_rules(other, flags);
	if (r == 0 && (r = seccomp_merge(context, other)) == 0)
		other = NULL; /* it is context's now */
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
write_program(unsigned flags, struct program *out)
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
	r = write_rules(context, flags);
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
filter_install(uint64_t cookie, unsigned flags, int *out_listener)
{
	SCOPED(program_release) struct program program = { 0 };
	struct sock_fprog loaded;
	int r = write_program(flags, &program);
	long fd;

	if (r < 0)
		return r;
	if (program.at == NULL)
		return -ENOMEM;
	append_mark(&program, cookie);
	loaded.filter = program.at;
	loaded.len = (unsigned short)program.n;

	if ((flags & FILTER_NO_NEW_PRIVS) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
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
