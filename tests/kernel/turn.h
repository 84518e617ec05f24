/*
 * turn.h - whose turn it is: a pipe to the bodies of a case, and one from them.
 *
 * Test code, for the tests of guardd/kernel.
 */
#ifndef EXECGUARD_TURN_H
#define EXECGUARD_TURN_H

#include <fcntl.h>

#include "tests/kernel/asker.h"

/* Where a body finds its ends of the case's two pipes, across an exec too. */
#define TURN_IN  30
#define TURN_OUT 31

/* One pipe to the bodies of a case and one from them. */
struct turn {
	int to_body[2];
	int from_body[2];
};

static inline void
turn_open(struct turn *turn)
{
	assert_int_equal(pipe2(turn->to_body, O_CLOEXEC), 0);
	assert_int_equal(pipe2(turn->from_body, O_CLOEXEC), 0);
}

static inline void
turn_release(struct turn *turn)
{
	for (int i = 0; i < 2; i++) {
		fd_release(&turn->to_body[i]);
		fd_release(&turn->from_body[i]);
	}
}

/* In the body: take the two ends. */
static inline void
turn_take(const struct turn *turn)
{
	(void)dup2(turn->to_body[0], TURN_IN);
	(void)dup2(turn->from_body[1], TURN_OUT);
	(void)close(turn->to_body[1]);
}

/* In the body: wait for the word to go on. */
static inline void
turn_await(void)
{
	char byte;

	if (read(TURN_IN, &byte, 1) != 1)
		_exit(97);
}

static inline void
turn_go(const struct turn *turn)
{
	assert_int_equal(write(turn->to_body[1], "", 1), 1);
}

/* What the bodies wrote until all of them were gone, as their count. */
static inline size_t
turn_heard(struct turn *turn)
{
	char bytes[64];
	size_t n = 0;
	ssize_t r;

	fd_release(&turn->from_body[1]);
	turn->from_body[1] = -1;
	while ((r = read(turn->from_body[0], bytes, sizeof(bytes))) > 0)
		n += (size_t)r;
	assert_int_equal(r, 0);
	return n;
}

#endif
