/*
 * reused - ask for one file after the other with the very same registers.
 * Row R6.
 *
 * usage: reused FILE...
 *
 * Every name stands in the same memory when it is asked for, by the same
 * thread and within a moment: who knows a question by its registers takes all
 * of them for one, and writes one event.  Prints
 *
 *	N files: R refused
 */
#include <limits.h>
#include <sys/syscall.h>

#include "attack.h"

int
main(int argc, char **argv)
{
	static char name[PATH_MAX];
	char *words[] = { name, NULL };
	int n_refused = 0;

	for (int i = 1; i < argc; i++) {
		(void)snprintf(name, sizeof(name), "%s", argv[i]);
		(void)syscall(SYS_execve, name, words, environ, 0, 0, 0);
		n_refused += errno == EACCES;
	}
	printf("Of %d files: %d refused\n", argc - 1, n_refused);
	return ATTACK_STOPPED;
}
