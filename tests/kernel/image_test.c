/*
 * image_test.c - what was loaded, as a process in its exec stop shows it.
 */
#include "guardd/kernel/image.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "guardd/kernel/peek.h"
#include "guardd/kernel/proc.h"
#include "tests/kernel/filtered.h"
#include "tests/kernel/stops.h"

#define COOKIE 0x0123456789abcdefULL
#define TRUE   "/bin/true"
#define SHELL  "/bin/sh"

static int proc;
static char folder[] = "/tmp/execguard-image-XXXXXX";

enum loader_kind {
	LOADER_NONE = 0,
	LOADER_NATIVE, /* the one that this test has */
};

/* clang-format off */
static const struct row {
	const char *name;
	const char *path;    /* below the folder, unless it is absolute */
	size_t padding;      /* as many slashes more in front of it */
	const char *program; /* NULL: the file itself */
	enum loader_kind loader;
	bool is_bare;        /* without arguments and environment */
	bool is_by_fd;       /* execveat(2) of a descriptor */
	bool is_other_abi;   /* the machine may not have it */
} rows[] = {
	{ "a dynamic program has one loader", TRUE, .loader = LOADER_NATIVE },
	{ "a static program has none", "static", .program = NULL },
	{ "a static 32-bit program has none", "static_32",
	    .is_other_abi = true },
	{ "a program without arguments and environment", TRUE,
	    .loader = LOADER_NATIVE, .is_bare = true },
	{ "a static program without arguments and environment", "static",
	    .is_bare = true },
	{ "a script is its interpreter, by the name of the script", "script",
	    .program = SHELL, .loader = LOADER_NATIVE },
	{ "the kernel's spelling is the asker's", ".//./script",
	    .program = SHELL, .loader = LOADER_NATIVE },
	{ "a script by its descriptor", "script", .program = SHELL,
	    .loader = LOADER_NATIVE, .is_by_fd = true },
	{ "a program by its descriptor", TRUE, .loader = LOADER_NATIVE,
	    .is_by_fd = true },
	{ "a name of 254 bytes", TRUE, 245, .loader = LOADER_NATIVE },
	{ "a name of 255 bytes", TRUE, 246, .loader = LOADER_NATIVE },
	{ "a name of 256 bytes", TRUE, 247, .loader = LOADER_NATIVE },
	{ "a name of 4000 bytes", TRUE, 3991, .loader = LOADER_NATIVE },
	{ "the longest name", TRUE, 4086, .loader = LOADER_NATIVE },
	{ "the longest name and nothing else", TRUE, 4086,
	    .loader = LOADER_NATIVE, .is_bare = true },
	{ "an alias is the file that it leads to", "alias", .program = TRUE,
	    .loader = LOADER_NATIVE },
};
/* clang-format on */

static void
path_of(const struct row *row, char path[PATH_MAX + 64])
{
	memset(path, '/', row->padding);
	(void)snprintf(
	    path + row->padding, PATH_MAX + 64 - row->padding, "%s", row->path);
}

static void
body_exec(const void *arg)
{
	const struct row *row = arg;
	char *argv[] = { (char[]){ "argument" }, NULL };
	char *envp[] = { (char[]){ "VARIABLE=value" }, NULL };
	char *const none[] = { NULL };
	char path[PATH_MAX + 64];
	int fd;

	path_of(row, path);
	if (chdir(folder) < 0)
		_exit(90);
	if (row->is_by_fd) {
		fd = open(path, O_PATH); /* a script is opened by it, too */
		(void)syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
	} else
		(void)execve(path, row->is_bare ? none : argv,
		    row->is_bare ? none : envp);
	_exit(errno);
}

/* False: this machine has no such ABI. */
static bool
stop_at_exec(const struct row *row, pid_t *out)
{
	const struct asker *asker = asker_start(COOKIE, body_exec, row);
	struct question q = asker_question(asker);
	struct trace_event event;

	assert_int_equal(trace_seize(q.tid, false), 0);
	assert_int_equal(notify_continue(asker->listener, &q), 0);
	event = stops_next();
	if (event.kind == TRACE_EXITED && row->is_other_abi)
		return false;
	assert_int_equal(event.kind, TRACE_EXEC);
	assert_int_equal(event.tid, asker->pid);
	*out = asker->pid;
	return true;
}

/* The string that AT_EXECFN points to; words of 32 bits or of our own. */
static void
auxiliary_name(pid_t pid, bool is_32, char name[PATH_MAX])
{
	SCOPED(fd_release) int fd = -1;
	char entry[64];
	uint32_t words_32[128] = { 0 };
	unsigned long words[128] = { 0 };
	uint64_t at = 0;
	ssize_t n;

	(void)snprintf(entry, sizeof(entry), "/proc/%d/auxv", (int)pid);
	fd = open(entry, O_RDONLY | O_CLOEXEC);
	n = is_32 ? pread(fd, words_32, sizeof(words_32), 0)
	          : pread(fd, words, sizeof(words), 0);
	assert_true(n > 0);
	for (size_t i = 0; i + 1 < LENGTH(words); i += 2) {
		if (is_32 && words_32[i] == AT_EXECFN)
			at = words_32[i + 1];
		if (!is_32 && words[i] == AT_EXECFN)
			at = words[i + 1];
	}
	assert_true(at != 0);
	assert_true(peek_string(pid, at, name, PATH_MAX) >= 0);
}

/* Where our own loader is: the test runs by the one that /bin/true has. */
static const char *
native_loader(void)
{
	const ElfW(Phdr) *table = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	const char *base = NULL, *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (table[i].p_type == PT_PHDR)
			base = (const char *)table - table[i].p_vaddr;
	for (size_t i = 0; i < n; i++)
		if (table[i].p_type == PT_INTERP)
			found = base + table[i].p_vaddr;
	return found;
}

static void
expect_file(int fd, const char *path)
{
	struct stat got, want;

	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(stat(path, &want), 0);
	assert_int_equal(got.st_ino, want.st_ino);
	assert_int_equal(got.st_dev, want.st_dev);
}

static void
expect_program(const struct statx *got, const char *path)
{
	struct stat want;

	assert_int_equal(stat(path, &want), 0);
	assert_int_equal(got->stx_ino, want.st_ino);
	assert_int_equal(
	    makedev(got->stx_dev_major, got->stx_dev_minor), want.st_dev);
}

/* A loader that is the program itself is allowed for, and passed over. */
static void
expect_loaders(const struct row *row, pid_t pid, const struct loaded *loaded)
{
	SCOPED(fd_release) int opened = image_open_program(proc, pid);
	struct stat program, st;
	int n = 0;

	assert_int_equal(fstat(opened, &program), 0);
	assert_int_equal(program.st_ino, loaded->program.stx_ino);
	for (int i = 0; i < loaded->n_loaders; i++) {
		SCOPED(fd_release)
		int fd = image_open_loader(proc, pid, &loaded->loaders[i]);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		if (st.st_dev == program.st_dev && st.st_ino == program.st_ino)
			continue;
		n++;
		expect_file(fd, native_loader());
	}
	assert_int_equal(n, row->loader == LOADER_NATIVE ? 1 : 0);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct loaded loaded;
	char path[PATH_MAX + 64], name[PATH_MAX];
	pid_t pid;

	asker_stage();
	assert_int_equal(chdir(folder), 0);
	if (!stop_at_exec(row, &pid))
		skip();
	assert_int_equal(image_loaded(proc, pid, &loaded), 0);
	path_of(row, path);
	expect_program(&loaded.program, row->program ? row->program : path);
	expect_loaders(row, pid, &loaded);
	auxiliary_name(pid, row->is_other_abi, name);
	assert_string_equal(loaded.name, name);
	if (row->is_by_fd)
		assert_memory_equal(name, "/dev/fd/", strlen("/dev/fd/"));
	else
		assert_string_equal(name, path);
}

static void
killed_test(void **state UNUSED)
{
	struct loaded loaded;
	siginfo_t info;
	pid_t pid;

	asker_stage();
	assert_true(stop_at_exec(&rows[0], &pid));
	trace_kill(pid);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_true(image_loaded(proc, pid, &loaded) < 0);
	stops_expect(TRACE_EXITED, pid, SIGKILL);
	assert_true(image_loaded(proc, pid, &loaded) < 0);
}

static void
many_test(void **state UNUSED)
{
	struct loaded loaded;

	asker_stage();
	/* We ourselves: past our exec, with all our libraries. */
	assert_int_equal(image_loaded(proc, getpid(), &loaded), -E2BIG);
}

static void
write_file(const char *name, const void *bytes, size_t len)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	(void)close(fd);
}

/* One segment and no code: nobody runs it further than to its exec stop. */
static void
write_programs(void)
{
	struct {
		ElfW(Ehdr) head;
		ElfW(Phdr) load;
	} own = { .head.e_type = ET_EXEC };
	struct {
		Elf32_Ehdr head;
		Elf32_Phdr load;
	} other = { .head.e_type = ET_EXEC };
	SCOPED(fd_release)
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_int_equal(
	    pread(fd, &own.head, sizeof(own.head), 0), sizeof(own.head));
	own.head.e_type = ET_EXEC;
	own.head.e_entry = 0x400000;
	own.head.e_phoff = sizeof(own.head);
	own.head.e_phnum = 1;
	own.load.p_type = PT_LOAD;
	own.load.p_flags = PF_R | PF_X;
	own.load.p_vaddr = own.load.p_paddr = 0x400000;
	own.load.p_filesz = own.load.p_memsz = sizeof(own);
	own.load.p_align = 0x10000;
	write_file("static", &own, sizeof(own));

	memcpy(other.head.e_ident, own.head.e_ident, EI_NIDENT);
	other.head.e_ident[EI_CLASS] = ELFCLASS32;
	other.head.e_machine = own.head.e_machine == EM_X86_64 ? EM_386
	                                                       : EM_ARM;
	other.head.e_version = EV_CURRENT;
	other.head.e_flags = other.head.e_machine == EM_ARM ? 0x05000000 : 0;
	other.head.e_ehsize = sizeof(other.head);
	other.head.e_entry = 0x400000;
	other.head.e_phoff = sizeof(other.head);
	other.head.e_phentsize = sizeof(other.load);
	other.head.e_phnum = 1;
	other.load.p_type = PT_LOAD;
	other.load.p_flags = PF_R | PF_X;
	other.load.p_vaddr = other.load.p_paddr = 0x400000;
	other.load.p_filesz = other.load.p_memsz = sizeof(other);
	other.load.p_align = 0x10000;
	write_file("static_32", &other, sizeof(other));
}

static int
make_folder(void **state UNUSED)
{
	static const char script[] = "#!" SHELL " -e\n";

	proc = proc_open();
	if (proc < 0 || mkdtemp(folder) == NULL || chdir(folder) < 0)
		return -1;
	write_programs();
	write_file("script", script, strlen(script));
	return symlink(TRUE, "alias");
}

static int
remove_folder(void **state UNUSED)
{
	static const char *const names[] = {
		"static",
		"static_32",
		"script",
		"alias",
	};

	for (size_t i = 0; i < LENGTH(names); i++)
		(void)unlink(names[i]);
	return rmdir(folder);
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest cases[] = {
	CASE("of who was killed in his stop nothing is known", killed_test),
	CASE("more files than an exec maps are too many", many_test),
};
/* clang-format on */

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(cases)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.teardown_func = asker_clear,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + LENGTH(rows), cases, sizeof(cases));
	return cmocka_run_group_tests_name(
	    "image", tests, make_folder, remove_folder);
}
