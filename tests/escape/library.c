/*
 * library - run the code of a file without an exec.  Row L3.
 *
 * usage: ESCAPE_MARK=FILE library WAY CODE
 *
 *	make		make CODE: a page whose first bytes return a number
 *	unmark		take PT_GNU_STACK out of CODE, a 32-bit program
 *	dlopen		load CODE, a library whose constructor leaves the mark
 *	map		mmap(PROT_EXEC)
 *	shared		the same, MAP_SHARED
 *	high		the same, with bits above those that the kernel reads
 *	protect		mmap(PROT_READ), then mprotect(PROT_EXEC)
 *	pkey		the same by pkey_mprotect
 *	moved		the same, moved by mremap before
 *	written		the same, written to before
 *	tail		mprotect of a range that begins in anonymous memory
 *	memfd		mmap(PROT_EXEC) of a copy without a name
 *	personality	personality(READ_IMPLIES_EXEC), then mmap(PROT_READ)
 *	read		mmap(PROT_READ) alone: a program may be marked so
 *	shm		a copy in System V shared memory, by shmat(SHM_EXEC)
 *	shmprotect	the same by mprotect
 *	map32, protect32, personality32, shm32, old32
 *			map, protect, personality and shm by the 32-bit table of
 *			calls; and mmap by its old number
 *	zero, anon	no escape: /dev/zero, and anonymous memory that is
 *			shared, written and executed, as a JIT does
 *
 * Prints ESCAPED, with status 1, when the code ran.
 */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "attack.h"
#include "library_code.h"

/* --- the ways ---------------------------------------------------------- */

static void
try_map(void)
{
	run(map(PROT_READ | PROT_EXEC, MAP_PRIVATE));
}

static void
try_shared(void)
{
	run(map(PROT_READ | PROT_EXEC, MAP_SHARED));
}

static void
try_high(void)
{
	unsigned long high = sizeof(long) == 8 ? ~0xffffffffUL : 0;
	long at = sizeof(long) == 8
	              ? syscall(SYS_mmap, 0UL, PAGE,
			    high | PROT_READ | PROT_EXEC, high | MAP_PRIVATE,
			    high | (unsigned long)fd, 0UL)
	              : -1;

	done(at == -1 ? -1 : 0);
	run((void *)at);
}

static void
try_protect(void)
{
	void *at = map(PROT_READ, MAP_PRIVATE);

	done(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	run(at);
}

static void
try_pkey(void)
{
	void *at = map(PROT_READ, MAP_PRIVATE);

	done(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ | PROT_EXEC, -1));
	run(at);
}

static void
try_moved(void)
{
	void *at = map(PROT_READ, MAP_PRIVATE);
	void *to = mapped(
	    mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	at = mapped(mremap(at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to));
	done(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	run(at);
}

static void
try_written(void)
{
	uint8_t *at = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);

	at[PAGE - 1] = 1;
	done(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	run(at);
}

static void
try_tail(void)
{
	uint8_t *at = mapped(mmap(
	    NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	(void)mapped(
	    mmap(at + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0));
	done(mprotect(at, 2 * PAGE, PROT_READ | PROT_EXEC));
	run(at + PAGE);
}

static void
try_memfd(void)
{
	fd = memfd_create("code", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, PAGE) < 0 ||
	    write(fd, code, sizeof(code)) < 0)
		untried("memfd");
	try_map();
}

static void
try_read(void)
{
	run(map(PROT_READ, MAP_PRIVATE));
}

static void
try_personality(void)
{
	/* The question what it is must stay possible. */
	if (personality(0xffffffff) < 0)
		untried("personality");
	done(syscall(SYS_personality, READ_IMPLIES_EXEC));
	try_read();
}

static void
try_shm(void)
{
	int id = make_shm();
	void *at = shmat(id, NULL, SHM_EXEC | SHM_RDONLY);

	(void)shmctl(id, IPC_RMID, NULL);
	run(mapped(at));
}

static void
try_shmprotect(void)
{
	int id = make_shm();
	void *at = shmat(id, NULL, SHM_RDONLY);

	(void)shmctl(id, IPC_RMID, NULL);
	done(mprotect(mapped(at), PAGE, PROT_READ | PROT_EXEC));
	run(at);
}

static void
try_dlopen(const char *path)
{
	if (dlopen(path, RTLD_NOW) == NULL) {
		printf("refused: %s\n", dlerror());
		exit(ATTACK_STOPPED);
	}
}

/* Memory as a JIT makes it: not a file's, and so none of tpe's business. */
static void
jit(int prot, int flags, int from)
{
	void *at = mapped(mmap(NULL, PAGE, prot, flags, from, 0));

	memcpy(at, code, sizeof(code));
	done(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	if (call(at) == NUMBER)
		puts("the JIT works");
}

static void
try_zero(void)
{
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);

	jit(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, zero);
	jit(PROT_READ | PROT_WRITE, MAP_PRIVATE, zero);
	jit(PROT_READ | PROT_WRITE, MAP_SHARED, zero);
}

static void
try_anon(void)
{
	jit(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	jit(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
}

#if defined(__x86_64__)
#include "library_32bit.h"
#endif

static const struct way {
	const char *name;
	void (*try)(void);
} ways[] = {
	{ "map", try_map },
	{ "shared", try_shared },
	{ "high", try_high },
	{ "protect", try_protect },
	{ "pkey", try_pkey },
	{ "moved", try_moved },
	{ "written", try_written },
	{ "tail", try_tail },
	{ "memfd", try_memfd },
	{ "personality", try_personality },
	{ "read", try_read },
	{ "shm", try_shm },
	{ "shmprotect", try_shmprotect },
	{ "zero", try_zero },
	{ "anon", try_anon },
#if defined(__x86_64__)
	{ "map32", try_map32 },
	{ "protect32", try_protect32 },
	{ "personality32", try_personality32 },
	{ "shm32", try_shm32 },
	{ "old32", try_old32 },
#endif
};

/* --- what is run ------------------------------------------------------------
 */

static int
make(const char *path)
{
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, code, sizeof(code)) < 0 ||
	    ftruncate(fd, PAGE) < 0)
		untried(path);
	return 0;
}

static int
unmark(const char *path)
{
	Elf32_Ehdr head;
	Elf32_Phdr part;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || read(fd, &head, sizeof(head)) != sizeof(head))
		untried(path);
	for (unsigned i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof(part));

		if (pread(fd, &part, sizeof(part), at) != sizeof(part))
			untried(path);
		if (part.p_type != PT_GNU_STACK)
			continue;
		part.p_type = PT_NULL;
		if (pwrite(fd, &part, sizeof(part), at) != sizeof(part))
			untried(path);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	long before;

	if (argc != 3) {
		fputs("usage: library WAY CODE\n", stderr);
		return ATTACK_UNTRIED;
	}
	if (strcmp(argv[1], "make") == 0)
		return make(argv[2]);
	if (strcmp(argv[1], "unmark") == 0)
		return unmark(argv[2]);
	before = mark_count();
	if (strcmp(argv[1], "dlopen") == 0)
		try_dlopen(argv[2]);
	fd = open(argv[2], O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		untried(argv[2]);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			ways[i].try();
	if (mark_count() > before) {
		puts("ESCAPED");
		return ATTACK_ESCAPED;
	}
	return ATTACK_STOPPED;
}
