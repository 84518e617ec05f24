/*
 * served - a FUSE server of one's own.  Rows S9 and S11.
 *
 * usage: ESCAPE_MARK=FILE served INODE DEVICE LOADER PROGRAM
 *        ESCAPE_MARK=FILE served once|busy DEVICE PROGRAM [CMD...]
 *
 * DEVICE is a /dev/fuse.  The first, in a user namespace, lets it say that its
 * file is root's and has the number INODE, which may be the one that stands for
 * no file at all.  The file is a copy of LOADER; it is bound over LOADER, and
 * PROGRAM, a trusted one, is started.
 *
 * The second serves a copy of PROGRAM, which is started from there; with CMD,
 * as root and for everybody, and CMD starts it.  It prints "within N s", and
 * answers opens thus:
 *
 *	once   the first, which is the kernel's, and no other
 *	busy   each, with EBUSY
 */
#include <linux/fuse.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <time.h>

#include "userns.h"

#define FILE_NODE 2
#define FOR_LONG  100 /* seconds that the kernel may remember an answer */
#define NAME      "loader"

static char *content;
static size_t size;
static uint64_t number; /* the inode that it says it has */
static char request[1 << 20];

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

static inline void
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
	if (say != 0)
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
	if (argc > 1 && (argv[1][0] < '0' || argv[1][0] > '9') && argc >= 4)
		return attack(try_mute, argv + 1);
	if (argc == 5)
		return attack(try, argv + 1);
	fputs("usage: fuse INODE DEVICE LOADER PROGRAM\n"
	      "       fuse once|busy DEVICE PROGRAM [CMD...]\n",
	    stderr);
	return ATTACK_UNTRIED;
}
