/*
 * inspection.h - what is to be found out about one file, and what was.
 *
 * Floor 1a, pure: the messages between a guard and its inspector, which are
 * two programs of one build.  An inspector that has read hostile bytes may be
 * hostile itself: the guard believes no answer before inspection_is_sound().
 */
#ifndef EXECGUARD_INSPECTION_H
#define EXECGUARD_INSPECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/algorithm.h"
#include "policy/elf.h"
#include "policy/shebang.h"

/* Grows with every change of the two structs below. */
#define INSPECTION_VERSION 0x45470103

/* Questions under way, at most. */
#define INSPECTION_QUESTIONS 32

/* With it comes a descriptor of the file, open for reading. */
struct inspection_request {
	uint32_t version;
	uint32_t algorithm; /* DIGEST_UNKNOWN: no digest is wanted */
	uint64_t ticket;    /* not 0 */
	uint64_t size;      /* of the file, as it was when the question arose */
};

/* The longest name of an ELF interpreter that is told, with its NUL. */
#define INSPECTION_LOADER 128

/* A larger file has no digest: EFBIG. */
#define INSPECTION_DIGEST_MAX (UINT64_C(4) << 30)

/* A sign of life comes for so many bytes hashed. */
#define INSPECTION_STEP (UINT64_C(8) << 20)

struct inspection {
	uint64_t ticket;
	uint32_t is_done; /* 0: a sign of life, and the rest is nothing yet */
	int32_t error;    /* errno of reading it; the rest is nothing then */
	uint32_t shebang;
	uint32_t kind;
	uint32_t stack;
	uint8_t is_32, is_pie, has_textrel, has_rwx;
	char interpreter[SHEBANG_MAX];
	char loader[INSPECTION_LOADER]; /* of an ELF; "": none, or too long */
	uint32_t algorithm;             /* as requested */
	uint8_t digest[DIGEST_MAX];
};

static inline bool
inspection_is_sound(const struct inspection *i)
{
	return i->ticket != 0 && i->is_done <= 1 && i->error >= 0 &&
	       i->algorithm < DIGEST_ALGORITHMS &&
	       i->shebang <= SHEBANG_FOUND && i->kind <= ELF_LIBRARY &&
	       i->stack <= ELF_STACK_PLAIN && i->is_32 <= 1 && i->is_pie <= 1 &&
	       i->has_textrel <= 1 && i->has_rwx <= 1 &&
	       memchr(i->interpreter, '\0', SHEBANG_MAX) != NULL &&
	       memchr(i->loader, '\0', INSPECTION_LOADER) != NULL;
}

#endif
