/*
 * execs - what an exec keeps, gives and takes, and what goes on around it.
 *
 * usage: execs FOLDER		the facts; FOLDER holds copies of execs:
 *				setuid, setgid (of root) and capable
 *(cap_net_raw) usage: execs show		what this process is, after an
 *exec usage: execs stay SECONDS	wait for a signal
 */
#include <dirent.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "blocked.h"
#include "transcript.h"

static const char *folder;

static void
exec_in(const char *name, const char *word)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)execl(path, "execs", word, "20", NULL);
	say("%s: %s", name, strerror(errno));
	_exit(1);
}

static void
run(const char *name, const char *word)
{
	pid_t pid = fork();

	if (pid == 0)
		exec_in(name, word);
	say_wait(pid, WEXITED);
}

/* --- who one is after it --- */

static uint64_t
capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[2] = { 0 };

	(void)syscall(SYS_capget, &header, data);
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static void
show(void)
{
	int death = -1, sock = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	(void)prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0);
	say("root: %s%s, capable of %s%s, secure %lu, dumpable %d, "
	    "no_new_privs %d, death signal %d, raw socket %s",
	    getuid() == 0 ? "real " : "", geteuid() == 0 ? "effective" : "",
	    capabilities() == 0                     ? "nothing"
	    : capabilities() == 1ULL << CAP_NET_RAW ? "raw"
						    : "much",
	    getegid() == 0 ? ", group root" : "", getauxval(AT_SECURE),
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), death,
	    sock < 0 ? strerror(errno) : "open");
}

static void
privileges(void)
{
	run("execs", "show");
	run("setuid", "show");
	run("setgid", "show");
	run("capable", "show");
}

static void
death_signals(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0);
	exec_in("execs", "show");
}

static void
death_signal_kept(void)
{
	say_wait(child_who(death_signals), WEXITED);
}

static void
set_id_death_signals(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0);
	exec_in("setuid", "show");
}

static void
death_signal_cleared(void)
{
	say_wait(child_who(set_id_death_signals), WEXITED);
}

static pid_t parent;

static void
dies_with_parent(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	(void)kill(parent, SIGTERM);
	exec_in("execs", "stay");
}

static void
parent_of_such(void)
{
	parent = getpid();
	(void)child_who(dies_with_parent);
	waits_for_ever();
}

static void
death_signal_sent(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	say_wait(child_who(parent_of_such), WEXITED);
	say_wait(0, WEXITED);
}

/* --- the limit on processes --- */

#define MOST 24

static void
say_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	say("vfork: %s", pid > 0 ? "done" : strerror(errno));
}

/* Who has just ended may still count. */
static pid_t
child_at_last(void)
{
	time_t until = time(NULL) + 2;
	pid_t pid;

	do {
		pid = child_who(waits_for_ever);
	} while (pid < 0 && time(NULL) < until);
	return pid;
}

static bool
is_of_my_user(const char *pid)
{
	char name[32], line[64];
	bool is_mine = false;
	FILE *status;

	(void)snprintf(name, sizeof(name), "/proc/%.16s/status", pid);
	status = fopen(name, "re");
	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "Uid:", 4) == 0)
			is_mine = (uid_t)atol(line + 4) == getuid();
	if (status != NULL)
		(void)fclose(status);
	return is_mine;
}

/* All that there are, of this login or of another. */
static int
processes_of_my_user(void)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	int n = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		n += atoi(entry->d_name) > 0 && is_of_my_user(entry->d_name);
	if (directory != NULL)
		(void)closedir(directory);
	return n;
}

static void
process_limit(void)
{
	const struct rlimit few = { MOST, MOST };
	int n = 0, error;

	(void)setrlimit(RLIMIT_NPROC, &few);
	while (n <= MOST && child_at_last() > 0)
		n++;
	error = errno;
	say("%d processes, then %s", processes_of_my_user(), strerror(error));
	say_vfork();
	(void)signal(SIGTERM, SIG_IGN);
	(void)kill(-getpgid(0), SIGTERM);
	for (int i = 0; i < n; i++)
		if (waitpid(-1, NULL, 0) < 0)
			say("wait: %s", strerror(errno));
	run("execs", "show");
}

static void
at_the_limit(void)
{
	(void)setpgid(0, 0);
	process_limit();
}

static void
exec_at_the_limit(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_NPROC, &none);
	exec_in("execs", "show");
}

static void
exec_beyond_the_limit(void)
{
	say_wait(child_who(exec_at_the_limit), WEXITED);
}

/* --- time --- */

static void
stays_with_alarm(void)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 100000 } };

	(void)setitimer(ITIMER_REAL, &soon, NULL);
	exec_in("execs", "stay");
}

static void
stays_with_timer(void)
{
	const struct itimerspec soon = { .it_value = { .tv_nsec = 100000000 } };
	timer_t timer;

	(void)timer_create(CLOCK_MONOTONIC, NULL, &timer);
	(void)timer_settime(timer, 0, &soon, NULL);
	exec_in("execs", "wait");
}

static void
blocked_and_pending(void)
{
	block(SIGTERM);
	(void)raise(SIGTERM);
	(void)signal(SIGUSR1, SIG_IGN);
	exec_in("execs", "pending");
}

static void
across_exec(void)
{
	say_wait(child_who(stays_with_alarm), WEXITED);
	say_wait(child_who(stays_with_timer), WEXITED);
	say_wait(child_who(blocked_and_pending), WEXITED);
}

static const struct fact facts[] = {
	{ "set-id programs and capabilities", privileges },
	{ "a death signal is kept by exec", death_signal_kept },
	{ "and cleared by that of a set-id program", death_signal_cleared },
	{ "and sent", death_signal_sent },
	{ "the limit on processes", at_the_limit },
	{ "an exec beyond it", exec_beyond_the_limit },
	{ "what an exec keeps", across_exec },
};

static int
pending(void)
{
	struct sigaction action;
	sigset_t set;

	(void)sigpending(&set);
	(void)sigaction(SIGUSR1, NULL, &action);
	say("SIGTERM %s, SIGUSR1 %s",
	    sigismember(&set, SIGTERM) ? "pending" : "gone",
	    action.sa_handler == SIG_IGN ? "ignored" : "not ignored");
	return 0;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "show") == 0)
		show();
	else if (strcmp(word, "stay") == 0)
		(void)sleep(DEADLINE_S);
	else if (strcmp(word, "wait") == 0)
		(void)usleep(300000);
	else if (strcmp(word, "pending") == 0)
		return pending();
	else if (argc == 2 && word[0] == '/') {
		folder = word;
		return show_all(facts, LENGTH(facts));
	}
	return strcmp(word, "stay") == 0;
}
