/*
 * io.h - read and write all of it, or say why not.
 *
 * Floor 0.
 */
#ifndef EXECGUARD_IO_H
#define EXECGUARD_IO_H

#include <stddef.h>
#include <sys/types.h>

#include "common/scope.h"

/*
 * Read up to size - 1 bytes from the start of a small file below dirfd (a
 * /proc entry, say) and end them with a NUL.
 *
 * Returns the length, or a negative errno; dst is then undefined.
 */
ssize_t io_read_text(
    int dirfd, const char *name, char *dst, size_t size) MUST_CHECK;

/*
 * Read fd from where it stands to its end.
 *
 * Returns 0 and a NUL-terminated text that the caller frees, -EFBIG when
 * there are more than max bytes, or another negative errno.
 */
int io_read_all(int fd, size_t max, char **out, size_t *out_len) MUST_CHECK;

/* Write all len bytes.  Returns 0 or a negative errno. */
int io_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;

/*
 * Wait until fd is readable (or hung up), at most timeout_ms.
 *
 * Returns 0, -ETIMEDOUT, or another negative errno.  A signal does not
 * shorten the wait.
 */
int io_wait_readable(int fd, int timeout_ms) MUST_CHECK;

#endif
