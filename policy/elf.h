/*
 * elf.h - what an ELF file is, and what the kernel will make of it.
 *
 * Floor 1a, pure: the file is read through a function of the caller.
 *
 * Follows load_elf_binary() of fs/binfmt_elf.c, Linux 5.14 and later.  Where
 * the kernel refuses a file, and where it may run one that cannot be judged,
 * the answer is ELF_MALFORMED; elf.c says which is which.  What the kernel runs
 * is otherwise judged as the kernel and the dynamic loader see it, however odd.
 */
#ifndef EXECGUARD_ELF_H
#define EXECGUARD_ELF_H

#include <limits.h>

#include "common/span.h"

/*
 * A file to be read.  read() fills exactly len bytes at off, or returns false;
 * it is asked for nothing beyond size, and never for more than PATH_MAX bytes.
 */
struct elf_source {
	bool (*read)(void *context, uint64_t off, void *dst, size_t len);
	void *context;
	uint64_t size;
};

enum elf_kind {
	ELF_MALFORMED = 0, /* begins like an ELF, or could not be read */
	ELF_NOT,           /* does not begin like an ELF */
	ELF_DYNAMIC,       /* a program that names an interpreter */
	ELF_STATIC,        /* a program that names none */
	ELF_LOADER,        /* a dynamic loader, musl's libc among them */
	ELF_LIBRARY,       /* a shared library, glibc's libc.so.6 among them */
};

/*
 * What becomes of the stack.  The last PT_GNU_STACK counts; without one:
 *
 *	32 bits	READ_IMPLIES_EXEC: the stack, the heap, the data and all that
 *		is mapped readable later are executable.
 *	64 bits	The kernel's stack is not executable (since Linux 5.8), but
 *		glibc takes the missing header for a wish, and makes the stacks
 *		of threads executable.
 */
enum elf_stack {
	ELF_STACK_EVERYTHING = 0, /* no header, 32 bits */
	ELF_STACK_EXECUTABLE,     /* the header says so */
	ELF_STACK_UNSET,          /* no header, 64 bits */
	ELF_STACK_PLAIN,          /* the header says that it is not */
};

/* For ELF_MALFORMED and ELF_NOT everything but kind is zero. */
struct elf_facts {
	enum elf_kind kind;
	enum elf_stack stack;
	bool is_32;
	bool is_pie;           /* ET_DYN; static and so, it is a static PIE */
	bool has_textrel;      /* its code is written to before it runs */
	bool has_rwx;          /* a segment is writable and executable */
	char interp[PATH_MAX]; /* as written, perhaps relative; "" is none */
};

/* Whether some stack of the program will be executable. */
static inline bool
elf_has_execstack(const struct elf_facts *facts)
{
	return facts->stack != ELF_STACK_PLAIN;
}

/*
 * An answer for every input, after at most ELF_READS_MAX calls of read(), each
 * of at most 1 KiB but the one for the interpreter.  A healthy file needs some
 * four.  Takes 2 KiB of stack.
 *
 * The answer is about the bytes that read() returned: a file that somebody can
 * write meanwhile is no better judged than it was read.
 */
#define ELF_READS_MAX 400
void elf_examine(const struct elf_source *from, struct elf_facts *out);

/* Bytes in memory as a source; it borrows *bytes. */
struct elf_source elf_source_of(const struct span *bytes);

#endif
