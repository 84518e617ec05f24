/*
 * swap_uring.h - a kernel thread that exchanges a descriptor of ours, and a
 * process that feeds it.
 */
#ifndef EXECGUARD_SWAP_URING_H
#define EXECGUARD_SWAP_URING_H

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "swap.h"

struct ring {
	struct io_uring_params params;
	int fd;
	uint8_t *queue;
	struct io_uring_sqe *entries;
};

#define WORD(ring, offset)                                                     \
	((volatile unsigned *)(void *)((ring)->queue + (offset)))

static inline void
push(const struct ring *ring, const struct io_uring_sqe *entry)
{
	volatile unsigned *tail = WORD(ring, ring->params.sq_off.tail);
	volatile unsigned *head = WORD(ring, ring->params.sq_off.head);
	unsigned mask = *WORD(ring, ring->params.sq_off.ring_mask);

	while (*tail - *head > mask)
		(void)sched_yield();
	WORD(ring, ring->params.sq_off.array)[*tail & mask] = *tail & mask;
	ring->entries[*tail & mask] = *entry;
	__atomic_store_n(
	    (unsigned *)(uintptr_t)tail, *tail + 1, __ATOMIC_RELEASE);
	if (*WORD(ring, ring->params.sq_off.flags) & IORING_SQ_NEED_WAKEUP)
		(void)syscall(SYS_io_uring_enter, ring->fd, 0, 0,
		    IORING_ENTER_SQ_WAKEUP, NULL, 0);
}

/* Closed and opened again, the lowest free number is the same. */
static inline _Noreturn void
feed(const struct ring *ring, const char *paths[2])
{
	const struct io_uring_sqe shut = {
		.opcode = IORING_OP_CLOSE,
		.flags = IOSQE_IO_LINK,
		.fd = swap.at,
	};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (int i = 0;; i++) {
		const struct io_uring_sqe open_other = {
			.opcode = IORING_OP_OPENAT,
			.fd = AT_FDCWD,
			.addr = (uintptr_t)paths[i % 2],
			.open_flags = O_RDONLY,
		};

		push(ring, &shut);
		push(ring, &open_other);
		swap.score->has_begun = true;
		dwell();
	}
}

static inline void
share_by_uring(void)
{
	static struct ring ring = {
		.params = { .flags = IORING_SETUP_SQPOLL,
		    .sq_thread_idle = 1000 },
	};
	static const char *paths[2];

	paths[0] = swap.forbidden_path;
	paths[1] = getenv("ALLOWED");
	ring.fd = (int)syscall(SYS_io_uring_setup, 8, &ring.params);
	if (ring.fd < 0 || paths[1] == NULL) {
		swap.score->untried++;
		return;
	}
	ring.queue = mmap(NULL,
	    ring.params.sq_off.array + 8 * sizeof(unsigned) + PAGE,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
	    IORING_OFF_SQ_RING);
	ring.entries = mmap(NULL, 8 * sizeof(struct io_uring_sqe),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
	    IORING_OFF_SQES);
	if (ring.queue == MAP_FAILED || (void *)ring.entries == MAP_FAILED)
		die("io_uring");
	if (fork() == 0)
		feed(&ring, paths);
}

#endif
