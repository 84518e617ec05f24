/*
 * inspect - ask an inspector, as the guard does.  Rows G4 and L7.
 *
 * usage: inspect INSPECTOR FILE...
 *        inspect INSPECTOR -m N SEED FILE...
 *
 * Prints one line for each FILE: what sort of program it is, in words.  With -m
 * instead asks about N files, each one of FILE with a few bytes changed, cut
 * short, or said to be of another size, and prints
 *
 *	N files: A answered, E of them with an error, M malformed, D deaths
 */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "attack.h"
#include "policy/inspection.h"

#define SOCK    3
#define NOBODY  65534
#define WAIT_MS 20000

static pid_t inspector;
static int sock = -1;

static _Noreturn void
untried(const char *what)
{
	perror(what);
	exit(ATTACK_UNTRIED);
}

static void
start(const char *path)
{
	char name[] = "inspector";
	char *words[] = { name, NULL };
	char *nothing[] = { NULL };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		untried("socketpair");
	inspector = fork();
	if (inspector == 0) {
		if (dup2(ends[1], SOCK) < 0 || fcntl(SOCK, F_SETFD, 0) < 0 ||
		    (geteuid() == 0 &&
			(setgroups(0, NULL) < 0 ||
			    setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
			    setresuid(NOBODY, NOBODY, NOBODY) < 0)))
			untried("nobody");
		(void)execve(path, words, nothing);
		untried(path);
	}
	(void)close(ends[1]);
	sock = ends[0];
}

static void
ask(int fd, uint64_t size, uint64_t ticket)
{
	struct inspection_request request = {
		.version = INSPECTION_VERSION, .ticket = ticket, .size = size
	};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { &request, sizeof(request) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	(void)sendmsg(sock, &message, MSG_NOSIGNAL);
}

/* Whether it answered. */
static bool
hear(uint64_t ticket, struct inspection *out)
{
	struct pollfd ready = { .fd = sock, .events = POLLIN };

	return poll(&ready, 1, WAIT_MS) == 1 &&
	       recv(sock, out, sizeof(*out), 0) == (ssize_t)sizeof(*out) &&
	       out->ticket == ticket && inspection_is_sound(out);
}

static void
describe(const char *path, const struct inspection *is)
{
	static const char *const kinds[] = { "malformed", "no-elf", "dynamic",
		"static", "loader", "library" };
	static const char *const stacks[] = { "everything-executable",
		"exec-stack", "unset-stack", "plain-stack" };

	printf("%s: ", path);
	if (is->error != 0)
		printf("%s\n", strerror(is->error));
	else if (is->shebang != SHEBANG_NONE)
		printf("script %s\n", is->interpreter);
	else if (is->kind <= ELF_NOT)
		printf("%s\n", kinds[is->kind]);
	else
		printf("%s %s %s %s%s%s\n", kinds[is->kind],
		    is->is_32 ? "32" : "64", is->is_pie ? "pie" : "fixed",
		    stacks[is->stack], is->has_textrel ? " textrel" : "",
		    is->has_rwx ? " rwx" : "");
}

static int
describe_all(char **paths)
{
	uint64_t ticket = 0;

	for (; *paths != NULL; paths++) {
		int fd = open(*paths, O_RDONLY | O_CLOEXEC);
		struct inspection is;
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0)
			untried(*paths);
		ask(fd, (uint64_t)st.st_size, ++ticket);
		if (!hear(ticket, &is))
			untried("inspector");
		describe(*paths, &is);
		(void)close(fd);
	}
	return 0;
}

/* --- files that are wrong ------------------------------------------------- */

static struct {
	int answered, errors, malformed, deaths;
} count;

/* A copy, in memory, of the beginning of path; the rest is a hole. */
static int
copy(const char *path, uint64_t *size)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = memfd_create("mutant", MFD_CLOEXEC);
	char head[16384];
	struct stat st;
	ssize_t n;

	if (from < 0 || to < 0 || fstat(from, &st) < 0 ||
	    (n = pread(from, head, sizeof(head), 0)) < 0 ||
	    pwrite(to, head, (size_t)n, 0) != n ||
	    ftruncate(to, st.st_size) < 0)
		untried(path);
	*size = (uint64_t)st.st_size;
	(void)close(from);
	return to;
}

static uint64_t
strange_number(void)
{
	static const uint64_t numbers[] = { 0, 1, 2, 3, 64, 4096, 65535,
		UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_C(1) << 63 };
	size_t i = (size_t)random() %
	           (sizeof(numbers) / sizeof(numbers[0]) + 3);

	return i < sizeof(numbers) / sizeof(numbers[0]) ? numbers[i]
	                                                : (uint64_t)random();
}

static void
spoil(int fd, uint64_t *size)
{
	for (long n = random() % 6 + 1; n > 0; n--) {
		uint64_t number = strange_number();
		off_t within = random() % 2 ? 64 : 1024;

		(void)!pwrite(
		    fd, &number, (size_t)1 << random() % 4, random() % within);
	}
	if (random() % 4 != 0) /* else a script, or no ELF at all */
		(void)!pwrite(fd, "\177ELF", 4, 0);
	if (random() % 64 == 0)
		(void)!pwrite(fd, "#!", 2, 0);
	if (random() % 8 == 0)
		(void)!ftruncate(fd, random() % 2048);
	if (random() % 8 == 0)
		*size = strange_number();
}

static void
take(bool is_answered, const struct inspection *is, const char *path)
{
	if (!is_answered) {
		(void)kill(inspector, SIGKILL);
		(void)waitpid(inspector, NULL, 0);
		(void)close(sock);
		start(path);
		count.deaths++;
		return;
	}
	count.answered++;
	count.errors += is->error != 0;
	count.malformed += is->error == 0 && is->kind == ELF_MALFORMED;
}

static int
spoil_all(const char *path, char **words)
{
	int n = atoi(words[0]);
	size_t n_files = 0;

	srandom((unsigned)atoi(words[1]));
	while (words[2 + n_files] != NULL)
		n_files++;
	for (int i = 0; i < n; i++) {
		uint64_t size;
		int fd = copy(words[2 + (size_t)i % n_files], &size);
		struct inspection is;

		spoil(fd, &size);
		ask(fd, size, (uint64_t)i + 1);
		take(hear((uint64_t)i + 1, &is), &is, path);
		(void)close(fd);
	}
	printf("%d files: %d answered, %d of them with an error, %d "
	       "malformed, %d deaths\n",
	    n, count.answered, count.errors, count.malformed, count.deaths);
	return count.deaths == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	bool is_spoiling = argc > 5 && strcmp(argv[2], "-m") == 0;
	int r;

	if (argc < 3) {
		fputs("usage: inspect INSPECTOR [-m N SEED] FILE...\n", stderr);
		return ATTACK_UNTRIED;
	}
	start(argv[1]);
	r = is_spoiling ? spoil_all(argv[1], argv + 3) : describe_all(argv + 2);
	(void)close(sock);
	(void)waitpid(inspector, NULL, 0);
	return r;
}
