/*
 * hypercall - ask for a line to the guard.  Row G5.
 *
 * usage: hypercall
 *
 * Prints "a socket", or the name of the errno: EINVAL without a guard, EPERM
 * for who is not root, ENOSYS when the guard is gone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#define MAGIC   0x45584743 /* as in gate/hypercall.h */
#define CONNECT 1

int
main(void)
{
	int fd = prctl(MAGIC, CONNECT, 0, 0, 0);

	puts(fd >= 0 ? "a socket" : strerrorname_np(errno));
	return 0;
}
