/*
 * detour - start a script that may run by a name that makes its interpreter
 * run something else.  Row L6.
 *
 * usage: ESCAPE_MARK=FILE detour WAY SCRIPT
 *
 *	full		SCRIPT itself: its own full path
 *	option		"-s", a symbolic link: sh reads its standard input
 *	symlink		another symbolic link; it could be exchanged before
 *			the interpreter opens it
 *	relative	"./NAME" in the folder of the script
 *	fexecve		a descriptor, fexecve(3)
 *	procfd		/proc/self/fd/N
 *	dirfd		execveat(2), NAME and a descriptor of the folder
 *
 * The interpreter is given a pipe to read that leaves the mark, and the
 * script is expected to leave it, too.  Makes its links in the folder that
 * it is called in.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>

#include "attack.h"

static const char command[] = "printf x >>\"$ESCAPE_MARK\"\n";
static char folder[PATH_MAX];
static const char *name; /* of SCRIPT, in that folder */

static void
run(const char *path)
{
	char *words[] = { (char *)(unsigned long)path, NULL };

	(void)execve(path, words, environ);
}

static void
run_link(const char *link, const char *script)
{
	(void)unlink(link);
	if (symlink(script, link) == 0)
		run(link);
}

static void
way_full(const char *script)
{
	run(script);
}

static void
way_option(const char *script)
{
	run_link("-s", script);
}

static void
way_symlink(const char *script)
{
	run_link("link-to-it", script);
}

static void
way_relative(const char *script __attribute__((unused)))
{
	char path[PATH_MAX + 2];

	(void)snprintf(path, sizeof(path), "./%s", name);
	if (chdir(folder) == 0)
		run(path);
}

/* Not close-on-exec: the interpreter opens the script by it. */
static void
way_fexecve(const char *script)
{
	char *words[] = { (char *)(unsigned long)script, NULL };

	(void)fexecve(open(script, O_RDONLY), words, environ);
}

static void
way_procfd(const char *script)
{
	char path[64];

	(void)snprintf(
	    path, sizeof(path), "/proc/self/fd/%d", open(script, O_RDONLY));
	run(path);
}

static void
way_dirfd(const char *script)
{
	char *words[] = { (char *)(unsigned long)script, NULL };

	(void)syscall(SYS_execveat, open(folder, O_PATH | O_DIRECTORY), name,
	    words, environ, 0);
}

static const struct way {
	const char *name;
	void (*run)(const char *script);
} ways[] = {
	{ "full", way_full },
	{ "option", way_option },
	{ "symlink", way_symlink },
	{ "relative", way_relative },
	{ "fexecve", way_fexecve },
	{ "procfd", way_procfd },
	{ "dirfd", way_dirfd },
};

static void
give_command(void)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], command, strlen(command)) < 0 ||
	    dup2(ends[0], STDIN_FILENO) < 0)
		exec_failed();
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
try(char **arg)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, arg[0]) == 0) {
			give_command();
			ways[i].run(arg[1]);
			exec_failed();
		}
	fprintf(stderr, "detour: no way '%s'\n", arg[0]);
	_exit(ATTACK_UNTRIED);
}

int
main(int argc, char **argv)
{
	const char *slash = argc == 3 ? strrchr(argv[2], '/') : NULL;

	if (slash == NULL) {
		fputs("usage: detour WAY SCRIPT\n", stderr);
		return ATTACK_UNTRIED;
	}
	(void)snprintf(
	    folder, sizeof(folder), "%.*s/", (int)(slash - argv[2]), argv[2]);
	name = slash + 1;
	return attack(try, argv + 1);
}
