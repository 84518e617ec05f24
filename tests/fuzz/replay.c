/*
 * replay.c - a harness without libFuzzer: each file of the folders given goes
 * through it once, in a process of its own.
 *
 *	maps_replay tests/fuzz/corpus/maps
 *
 * Ends with a line "N passed, N failed, 0 skipped".  A folder without files is
 * a failure: its harness would have nothing to begin with.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/io.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1024 * 1024)
#define SECONDS   10 /* as libFuzzer is told */

static unsigned n_passed, n_failed;

/* Neither the folder itself, nor what an editor left. */
static int
is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The process of one input.  It leaves by exit, so that a leak is seen. */
static void
run_one(const char *path)
{
	SCOPED(text_release) char *text = NULL;
	SCOPED(text_release) char *exact = NULL;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	(void)alarm(SECONDS);
	if (fd < 0 || io_read_all(fd, INPUT_MAX, &text, &len) < 0 ||
	    (exact = malloc(len > 0 ? len : 1)) == NULL)
		exit(2);
	(void)close(fd);
	(void)memcpy(exact, text, len);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)exact, len);
}

static void
replay(const char *path)
{
	int status = -1;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		run_one(path);
		exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0) {
		n_passed++;
		(void)printf("ok - %s\n", path);
		return;
	}
	n_failed++;
	if (WIFSIGNALED(status))
		(void)printf("not ok - %s: %s\n", path,
		    WTERMSIG(status) == SIGALRM ? "no end"
						: strsignal(WTERMSIG(status)));
	else
		(void)printf(
		    "not ok - %s: status %d\n", path, WEXITSTATUS(status));
}

static void
replay_folder(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_seed, alphasort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		replay(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	if (n <= 0) {
		n_failed++;
		(void)printf("not ok - %s: no seeds\n", folder);
	}
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay_folder(argv[i]);
	(void)printf("%u passed, %u failed, 0 skipped\n", n_passed, n_failed);
	return n_failed == 0 && n_passed > 0 ? 0 : 1;
}
