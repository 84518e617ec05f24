#include "guardd/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guardd/kernel/privileges.h"

int
folder_open(void)
{
	uid_t uid = 0;
	gid_t gid = 0;
	struct stat st;

	privileges_identity(&uid, &gid);
	(void)mkdir(RUN_PATH, 0755);

	SCOPED(fd_release)
	int fd = open(
	    RUN_PATH, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != 0 && st.st_uid != uid)
		return -EPERM;
	if ((st.st_mode & 07777) != 0755 && fchmod(fd, 0755) < 0)
		return -errno;
	if (st.st_uid != uid && fchown(fd, uid, gid) < 0)
		return -errno;
	return fd_take(&fd);
}
