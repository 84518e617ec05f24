#include "guardd/kernel/abi.h"

#include <linux/audit.h>
#include <stddef.h>

#include "common/scope.h"

#define X32 0x40000000 /* __X32_SYSCALL_BIT, asm/unistd.h */

static const struct row {
	uint32_t arch;
	int nr;
	enum abi_call call;
} rows[] = {
#if defined(__x86_64__)
	{ AUDIT_ARCH_X86_64, 59, CALL_EXECVE },
	{ AUDIT_ARCH_X86_64, 322, CALL_EXECVEAT },
	{ AUDIT_ARCH_X86_64, 101, CALL_PTRACE },
	{ AUDIT_ARCH_X86_64, 157, CALL_PRCTL },
	{ AUDIT_ARCH_X86_64, X32 + 520, CALL_EXECVE },
	{ AUDIT_ARCH_X86_64, X32 + 545, CALL_EXECVEAT },
	{ AUDIT_ARCH_X86_64, X32 + 521, CALL_PTRACE },
	{ AUDIT_ARCH_X86_64, X32 + 157, CALL_PRCTL },
	{ AUDIT_ARCH_I386, 11, CALL_EXECVE },
	{ AUDIT_ARCH_I386, 358, CALL_EXECVEAT },
	{ AUDIT_ARCH_I386, 26, CALL_PTRACE },
	{ AUDIT_ARCH_I386, 172, CALL_PRCTL },
#elif defined(__aarch64__)
	{ AUDIT_ARCH_AARCH64, 221, CALL_EXECVE },
	{ AUDIT_ARCH_AARCH64, 281, CALL_EXECVEAT },
	{ AUDIT_ARCH_AARCH64, 117, CALL_PTRACE },
	{ AUDIT_ARCH_AARCH64, 167, CALL_PRCTL },
	{ AUDIT_ARCH_ARM, 11, CALL_EXECVE },
	{ AUDIT_ARCH_ARM, 387, CALL_EXECVEAT },
	{ AUDIT_ARCH_ARM, 26, CALL_PTRACE },
	{ AUDIT_ARCH_ARM, 172, CALL_PRCTL },
#else
#error "execguard knows no system call numbers for this machine"
#endif
};

enum abi_call
abi_call(uint32_t arch, int nr)
{
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (rows[i].arch == arch && rows[i].nr == nr)
			return rows[i].call;
	return CALL_UNKNOWN;
}
