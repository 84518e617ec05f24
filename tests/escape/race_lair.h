/*
 * race_lair.h - the scratch folder of a race.
 */
#ifndef EXECGUARD_RACE_LAIR_H
#define EXECGUARD_RACE_LAIR_H

#include <ftw.h>
#include <limits.h>

#include "attack.h"

/*
 * Make a folder beside forbidden and go there.  It holds a folder
 * "forbidden", which holds forbidden under the name tool ("/NAME").
 * Returns 0, or -1 with errno.
 */
static inline int
lair_make(char lair[PATH_MAX], const char *forbidden, const char *tool)
{
	char copy[PATH_MAX];

	(void)snprintf(lair, PATH_MAX, "%.*s/race.XXXXXX",
	    (int)(strrchr(forbidden, '/') - forbidden), forbidden);
	(void)snprintf(copy, sizeof(copy), "forbidden%s", tool);
	if (mkdtemp(lair) == NULL || chdir(lair) < 0 ||
	    mkdir("forbidden", 0755) < 0)
		return -1;
	return link(forbidden, copy);
}

static inline int
lair_remove_one(const char *name, const struct stat *st __attribute__((unused)),
    int kind __attribute__((unused)), struct FTW *at __attribute__((unused)))
{
	return remove(name);
}

/* Remove it again, if it was made. */
static inline void
lair_remove(const char *lair)
{
	if (lair[0] != '\0')
		(void)nftw(lair, lair_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
