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

#include "policy/elf.h"
#include "policy/shebang.h"

/* Grows with every change of the two structs below. */
#define INSPECTION_VERSION 0x45470101

/* Questions under way, at most. */
#define INSPECTION_QUESTIONS 32

/* With it comes a descriptor of the file, open for reading. */
struct inspection_request {
	uint32_t version;
	uint64_t ticket; /* not 0 */
	uint64_t size;   /* of the file, as it was when the question arose */
};

struct inspection {
	uint64_t ticket;
	int32_t error; /* errno of reading it; the rest is nothing then */
	uint32_t shebang;
	uint32_t kind;
	uint32_t stack;
	uint8_t is_32, is_pie, has_textrel, has_rwx;
	char interpreter[SHEBANG_MAX];
};

static inline bool
inspection_is_sound(const struct inspection *i)
{
	return i->ticket != 0 && i->error >= 0 && i->shebang <= SHEBANG_FOUND &&
	       i->kind <= ELF_LIBRARY && i->stack <= ELF_STACK_PLAIN &&
	       i->is_32 <= 1 && i->is_pie <= 1 && i->has_textrel <= 1 &&
	       i->has_rwx <= 1 &&
	       memchr(i->interpreter, '\0', SHEBANG_MAX) != NULL;
}

#endif
