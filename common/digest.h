/*
 * digest.h - bytes to a digest.
 *
 * Floor 0; the only file that sees gcrypt.h, and so linked only into what
 * hashes.  Opens nothing and needs no privilege.
 *
 * digest_init() comes before the process confines itself: there libgcrypt looks
 * for what it is configured by, and each algorithm hashes once.  Behind it, by
 * strace(1) of libgcrypt 1.10.1 with all eleven algorithms, and by
 * tests/unit/digest_test.c under SECCOMP_MODE_STRICT:
 *
 *   digest_open, digest_release    malloc(3) and free(3): brk(2) where the heap
 *                                  has no room (mmap(2), munmap(2) where it
 *                                  cannot grow), else no system call
 *   digest_add, digest_finish      no system call
 *
 * A process that may not even call brk(2) opens what it will need first, and
 * uses it again: digest_finish() leaves it as new.
 */
#ifndef EXECGUARD_DIGEST_H
#define EXECGUARD_DIGEST_H

#include <stdint.h>

#include "common/algorithm.h"
#include "common/scope.h"

struct digest;

/*
 * Once in a process, before the others, and before confinement.
 *
 * FIPS mode is left (where the library knows how to: 1.10) and no memory is
 * locked: nothing here is secret.  Returns 0, -ENOSYS (the library is older
 * than what we were built for) or -EIO (it does not work).
 */
int digest_init(void) MUST_CHECK;

/*
 * Start a digest.
 *
 * Returns 0, -EINVAL (DIGEST_UNKNOWN), -ENOTSUP (this libgcrypt does not have
 * it, or its FIPS mode forbids it) or -ENOMEM; out is untouched on failure.
 * The caller releases it.
 */
int digest_open(
    enum digest_algorithm algorithm, struct digest **out) MUST_CHECK;

/* Add len bytes.  Cannot fail. */
void digest_add(struct digest *d, const void *bytes, size_t len);

/*
 * Write algorithm_size() bytes to out, and make the digest as new.
 *
 * Returns 0, or -EIO (the library has no result): out is then untouched.
 */
int digest_finish(struct digest *d, uint8_t out[DIGEST_MAX]) MUST_CHECK;

/* NULL is nothing. */
void digest_release(struct digest **d);

#endif
