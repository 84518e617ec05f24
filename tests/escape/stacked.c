/*
 * stacked - is any stack of this program executable?  Rows L7 and G4.
 *
 * usage: ESCAPE_MARK=FILE stacked
 *
 * Prints "main=P thread=P data=P", where P is how /proc/self/maps shows the
 * memory of the first stack, of a thread's and of a variable.  Where one of the
 * stacks can be executed it appends one byte to FILE.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>

#include "attack.h"

static int variable = 1;

/* How the memory at address is mapped: "rw-p". */
static void
look(const void *address, char out[5])
{
	uintptr_t at = (uintptr_t)address;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4352];

	(void)strcpy(out, "none");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		unsigned long begin = 0, end = 0;
		char how[5];

		if (sscanf(line, "%lx-%lx %4s", &begin, &end, how) == 3 &&
		    begin <= at && at < end)
			(void)memcpy(out, how, 5);
	}
	if (maps != NULL)
		(void)fclose(maps);
}

static void *
look_from_thread(void *out)
{
	int here = variable;

	look(&here, out);
	return NULL;
}

static void
leave_mark(void)
{
	const char *name = getenv("ESCAPE_MARK");
	int fd = name == NULL
	             ? -1
	             : open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			   0666);

	if (fd < 0 || write(fd, "x", 1) != 1)
		exit(ATTACK_UNTRIED);
}

int
main(void)
{
	char first[5], second[5] = "none", data[5];
	int here = variable;
	pthread_t thread;

	look(&here, first);
	look(&variable, data);
	if (pthread_create(&thread, NULL, look_from_thread, second) != 0 ||
	    pthread_join(thread, NULL) != 0)
		return ATTACK_UNTRIED;
	printf("main=%s thread=%s data=%s\n", first, second, data);
	if (strchr(first, 'x') != NULL || strchr(second, 'x') != NULL)
		leave_mark();
	return 0;
}
