/*
 * abi.h - which system call a notification is about.
 *
 * Floor 1b.  The filter notifies for a handful of calls in every ABI that the
 * machine can run; their numbers differ (seccomp(2), "arch").
 */
#ifndef EXECGUARD_ABI_H
#define EXECGUARD_ABI_H

#include <stdint.h>

enum abi_call {
	CALL_UNKNOWN = 0,
	CALL_EXECVE,
	CALL_EXECVEAT,
	CALL_PTRACE,
	CALL_PRCTL,
	CALL_MMAP,
	CALL_MPROTECT, /* pkey_mprotect(2) as well */
	CALL_PERSONALITY,
	CALL_SHMAT,  /* ipc(2) as well */
	CALL_WRITEV, /* process_vm_writev(2) */
};

enum abi_call abi_call(uint32_t arch, int nr);

#endif
