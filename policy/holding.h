/*
 * holding.h - what a file holds, as far as it is known.
 *
 * Floor 1a, pure data; guardd/contents.c fills it with what the inspector said.
 */
#ifndef EXECGUARD_HOLDING_H
#define EXECGUARD_HOLDING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/algorithm.h"
#include "policy/elf.h"

enum contents {
	CONTENTS_UNKNOWN = 0, /* it could not be read, or nobody could tell */
	CONTENTS_PENDING,     /* not looked at yet */
	CONTENTS_KNOWN,
};

/* elf.h, without the name of the interpreter: that is an image of its own. */
struct holding_elf {
	enum elf_kind kind;
	enum elf_stack stack;
	bool is_32;
	bool is_pie;
	bool has_textrel;
	bool has_rwx;
};

struct holding {
	enum contents contents;
	struct holding_elf elf;          /* both only for CONTENTS_KNOWN; */
	enum digest_algorithm algorithm; /* DIGEST_UNKNOWN: was not hashed */
	uint8_t digest[DIGEST_MAX];
};

#endif
