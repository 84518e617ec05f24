/*
 * algorithm.h - the digests that a manifest may use, by the names that
 * sha256sum --tag, b2sum --tag and cksum(1) print.
 *
 * Floor 0, pure.
 */
#ifndef EXECGUARD_ALGORITHM_H
#define EXECGUARD_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The weakest first: of two digests of one file the later algorithm counts.
 * More bits are stronger; of as many, the later one was designed later.
 */
enum digest_algorithm {
	DIGEST_UNKNOWN = 0,
	DIGEST_MD5,  /* weak: two files with one digest can be made */
	DIGEST_SHA1, /* weak, too */
	DIGEST_SHA256,
	DIGEST_BLAKE2B_256,
	DIGEST_SHA3_256,
	DIGEST_SHA384,
	DIGEST_BLAKE2B_384,
	DIGEST_SHA3_384,
	DIGEST_SHA512,
	DIGEST_BLAKE2B, /* 512 bits */
	DIGEST_SHA3_512,
	DIGEST_ALGORITHMS,
};

#define DIGEST_MAX 64 /* bytes of the longest */

/* DIGEST_UNKNOWN for any other name; case counts, as it does for cksum(1). */
enum digest_algorithm algorithm_named(const char *name);

/* "SHA256", ...; "unknown" for DIGEST_UNKNOWN. */
const char *algorithm_name(enum digest_algorithm algorithm);

/* In bytes; 0 for DIGEST_UNKNOWN. */
size_t algorithm_size(enum digest_algorithm algorithm);

/* Also true of DIGEST_UNKNOWN. */
bool algorithm_is_weak(enum digest_algorithm algorithm);

#endif
