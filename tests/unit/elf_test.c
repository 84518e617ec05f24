/*
 * elf_test.c - what an ELF file is, told of files built for it and of some
 * that systems have.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/scope.h"
#include "elf_ask.h"

/* clang-format off */
static const struct row {
	const char *name;
	struct picture file;
	const char *want;
} rows[] = {
	{ "a program that names its loader",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { NEEDED, PIE } }, "dynamic pie plain /ld" },
	{ "one at a fixed address", { .type = ET_EXEC,
	      .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) } },
	    "dynamic plain /ld" },
	{ "a static program",
	    { .type = ET_EXEC, .segments = { TEXT, DATA, STACK(RW) } },
	    "static plain" },
	{ "a static PIE", { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { PIE } }, "static pie plain" },
	{ "a static PIE of an old linker",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { { DT_DEBUG, 0 } } }, "static pie plain" },
	{ "a static PIE that relocates nothing",
	    { .segments = { TEXT, STACK(RW) } }, "static pie plain" },
	{ "32 bits", { .is_32 = true,
	      .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { NEEDED, PIE } }, "dynamic 32 pie plain /ld" },
	{ "64 bits of ARM", { .machine = EM_AARCH64,
	      .segments = { TEXT, STACK(RW) } }, "static pie plain" },
	{ "32 bits of ARM", { .machine = EM_ARM, .is_32 = true,
	      .segments = { TEXT, STACK(RW) } }, "static 32 pie plain" },

	{ "glibc's loader", { .soname = "ld-linux-x86-64.so.2",
	      .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { SONAME } }, "loader pie plain" },
	{ "glibc's loader of 32 bits", { .soname = "ld-linux.so.2",
	      .is_32 = true, .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { SONAME } }, "loader 32 pie plain" },
	{ "musl's libc with a name", { .soname = "libc.musl-x86_64.so.1",
	      .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { SONAME } }, "loader pie plain" },
	{ "musl's libc without one",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) } },
	    "loader pie plain" },
	{ "a loader that names a loader", { .soname = "ld.so.1",
	      .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { SONAME, PIE } }, "loader pie plain /ld" },
	{ "a library", { .soname = "libz.so.1",
	      .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { NEEDED, SONAME } }, "library pie plain" },
	{ "a library that can be run", { .soname = "libc.so.6",
	      .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { NEEDED, SONAME } }, "library pie plain /ld" },
	{ "a library without a name",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { NEEDED } }, "library pie plain" },
	{ "a library that needs nobody and starts nowhere",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .has_no_start = true }, "library pie plain" },
	{ "a program that nothing marks but its interpreter",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) } },
	    "dynamic pie plain /ld" },
	{ "a program with a name", { .soname = "program",
	      .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { SONAME, PIE } }, "dynamic pie plain /ld" },

	{ "an executable stack",
	    { .segments = { TEXT, STACK(RWX) } }, "static pie executable" },
	{ "no word about the stack, 64 bits",
	    { .segments = { TEXT } }, "static pie unset" },
	{ "no word about the stack, 32 bits", { .is_32 = true,
	      .segments = { TEXT } }, "static 32 pie everything" },
	{ "of two stacks the last counts", { .segments = { TEXT, STACK(RWX),
	      STACK(RW) } }, "static pie plain" },
	{ "also when it is executable", { .segments = { TEXT, STACK(RW),
	      STACK(RWX) } }, "static pie executable" },
	{ "a text to be relocated",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { { DT_TEXTREL, 0 }, PIE } },
	    "dynamic pie plain textrel /ld" },
	{ "the same as a flag",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { { DT_FLAGS, DF_BIND_NOW | DF_TEXTREL }, PIE } },
	    "dynamic pie plain textrel /ld" },
	{ "other flags are nothing",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { { DT_FLAGS, DF_BIND_NOW }, PIE } },
	    "dynamic pie plain /ld" },
	{ "what follows DT_NULL is nothing",
	    { .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	      .entries = { PIE, { DT_NULL, 0 }, { DT_TEXTREL, 0 } } },
	    "dynamic pie plain /ld" },
	{ "a segment for all purposes", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RWX, 0x1000, 0x2000, 0x1000, 0x1000 } } },
	    "static pie plain rwx" },
	{ "one without a byte of the file", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, PF_W | PF_X, 0, 0x2000, 0, 0x1000 } } },
	    "static pie plain rwx" },

	{ "PT_DYNAMIC is where its address says",
	    { .segments = { TEXT, DATA, INTERP, STACK(RW),
	      { PT_DYNAMIC, 0, 0x777, 0x2000, 0, 0 } },
	      .entries = { { DT_TEXTREL, 0 } } },
	    "dynamic pie plain textrel /ld" },
	{ "the last one counts", { .segments = { TEXT, DATA, INTERP, STACK(RW),
	      { PT_DYNAMIC, 0, 0, 0x2800, 0, 0 }, DYNAMIC },
	      .entries = { { DT_TEXTREL, 0 } } },
	    "dynamic pie plain textrel /ld" },
	{ "a later segment hides it", { .segments = { TEXT, DATA,
	      { PT_LOAD, RW, 0, 0x2000, 0, 0x1000 },
	      INTERP, DYNAMIC, STACK(RW) },
	      .entries = { { DT_TEXTREL, 0 } } }, "malformed" },
	{ "an earlier one does not", { .segments = { TEXT,
	      { PT_LOAD, RW, 0, 0x2000, 0, 0x1000 }, DATA,
	      INTERP, DYNAMIC, STACK(RW) },
	      .entries = { { DT_TEXTREL, 0 } } },
	    "dynamic pie plain textrel /ld" },
	{ "one that touches its page with zeros hides it", { .segments =
	    { TEXT, DATA, { PT_LOAD, RW, 0, 0x2fff, 0, 1 },
	      INTERP, DYNAMIC, STACK(RW) } }, "malformed" },
	{ "PT_DYNAMIC nowhere", { .segments = { TEXT, INTERP, DYNAMIC,
	      STACK(RW) } }, "malformed" },
	{ "PT_DYNAMIC in memory that is no file", { .segments = { TEXT, DATA,
	      { PT_DYNAMIC, RW, 0x1000, 0x3000, 16, 16 }, STACK(RW) } },
	    "malformed" },
	{ "PT_DYNAMIC without an end", { .segments = { TEXT, DYNAMIC,
	      { PT_LOAD, RW, 0x1000, 0x2000, 0x10, 0x10 }, STACK(RW) },
	      .entries = { PIE } }, "malformed" },
	{ "PT_DYNAMIC ends with its segment", { .segments = { TEXT, DYNAMIC,
	      { PT_LOAD, RW, 0x1000, 0x2000, 0x20, 0x20 }, STACK(RW) },
	      .entries = { PIE } }, "static pie plain" },
	{ "PT_DYNAMIC behind the end of the file",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .len = 0x1000 }, "malformed" },
	{ "a name nowhere", { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .entries = { { DT_STRTAB, 0x2800 }, { DT_SONAME, 0x9000 } } },
	    "malformed" },
	{ "a name whose address wraps",
	    { .segments = { TEXT, DATA, DYNAMIC, STACK(RW) },
	      .soname = "ld-linux.so.2", .entries = { { DT_STRTAB,
	      UINT64_MAX }, { DT_SONAME, 0x2802 } } }, "loader pie plain" },

	{ "the first interpreter counts", { .segments = { TEXT, INTERP,
	      { PT_INTERP, 0, UINT64_MAX, 0, 1, 0 }, STACK(RW) } },
	    "dynamic pie plain /ld" },
	{ "an interpreter of one byte", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x803, 0, 1, 0 } } }, "malformed" },
	{ "an empty interpreter", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x803, 0, 2, 0 } } }, "malformed" },
	{ "an interpreter cut short", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x800, 0, 3, 0 } } }, "malformed" },
	{ "bytes after its NUL", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x800, 0, 9, 0 } } }, "dynamic pie plain /ld" },
	{ "PATH_MAX of them", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x800, 0, PATH_MAX, 0 } } },
	    "dynamic pie plain /ld" },
	{ "one more", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, 0x800, 0, PATH_MAX + 1, 0 } } }, "malformed" },
	{ "an interpreter behind the end", { .segments = { TEXT, STACK(RW),
	      { PT_INTERP, 0, IMAGE_LEN - 3, 0, 4, 0 } } }, "malformed" },

	{ "more of the file than memory", { .segments = { STACK(RW),
	      { PT_LOAD, RX, 0, 0, 0x1000, 0xfff } } }, "malformed" },
	{ "an offset beside its address", { .segments = { STACK(RW),
	      { PT_LOAD, RX, 0x10, 0, 0x100, 0x100 } } }, "malformed" },
	{ "beside it for no bytes", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RX, 0x10, 0, 0, 0 } } }, "static pie plain" },
	{ "an offset that is negative", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RX, INT64_MAX - 0xfff, 0x5000, 0x1001, 0x1001 } } },
	    "malformed" },
	{ "an address that no machine has", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RX, 0, UINT64_C(1) << 56, 0, 0 } } }, "malformed" },
	{ "memory that wraps", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RX, 0, 0x1000, 0, UINT64_MAX } } }, "malformed" },
	{ "32 bits of memory that wrap", { .is_32 = true, .segments = { TEXT,
	      STACK(RW), { PT_LOAD, RX, 0, 0xfffff000, 0, 0x1001 } } },
	    "malformed" },
	{ "a segment behind the end is run", { .segments = { TEXT, STACK(RW),
	      { PT_LOAD, RX, 0x90000, 0x90000, 0x1000, 0x1000 } } },
	    "static pie plain" },
	{ "no segment at all", { .segments = { STACK(RW) } }, "malformed" },
	{ "headers that the loader cannot see", { .segments = { DATA, INTERP,
	      STACK(RW) } }, "malformed" },
	{ "a static program's that nobody can", { .segments = { DATA,
	      STACK(RW) } }, "static pie plain" },
	{ "other headers in memory than in the file", { .segments = { TEXT,
	      { PT_LOAD, RW, 0x1000, 0, 0x1000, 0x1000 }, STACK(RW) } },
	    "malformed" },

	{ "a class that is not the machine's", { .class = ELFCLASS32,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "the same, 32 bits", { .class = ELFCLASS64, .is_32 = true,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "x32", { .machine = EM_X86_64, .is_32 = true,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "64 bits of a machine of 32", { .machine = EM_386,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "no class", { .class = 9,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "another order of bytes", { .data = ELFDATA2MSB,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "another machine", { .machine = EM_RISCV,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "an object file", { .type = ET_REL,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "a core dump", { .type = ET_CORE,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "no headers", { .type = ET_DYN }, "malformed" },
	{ "headers of another size", { .segment_size = 57,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "headers behind the end", { .table = IMAGE_LEN - 56,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "headers at an offset that wraps", { .table = UINT64_MAX - 8,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "more headers than the file has", { .n_segments = 146,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "a header cut short", { .len = 63,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "the magic number alone", { .len = 4,
	      .segments = { TEXT, STACK(RW) } }, "malformed" },
	{ "less than that", { .len = 3,
	      .segments = { TEXT, STACK(RW) } }, "not" },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	char line[LINE];
	uint8_t image[IMAGE_LEN];
	size_t len = draw(&row->file, image), last;
	/* A heap block of exactly the length: ASan sees what goes beyond. */
	uint8_t *exact = malloc(len);
	struct teller teller = { .bytes = { exact, len } };
	struct elf_source source = elf_source_of(&teller.bytes);
	struct elf_facts facts;

	assert_non_null(exact);
	memcpy(exact, image, len);
	ask(&teller, len, line);
	assert_string_equal(line, row->want);

	elf_examine(&source, &facts);
	tell(&facts, line);
	assert_string_equal(line, row->want);

	/* Whatever cannot be read makes it malformed. */
	last = teller.n_calls;
	for (teller.last = 1; teller.last <= last; teller.last++) {
		ask(&teller, len, line);
		assert_string_equal(line, "malformed");
	}
	free(exact);
}

/* Files that systems have.  One that this one lacks is no test. */
static const struct real {
	const char *name;
	const char *want; /* how the line begins */
} reals[] = {
	{ "/proc/self/exe", "dynamic pie plain /" },
	{ "/bin/true", "dynamic pie plain /lib64/ld-linux-x86-64.so.2" },
	{ "/usr/bin/node", "dynamic " },
	{ "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "dynamic " },
	{ "/bin/busybox", "static " },
	{ "/sbin/ldconfig", "static " },
	{ "/usr/libexec/valgrind/memcheck-x86-linux", "static 32 plain" },
	{ "/lib64/ld-linux-x86-64.so.2", "loader pie plain" },
	{ "/lib32/ld-linux.so.2", "loader 32 pie plain" },
	{ "/lib/ld-musl-x86_64.so.1", "loader pie plain" },
	{ "/lib/x86_64-linux-gnu/libc.so.6", "library pie plain /lib64/ld-" },
	{ "/lib/x86_64-linux-gnu/libcap.so.2", "library pie plain /lib64/ld-" },
	{ "/lib/x86_64-linux-gnu/libz.so.1", "library pie plain" },
	{ "/usr/lib/x86_64-linux-gnu/crt1.o", "malformed" },
	{ "/usr/bin/ldd", "not" },
};

static void
real_test(void **state)
{
	const struct real *real = *state;
	char line[LINE];
	struct teller teller = { .fd = open(real->name, O_RDONLY | O_CLOEXEC) };
	struct stat st;

	assert_true(teller.fd > 0);
	assert_int_equal(fstat(teller.fd, &st), 0);
	ask(&teller, (uint64_t)st.st_size, line);
	(void)close(teller.fd);
	line[strnlen(real->want, LINE)] = '\0';
	assert_string_equal(line, real->want);
	assert_true(teller.n_calls <= 8);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(reals)];
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < LENGTH(reals); i++)
		if (access(reals[i].name, R_OK) == 0)
			tests[n++] = (struct CMUnitTest){
				.name = reals[i].name,
				.test_func = real_test,
				.initial_state = (void *)(uintptr_t)&reals[i],
			};
	return _cmocka_run_group_tests("elf", tests, n, NULL, NULL);
}
