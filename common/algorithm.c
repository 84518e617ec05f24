#include "common/algorithm.h"

#include <string.h>

static const struct algorithm {
	const char *name;
	size_t size;
	bool is_sound; /* zero: weak */
} algorithms[DIGEST_ALGORITHMS] = {
	[DIGEST_UNKNOWN] = { "unknown", 0, false },
	[DIGEST_MD5] = { "MD5", 16, false },
	[DIGEST_SHA1] = { "SHA1", 20, false },
	[DIGEST_SHA256] = { "SHA256", 32, true },
	[DIGEST_BLAKE2B_256] = { "BLAKE2b-256", 32, true },
	[DIGEST_SHA3_256] = { "SHA3-256", 32, true },
	[DIGEST_SHA384] = { "SHA384", 48, true },
	[DIGEST_BLAKE2B_384] = { "BLAKE2b-384", 48, true },
	[DIGEST_SHA3_384] = { "SHA3-384", 48, true },
	[DIGEST_SHA512] = { "SHA512", 64, true },
	[DIGEST_BLAKE2B] = { "BLAKE2b", 64, true },
	[DIGEST_SHA3_512] = { "SHA3-512", 64, true },
};

/* What is no algorithm is as good as unknown. */
static const struct algorithm *
row_of(enum digest_algorithm algorithm)
{
	return &algorithms[algorithm < DIGEST_ALGORITHMS ? algorithm
							 : DIGEST_UNKNOWN];
}

enum digest_algorithm
algorithm_named(const char *name)
{
	for (int i = DIGEST_UNKNOWN + 1; i < DIGEST_ALGORITHMS; i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return (enum digest_algorithm)i;
	return DIGEST_UNKNOWN;
}

const char *
algorithm_name(enum digest_algorithm algorithm)
{
	return row_of(algorithm)->name;
}

size_t
algorithm_size(enum digest_algorithm algorithm)
{
	return row_of(algorithm)->size;
}

bool
algorithm_is_weak(enum digest_algorithm algorithm)
{
	return !row_of(algorithm)->is_sound;
}
