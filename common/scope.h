/*
 * scope.h - ownership in the declaration.
 *
 * Floor 0.  A variable that owns something is declared SCOPED(x_release) and
 * initialised there; x_take() moves the thing out of its scope.
 */
#ifndef EXECGUARD_SCOPE_H
#define EXECGUARD_SCOPE_H

#include <stdlib.h>
#include <unistd.h>

#define SCOPED(release) __attribute__((cleanup(release)))
#define MUST_CHECK      __attribute__((warn_unused_result))
#define UNUSED          __attribute__((unused))
#define LENGTH(array)   (sizeof(array) / sizeof((array)[0]))

/* Close what *fd holds; -1 holds nothing. */
static inline void
fd_release(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Move a descriptor out of its scope: the caller owns the result. */
static inline int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Free a string that came from malloc; NULL is nothing. */
static inline void
text_release(char **text)
{
	free(*text);
}

/* Move a string out of its scope: the caller frees the result. */
static inline char *
text_take(char **text)
{
	char *taken = *text;

	*text = NULL;
	return taken;
}

#endif
