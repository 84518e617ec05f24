#include "gate/groups.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define ROOM_BYTES  (32UL << 20) /* a group of a million members fits */
#define ROOM_FILES  8
#define ENTRY_FIRST 4096
#define ENTRY_MAX   (64UL << 20) /* of one group, with its members */

static const int limits[] = { RLIMIT_AS, RLIMIT_DATA, RLIMIT_NOFILE };

struct lifted {
	struct rlimit before[LENGTH(limits)];
};

static void
lift(struct lifted *out)
{
	for (size_t i = 0; i < LENGTH(limits); i++) {
		__rlimit_resource_t what = (__rlimit_resource_t)limits[i];
		struct rlimit *before = &out->before[i];
		bool is_files = limits[i] == RLIMIT_NOFILE;
		rlim_t most = is_files ? 1024 : RLIM_INFINITY;
		struct rlimit more;

		(void)getrlimit(what, before); /* cannot fail: getrlimit(2) */
		more.rlim_cur = before->rlim_cur < most ? most
		                                        : before->rlim_cur;
		more.rlim_max = before->rlim_max < most ? most
		                                        : before->rlim_max;
		if (setrlimit(what, &more) == 0)
			continue;
		/* Without CAP_SYS_RESOURCE: as high as we may. */
		more.rlim_cur = more.rlim_max = before->rlim_max;
		(void)setrlimit(what, &more);
	}
}

static void
lifted_release(struct lifted *lifted)
{
	for (size_t i = 0; i < LENGTH(limits); i++)
		(void)setrlimit(
		    (__rlimit_resource_t)limits[i], &lifted->before[i]);
}

static int
check_memory(void)
{
	void *room = mmap(NULL, ROOM_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		return -ENOMEM;
	(void)munmap(room, ROOM_BYTES);
	return 0;
}

static int
check_files(void)
{
	int fds[ROOM_FILES], n = 0, r = 0;

	while (r == 0 && n < ROOM_FILES) {
		int fd = open("/", O_PATH | O_CLOEXEC);

		if (fd < 0)
			r = -errno;
		else
			fds[n++] = fd;
	}
	while (n > 0)
		(void)close(fds[--n]);
	return r;
}

static void
gids_release(gid_t **gids)
{
	free(*gids);
}

/* Returns how many there are in *out, which the caller frees. */
static int
list(const char *user, gid_t primary, gid_t **out)
{
	int n = 64;

	for (;;) {
		int room = n;
		SCOPED(gids_release)
		gid_t *gids = calloc((size_t)room, sizeof(*gids));

		if (gids == NULL)
			return -ENOMEM;
		if (getgrouplist(user, primary, gids, &n) >= 0) {
			*out = gids;
			gids = NULL;
			return n;
		}
		/* It has said how many; a list that grows meanwhile, again. */
		n = n > room ? n : room * 2;
		if (n > 2 * WIRE_GROUPS)
			return -E2BIG;
	}
}

static int
name_group(gid_t gid, struct wire_group *out)
{
	SCOPED(text_release) char *entry = NULL;
	struct group group, *found = NULL;
	size_t len;
	int error = ERANGE;

	for (size_t room = ENTRY_FIRST; error == ERANGE; room *= 2) {
		char *more = room <= ENTRY_MAX ? realloc(entry, room) : NULL;

		if (more == NULL)
			return -ENOMEM;
		entry = more;
		error = getgrgid_r(gid, &group, entry, room, &found);
	}
	out->gid = gid;
	/* getgrgid_r(3) lists what "not found" may look like. */
	if (found == NULL)
		return error == 0 || error == ENOENT || error == ESRCH ? 0
		                                                       : -error;
	len = strlen(group.gr_name);
	if (len >= sizeof(out->name))
		return -E2BIG;
	memcpy(out->name, group.gr_name, len + 1);
	return 0;
}

static void
groups_release(struct wire_group **groups)
{
	free(*groups);
}

int
groups_look_up(
    const char *user, gid_t primary, struct wire_group **out, uint32_t *out_n)
{
	SCOPED(lifted_release) struct lifted lifted;
	SCOPED(groups_release) struct wire_group *groups = NULL;
	SCOPED(gids_release) gid_t *gids = NULL;
	int n, r;

	lift(&lifted);
	r = check_memory();
	if (r == 0)
		r = check_files();
	n = r < 0 ? r : list(user, primary, &gids);
	if (n > WIRE_GROUPS)
		return -E2BIG;
	if (n < 0)
		return n;
	groups = calloc((size_t)n + 1, sizeof(*groups));
	if (groups == NULL)
		return -ENOMEM;
	for (int i = 0; r == 0 && i < n; i++)
		r = name_group(gids[i], &groups[i]);
	if (r < 0)
		return r;
	*out = groups;
	groups = NULL;
	*out_n = (uint32_t)n;
	return 0;
}
