/*
 * words.h - lists of a policy.
 *
 * Floor 1a, pure data.
 */
#ifndef EXECGUARD_WORDS_H
#define EXECGUARD_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct words {
	char **at; /* owned */
	size_t n;
};

struct ids {
	uint32_t *at; /* owned */
	size_t n;
};

#endif
