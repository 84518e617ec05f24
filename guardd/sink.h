/*
 * sink.h - where lines go: the system log, or a file.
 *
 * Floor 2.  Never blocks: what the log does not take at once is counted and
 * said later.  Syslog is spoken over a datagram socket of our own (RFC 3164,
 * as the C library does), for syslog(3) would wait for a full one.
 */
#ifndef EXECGUARD_SINK_H
#define EXECGUARD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"

struct sink {
	int fd;       /* -1: not connected */
	int file;     /* -1: syslog */
	bool is_torn; /* the file ends within a line */
	uint64_t n_dropped;
};

/*
 * path is an absolute path of a regular file that belongs to root (or to also)
 * and that nobody else can write, made if there is none (mode 0600) and
 * appended to, or NULL for syslog.  A log that is not there is no error: it is
 * tried again at each line.
 *
 * Returns 0 or a negative errno for a path that cannot be used.
 */
int sink_open(const char *path, uid_t also, struct sink *out) MUST_CHECK;
void sink_release(struct sink *sink);

/* priority is one of syslog(3)'s levels; the facility is authpriv. */
void sink_line(struct sink *sink, int priority, const char *text, size_t len);

#endif
