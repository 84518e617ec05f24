/*
 * library_32bit.h - the ways of library.c by the 32-bit table of calls, from a
 * 64-bit program.  Included by library.c alone.
 */
#ifndef EXECGUARD_LIBRARY_32BIT_H
#define EXECGUARD_LIBRARY_32BIT_H

#include <sys/personality.h>

#include "library_code.h"

/* ebp, the sixth, must be 0; r8 to r11 are lost. */
static long
int80(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("push %%rbp\n\txor %%ebp, %%ebp\n\t"
			 "int $0x80\n\tpop %%rbp"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "r8", "r9", "r10", "r11", "memory");
	result = (int)result;
	if (result < 0 && result > -PAGE) {
		errno = (int)-result;
		refused();
	}
	return (long)(uint32_t)result;
}

static void
try_map32(void)
{
	run((void *)int80(
	    192, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd));
}

static void
try_protect32(void)
{
	long at = int80(192, 0, PAGE, PROT_READ, MAP_PRIVATE, fd);

	(void)int80(125, at, PAGE, PROT_READ | PROT_EXEC, 0, 0);
	run((void *)at);
}

static void
try_personality32(void)
{
	(void)int80(136, READ_IMPLIES_EXEC, 0, 0, 0, 0);
	run(map(PROT_READ, MAP_PRIVATE));
}

static void *
low_page(void)
{
	return mapped(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
}

/* ipc(SHMAT) with a version in its number, as the kernel allows. */
static void
try_shm32(void)
{
	uint32_t *where = low_page();
	int id = make_shm();

	(void)int80(
	    117, 21 | 2 << 16, id, SHM_EXEC | SHM_RDONLY, (long)where, 0);
	(void)shmctl(id, IPC_RMID, NULL);
	run((void *)(uintptr_t)*where);
}

static void
try_old32(void)
{
	uint32_t *words = low_page();

	words[1] = PAGE;
	words[2] = PROT_READ | PROT_EXEC;
	words[3] = MAP_PRIVATE;
	words[4] = (uint32_t)fd;
	run((void *)int80(90, (long)words, 0, 0, 0, 0));
}

#endif
