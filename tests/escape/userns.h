/*
 * userns.h - for attacks by root of a user namespace of one's own, who may
 * mount what he likes where he likes, but for himself alone.
 */
#ifndef EXECGUARD_USERNS_H
#define EXECGUARD_USERNS_H

#include <fcntl.h>
#include <sched.h>

#include "attack.h"

/* Not a refusal by the guard: this machine cannot do it. */
static inline _Noreturn void
untried(const char *what)
{
	perror(what);
	_exit(ATTACK_UNTRIED);
}

static inline void
put(const char *path, const char *words)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, words, strlen(words)) < 0)
		untried(path);
	(void)close(fd);
}

/* Enter new namespaces, CLONE_NEWUSER among them, as their root. */
static inline void
become_root(int namespaces)
{
	unsigned uid = getuid(), gid = getgid();
	char map[32];

	if (unshare(namespaces) < 0)
		untried("unshare");
	put("/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
}

/* The end of a child, as an exit status of one's own. */
static inline int
end_of(pid_t child)
{
	int status = 0;

	if (waitpid(child, &status, 0) != child)
		untried("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
