/*
 * abi_test.c - our table of numbers against two others: that of the headers
 * for our own ABI, that of libseccomp for all.
 */
#include "guardd/kernel/abi.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "common/scope.h"

#define X32         0x40000000
#define NUMBERS_MAX 2000 /* more than any ABI has */

static const struct abi {
	const char *name;
	uint32_t arch;  /* what a notification says */
	uint32_t table; /* whose numbers libseccomp shall give */
} abis[] = {
#if defined(__x86_64__)
	{ "x86-64 has our calls and no others", AUDIT_ARCH_X86_64,
	    SCMP_ARCH_X86_64 },
	{ "x32 has our calls and no others", AUDIT_ARCH_X86_64, SCMP_ARCH_X32 },
	{ "i386 has our calls and no others", AUDIT_ARCH_I386, SCMP_ARCH_X86 },
#elif defined(__aarch64__)
	{ "aarch64 has our calls and no others", AUDIT_ARCH_AARCH64,
	    SCMP_ARCH_AARCH64 },
	{ "arm has our calls and no others", AUDIT_ARCH_ARM, SCMP_ARCH_ARM },
#endif
};

static const struct call {
	const char *name;
	enum abi_call call;
	int native;
	const char *name_32; /* NULL: the same */
} calls[] = {
	{ "execve", CALL_EXECVE, SYS_execve, NULL },
	{ "execveat", CALL_EXECVEAT, SYS_execveat, NULL },
	{ "ptrace", CALL_PTRACE, SYS_ptrace, NULL },
	{ "prctl", CALL_PRCTL, SYS_prctl, NULL },
	{ "mmap", CALL_MMAP, SYS_mmap, "mmap2" },
	{ "mprotect", CALL_MPROTECT, SYS_mprotect, NULL },
	{ "pkey_mprotect", CALL_MPROTECT, SYS_pkey_mprotect, NULL },
	{ "personality", CALL_PERSONALITY, SYS_personality, NULL },
	{ "shmat", CALL_SHMAT, SYS_shmat, NULL },
	{ "process_vm_writev", CALL_WRITEV, SYS_process_vm_writev, NULL },
	{ "shmat", CALL_SHMAT, SYS_shmat, "ipc" },
};

#define SHMAT_386 397 /* libseccomp has it as a part of ipc */

static int
number_of(const struct call *call, const struct abi *abi)
{
	bool is_32 = abi->table == SCMP_ARCH_X86 || abi->table == SCMP_ARCH_ARM;
	const char *name = is_32 && call->name_32 != NULL ? call->name_32
	                                                  : call->name;
	int number = seccomp_syscall_resolve_name_arch(abi->table, name);

	return number < 0 && abi->table == SCMP_ARCH_X86 ? SHMAT_386 : number;
}

static void
table_test(void **state)
{
	const struct abi *abi = *state;
	int base = abi->table == SCMP_ARCH_X32 ? X32 : 0;
	int numbers[LENGTH(calls)];

	for (size_t i = 0; i < LENGTH(calls); i++) {
		numbers[i] = number_of(&calls[i], abi);
		/* Only ipc is not in each. */
		assert_true(numbers[i] >= base || calls[i].name_32 != NULL);
	}
	for (int nr = base; nr < base + NUMBERS_MAX; nr++) {
		enum abi_call want = CALL_UNKNOWN;

		for (size_t i = 0; i < LENGTH(calls); i++)
			if (numbers[i] == nr)
				want = calls[i].call;
		assert_int_equal(abi_call(abi->arch, nr), want);
	}
}

static void
native_test(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(calls); i++)
		assert_int_equal(
		    abi_call(abis[0].arch, calls[i].native), calls[i].call);
}

static void
unknown_test(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(calls); i++) {
		assert_int_equal(abi_call(AUDIT_ARCH_RISCV64, calls[i].native),
		    CALL_UNKNOWN);
		assert_int_equal(abi_call(0, calls[i].native), CALL_UNKNOWN);
	}
	assert_int_equal(abi_call(abis[0].arch, -1), CALL_UNKNOWN);
	assert_int_equal(abi_call(abis[0].arch, INT32_MAX), CALL_UNKNOWN);
	assert_int_equal(abi_call(abis[0].arch, INT32_MIN), CALL_UNKNOWN);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(abis) + 2] = {
		cmocka_unit_test(native_test),
		cmocka_unit_test(unknown_test),
	};

	tests[0].name = "our own ABI is that of the headers";
	tests[1].name = "another architecture, another number: unknown";
	for (size_t i = 0; i < LENGTH(abis); i++)
		tests[2 + i] = (struct CMUnitTest){
			.name = abis[i].name,
			.test_func = table_test,
			.initial_state = (void *)(uintptr_t)&abis[i],
		};
	return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
