/*
 * fuse - let a server of one's own say that its file is root's, and has the
 * inode number that stands for no file at all; and have a trusted program
 * loaded by it.  Rows S9 and S11.
 *
 * usage: ESCAPE_MARK=FILE fuse INODE DEVICE LOADER PROGRAM
 *
 * In a user namespace, DEVICE (a /dev/fuse) serves one file: a copy of LOADER
 * that belongs to root and has the number INODE.  It is bound over LOADER, and
 * PROGRAM is started.
 *
 * usage: fuse serve WHAT DEVICE FILE FOLDER [OWNER [open]]
 *
 * Mounts over FOLDER what has in it one file, "loader": a copy of FILE that is
 * root's.  Prints "mounted", and serves until the mount is gone; WHAT is
 *
 *	all		every request
 *	no-names	all but those for a name in FOLDER, for ever
 *	no-bytes	all but those for the bytes of the file
 *
 * OWNER: by root, as fusermount3(1) does it for that user, who then serves;
 * open: with allow_other.
 *
 * usage: ESCAPE_MARK=FILE fuse once|busy DEVICE PROGRAM [CMD...]
 *
 * Serves a copy of PROGRAM, which is started from there; with CMD, as root and
 * for everybody, and CMD starts it.  Prints "within N s", and answers opens
 *thus:
 *
 *	once   the first, which is the kernel's, and no other
 *	busy   each, with EBUSY
 *
 * usage: fuse page FILE
 *
 * Maps FILE, and execs what its bytes name.  Prints how that ended.
 */
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <time.h>

#include "userns.h"

#define FILE_NODE 2
#define FOR_LONG  100 /* seconds that the kernel may remember an answer */
#define NAME      "loader"

static char *content;
static size_t size;
static uint64_t number;
static char request[1 << 20];
static uint32_t never; /* this opcode is not answered */

/* What to answer instead: 0 is as usual, -1 nothing at all, or an errno. */
static int (*whim)(uint32_t opcode);

static void
read_loader(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		untried(path);
	size = (size_t)st.st_size;
	content = malloc(size);
	if (content == NULL || read(fd, content, size) != (ssize_t)size)
		untried(path);
	(void)close(fd);
}

static struct fuse_attr
attributes(uint64_t node)
{
	if (node != FILE_NODE)
		return (struct fuse_attr){
			.ino = 1, .mode = S_IFDIR | 0755, .nlink = 1
		};
	return (struct fuse_attr){
		.ino = number,
		.size = size,
		.mode = S_IFREG | 0755,
		.nlink = 1,
		.blksize = 4096,
	};
}

static void
reply(int fd, int error, const void *data, size_t length)
{
	const struct fuse_in_header *in = (const void *)request;
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + length),
		.error = error,
		.unique = in->unique,
	};
	struct iovec parts[2] = {
		{ &out, sizeof(out) },
		{ (void *)(unsigned long)data, length },
	};

	(void)!writev(fd, parts, 2);
}

static void
look_up(int fd, const char *name)
{
	const struct fuse_entry_out out = {
		.nodeid = FILE_NODE,
		.generation = 1,
		.entry_valid = FOR_LONG,
		.attr_valid = FOR_LONG,
		.attr = attributes(FILE_NODE),
	};

	if (strcmp(name, NAME) == 0)
		reply(fd, 0, &out, sizeof(out));
	else
		reply(fd, -ENOENT, NULL, 0);
}

static void
give(int fd, const struct fuse_read_in *in)
{
	size_t from = in->offset < size ? (size_t)in->offset : size;
	size_t length = size - from < in->size ? size - from : in->size;

	reply(fd, 0, content + from, length);
}

static void
answer(int fd)
{
	const struct fuse_in_header *in = (const void *)request;
	const void *words = request + sizeof(*in);
	const struct fuse_init_out init = {
		.major = 7, .minor = 31, .max_write = 65536, .max_pages = 32
	};
	const struct fuse_open_out opened = { 0 };
	const struct fuse_statfs_out statfs = { 0 };
	const struct fuse_attr_out attr = { .attr_valid = FOR_LONG,
		.attr = attributes(in->nodeid) };

	int say = whim != NULL ? whim(in->opcode) : 0;

	if (say > 0)
		reply(fd, -say, NULL, 0);
	if (say != 0 || in->opcode == never)
		return;
	switch (in->opcode) {
	case FUSE_INIT:
		reply(fd, 0, &init, sizeof(init));
		return;
	case FUSE_LOOKUP:
		look_up(fd, words);
		return;
	case FUSE_GETATTR:
		reply(fd, 0, &attr, sizeof(attr));
		return;
	case FUSE_OPEN:
		reply(fd, 0, &opened, sizeof(opened));
		return;
	case FUSE_READ:
		give(fd, words);
		return;
	case FUSE_STATFS:
		reply(fd, 0, &statfs, sizeof(statfs));
		return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_ACCESS:
		reply(fd, 0, NULL, 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		reply(fd, -ENOSYS, NULL, 0);
	}
}

/* Until the mount is gone; no longer than any test takes. */
static _Noreturn void
serve(int fd)
{
	(void)alarm(30);
	for (;;) {
		if (read(fd, request, sizeof(request)) > 0)
			answer(fd);
		else if (errno != EINTR && errno != ENOENT)
			_exit(0);
	}
}

/* A mount over root's own /mnt: seen in this namespace alone. */
static pid_t
mount_ours(const char *device, const char *option)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	char options[64];
	pid_t server;

	if (fd < 0)
		untried(device);
	(void)snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=0,group_id=0%s", fd, option);
	if (mount("fuse", "/mnt", "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		untried("mount");
	server = fork();
	if (server == 0)
		serve(fd);
	(void)close(fd);
	return server;
}

/* fusermount3(1) opens and mounts as root, for its caller. */
static int
serve_here(char **arg)
{
	const char *owner = arg[4] != NULL ? arg[4] : "0";
	bool is_open = arg[4] != NULL && arg[5] != NULL;
	uid_t uid = (uid_t)strtoul(owner, NULL, 10);
	int fd = open(arg[1], O_RDWR | O_CLOEXEC);
	char options[96];

	if (fd < 0)
		untried(arg[1]);
	if (strcmp(arg[0], "no-names") == 0)
		never = FUSE_LOOKUP;
	else if (strcmp(arg[0], "no-bytes") == 0)
		never = FUSE_READ;
	number = 7;
	read_loader(arg[2]);
	(void)snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=%s,group_id=%s%s", fd, owner, owner,
	    is_open ? ",allow_other" : "");
	if (mount("fuse", arg[3], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		untried("mount");
	if (uid != 0 &&
	    (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
		untried("setresuid");
	puts("mounted");
	(void)fflush(stdout);
	serve(fd);
}

static int
exec_page(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	char *words[] = { (char *)"page", NULL };
	const char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		untried(file);
	puts("begun");
	(void)fflush(stdout);
	(void)execve(page, words, environ);
	puts(strerrorname_np(errno));
	return ATTACK_STOPPED;
}

/* arg: INODE DEVICE LOADER PROGRAM */
static void
try(char **arg)
{
	char *words[] = { arg[3], NULL };
	pid_t server, child;
	int end;

	number = strtoull(arg[0], NULL, 10);
	read_loader(arg[2]);
	become_root(CLONE_NEWUSER | CLONE_NEWNS);
	server = mount_ours(arg[1], "");
	if (server < 0 || mount("/mnt/" NAME, arg[2], NULL, MS_BIND, NULL) < 0)
		untried("bind");
	child = fork();
	if (child == 0) {
		(void)execv(arg[3], words);
		exec_failed();
	}
	end = end_of(child);
	(void)kill(server, SIGKILL);
	_exit(end);
}

/* --- a server that does not answer ---------------------------------------- */

static int n_opens;

static int
once(uint32_t opcode)
{
	return opcode == FUSE_OPEN && n_opens++ > 0 ? -1 : 0;
}

static int
busy(uint32_t opcode)
{
	return opcode == FUSE_OPEN ? EBUSY : 0;
}

static void
start_file(char **cmd)
{
	char name[] = "/mnt/" NAME;
	char *words[] = { name, NULL };

	(void)execv(
	    cmd[0] == NULL ? name : cmd[0], cmd[0] == NULL ? words : cmd);
	exec_failed();
}

/* arg: HOW DEVICE PROGRAM [CMD...] */
static void
try_mute(char **arg)
{
	time_t began = time(NULL);
	pid_t server, child;
	int end;

	number = 7;
	whim = strcmp(arg[0], "busy") == 0 ? busy : once;
	read_loader(arg[2]);
	if (arg[3] == NULL)
		become_root(CLONE_NEWUSER | CLONE_NEWNS);
	server = mount_ours(arg[1], arg[3] == NULL ? "" : ",allow_other");
	child = fork();
	if (child == 0)
		start_file(arg + 3);
	end = end_of(child);
	printf("within %d s\n", (int)(time(NULL) - began) + 1);
	(void)fflush(stdout);
	(void)kill(server, SIGKILL);
	_exit(end);
}

int
main(int argc, char **argv)
{
	if (argc >= 6 && argc <= 8 && strcmp(argv[1], "serve") == 0)
		return serve_here(argv + 2);
	if (argc == 3 && strcmp(argv[1], "page") == 0)
		return exec_page(argv[2]);
	if (argc >= 4 &&
	    (strcmp(argv[1], "once") == 0 || strcmp(argv[1], "busy") == 0))
		return attack(try_mute, argv + 1);
	if (argc == 5)
		return attack(try, argv + 1);
	fputs("usage: see the source\n", stderr);
	return ATTACK_UNTRIED;
}
