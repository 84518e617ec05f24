#include "guardd/kernel/peek.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define PAGE 4096 /* the smallest there is: never reads past a mapping */

ssize_t
peek_string(pid_t tid, uint64_t addr, char *dst, size_t size)
{
	size_t len = 0;

	while (len < size) {
		size_t to_page_end = PAGE - (size_t)((addr + len) % PAGE);
		size_t want = size - len < to_page_end ? size - len
		                                       : to_page_end;
		struct iovec here = { dst + len, want };
		struct iovec there = { (void *)(uintptr_t)(addr + len), want };
		ssize_t n = process_vm_readv(tid, &here, 1, &there, 1, 0);
		const char *nul;

		if (n < 0)
			return -errno;
		if (n == 0)
			return -EFAULT;
		nul = memchr(dst + len, '\0', (size_t)n);
		if (nul != NULL)
			return nul - dst;
		len += (size_t)n;
	}
	return -ENAMETOOLONG;
}
