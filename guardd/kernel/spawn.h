/*
 * spawn.h - start a program that is nobody.
 *
 * Floor 1b.  credentials(7), execveat(2), pidfd_open(2).
 */
#ifndef EXECGUARD_SPAWN_H
#define EXECGUARD_SPAWN_H

#include <sys/types.h>

#include "common/scope.h"

/* The overflow ids, which own nothing: user_namespaces(7). */
#define SPAWN_NOBODY 65534

/* What it finds its socket under. */
#define SPAWN_SOCK 3

/*
 * The program name beside our own, to be started later, even after an upgrade.
 * It must be trusted: root's (or, when not -1, also's), and nobody else's to
 * write.  Returns a descriptor that the caller closes, or a negative errno.
 */
int spawn_open(int proc, const char *name, uid_t also) MUST_CHECK;

/*
 * Start it, with no argument and no environment; its socket is SPAWN_SOCK, and
 * it has no other descriptor of ours.  Who may
 * (CAP_SETUID, CAP_SETGID) starts it as nobody, without any group; anybody else
 * as himself, without any capability.
 *
 * Returns a pidfd, by which it can be killed and nobody else in its place; the
 * caller closes it and hears its end from waitpid(2).  Or a negative errno;
 * what goes wrong in the child is its exit status 127.
 */
int spawn_nobody(int program, int sock) MUST_CHECK;

/* The end of what spawn_nobody() started. */
void spawn_kill(int pidfd);

#endif
