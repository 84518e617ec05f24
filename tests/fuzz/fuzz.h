/*
 * fuzz.h - what the harnesses of this folder share.
 */
#ifndef EXECGUARD_FUZZ_H
#define EXECGUARD_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/scope.h"
#include "common/span.h"

/* A harness is this one function: libFuzzer calls it, and so does replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What must hold whatever the input. */
#define insist(claim) fuzz_insist((claim), #claim, __FILE__, __LINE__)

static inline void
fuzz_insist(bool holds, const char *claim, const char *file, int line)
{
	if (holds)
		return;
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

/* A copy of the bytes and a NUL, in a block of exactly that length. */
static inline char *
fuzz_text(struct span bytes)
{
	char *text = malloc(bytes.len + 1);

	insist(text != NULL);
	(void)span_copy(bytes, 0, text, bytes.len);
	text[bytes.len] = '\0';
	return text;
}

/* The first len bytes of *from as a number, zeros where there are none; *from
 * is then what follows. */
static inline uint64_t
fuzz_number(struct span *from, size_t len)
{
	uint64_t value = 0;
	size_t n = from->len < len ? from->len : len;

	(void)span_copy(*from, 0, &value, n);
	(void)span_cut(*from, n, from->len - n, from);
	return value;
}

/* Whether the bytes of both are the same. */
static inline bool
fuzz_same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

#endif
