/*
 * fdpass.h - a message, and perhaps one descriptor, over a Unix socket.
 *
 * Floor 0.  For SOCK_SEQPACKET sockets: one send is one receive.
 * unix(7), SCM_RIGHTS.
 */
#ifndef EXECGUARD_FDPASS_H
#define EXECGUARD_FDPASS_H

#include <stddef.h>
#include <sys/types.h>

#include "common/scope.h"

/*
 * Send len bytes, and fd with them unless it is -1.  Never blocks and never
 * raises SIGPIPE.  Returns 0 or a negative errno.  fd stays the caller's.
 */
int fdpass_send(int sock, const void *bytes, size_t len, int fd) MUST_CHECK;

/*
 * Receive one message of at most size bytes.  *out_fd becomes the
 * descriptor that came with it (close-on-exec, owned by the caller) or -1.
 *
 * Returns the length, 0 when the peer has closed, -EMSGSIZE when the message
 * was cut, -EAGAIN when there is none, or another negative errno.
 */
ssize_t fdpass_receive(
    int sock, void *bytes, size_t size, int *out_fd) MUST_CHECK;

#endif
