#!/bin/sh
# Debuggers: real ones, in held and in let-go sessions, where policy permits
# them and where it does not.

. "$(dirname "$0")/lib.sh"

compiler=${CC:-cc}

# The programs that are debugged: with threads, with a leak, with a crash.
cat >"$T/threads.c" <<'END'
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void *
worker(void *p)
{
	pthread_mutex_lock(&lock);
	n++;
	pthread_mutex_unlock(&lock);
	return p;
}

int
main(void)
{
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, worker, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	printf("sum %d\n", n);
	return 0;
}
END
cat >"$T/leak.c" <<'END'
#include <stdlib.h>

int
main(void)
{
	void *volatile p = malloc(100);

	p = NULL;
	return p != NULL;
}
END
"$compiler" -g -O0 -o "$TRUSTED/threads" "$T/threads.c" -lpthread
"$compiler" -g -O0 -fsanitize=address -o "$TRUSTED/leak" "$T/leak.c" \
    2>/dev/null

# setting WORD HOLD [TEXT]: alice's policy; bob's denies.
setting() {
	hold=$2
	case $hold in
	held) section='segvguard { maxcrashes = 5 }' ;;
	*) section= ;;
	esac
	tpe="tpe { roots = {\"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\"} ${3:-} }"
	policy "policy \"lab\" { users = {\"alice\"} debuggers = $1 $tpe $section }
	policy \"other\" { users = {\"bob\"} $tpe $section }"
	forget_events
}

# has PROGRAM: or the case is skipped.
has() {
	command -v "$1" >/dev/null && return
	skip "there is no $1"
	return 1
}

debug() {
	guarded alice gdb -nx -batch "$@"
}

# --- denied -----------------------------------------------------------------

for hold in 'let go' held; do
	setting deny "$hold"

	it "gdb and strace are refused by default, and run nothing ($hold)"
	has gdb && has strace && {
		debug -ex run --args /bin/sh -c 'echo ran >/home/alice/ran'
		expect_stderr 'ptrace: Operation not permitted'
		guarded alice strace -o /dev/null /bin/sh -c \
		    'echo ran >/home/alice/ran'
		expect_status 1
		expect_stderr 'Operation not permitted'
		expect_missing /home/alice/ran
	}

	it "what does not trace needs no leave: valgrind, perf ($hold)"
	has valgrind && {
		guarded alice valgrind -q "$TRUSTED/threads"
		expect_status 0
		expect_stdout 'sum 4'
	}
done

# --- permitted --------------------------------------------------------------

for hold in 'let go' held; do
	setting allow "$hold"

	it "gdb runs a program with threads, and stops in each ($hold)"
	has gdb && {
		debug -ex 'break worker' -ex run -ex c -ex c -ex c -ex c \
		    "$TRUSTED/threads"
		expect_stdout_has 'sum 4'
		expect '4 stops' [ "$(grep -c 'hit Breakpoint' \
		    "$stdout_file")" = 4 ]
		expect_stdout_has 'exited normally'
	}

	it "gdb follows a fork, and an exec behind it ($hold)"
	has gdb && {
		debug -ex 'set follow-fork-mode child' -ex run --args /bin/sh \
		    -c '/bin/echo child ran; :'
		expect_stdout_has 'child ran'
		expect_stdout_has 'exited normally'
	}

	it "gdb attaches to a process that runs, and leaves it ($hold)"
	has gdb && {
		guarded alice /bin/sh -c 'sleep 60 & p=$!
			gdb -nx -batch -p $p -ex "info proc"
			grep TracerPid: /proc/$p/status; kill $p; wait $p
			echo "end $?"'
		expect_stdout_has "exe = '/usr/bin/sleep'"
		expect_stdout_has 'detached]'
		expect_stdout_has 'end 143'
		expect_stdout_has 'TracerPid:	0'
	} 2>/dev/null

	it "strace follows all that a shell starts ($hold)"
	has strace && {
		guarded alice strace -f -e trace=execve -o /home/alice/log \
		    /bin/sh -c '/bin/true & wait; (/bin/echo hi); exit 3'
		expect_status 3
		expect_stdout hi
		expect '3 execs' [ "$(grep -c 'execve(.*= 0$' \
		    /home/alice/log)" = 3 ]
	}

	it "ltrace, valgrind and perf do what they do elsewhere ($hold)"
	has ltrace && {
		guarded alice ltrace -e puts+printf -o /home/alice/log \
		    "$TRUSTED/threads"
		expect_status 0
		expect_stdout 'sum 4'
	}
	has valgrind && {
		guarded alice valgrind -q "$TRUSTED/threads"
		expect_status 0
		expect_stdout 'sum 4'
	}

	it "LeakSanitizer stops its own process and finds the leak ($hold)"
	if [ -x "$TRUSTED/leak" ]; then
		guarded alice env ASAN_OPTIONS=detect_leaks=1 "$TRUSTED/leak"
		expect_stderr '100 byte(s) leaked in 1 allocation'
		expect_status 1
	else
		skip "$compiler has no AddressSanitizer"
	fi

	it "what policy refuses is refused under a debugger ($hold)"
	has strace && {
		give alice /home/alice/tool <<-'END'
			#!/bin/sh
			echo ran >/home/alice/ran
		END
		guarded alice strace -o /dev/null /home/alice/tool
		expect_stderr 'Permission denied'
		guarded alice strace -f -o /dev/null /bin/sh -c \
		    '/home/alice/tool; echo $?'
		expect_stdout 126
		expect_missing /home/alice/ran
		expect_events 2 '.event == "exec" and .action == "deny" and
		    .check == "tpe" and .path == "/home/alice/tool"'
	}
done

it "perf counts what a program does"
if perf stat -e task-clock /bin/true >/dev/null 2>&1; then
	guarded alice perf stat -e task-clock:u /bin/true
	expect_status 0
	expect_stderr task-clock
else
	skip 'there is no perf, or nothing that it can count'
fi

# In most virtual machines it has no counters to count with, and says so after
# it has traced a first program to try them.
it "rr records a program, or says of this machine what it says without a guard"
has rr && {
	run env _RR_TRACE_DIR="$T/rr" rr record -n /bin/true
	bare_status=$status
	said=$(grep -o 'Unable to open performance counter' "$stderr_file")
	guarded alice env _RR_TRACE_DIR=/home/alice rr record -n /bin/true
	expect_status "$bare_status"
	expect_stderr "$said"
}

it "gdb runs a program with threads where libraries are judged, too"
setting allow held 'libraries = true'
has gdb && {
	debug -ex 'break worker' -ex run -ex 'tbreak exit' -ex 'delete 1' -ex c \
	    -ex c "$TRUSTED/threads"
	expect_stdout_has 'sum 4'
}

it "a permissive policy is in nobody's way"
setting 'deny mode = permissive' held
has strace && {
	guarded alice strace -f -o /dev/null /bin/sh -c '/bin/echo hi'
	expect_status 0
	expect_stdout hi
}

# --- held again -------------------------------------------------------------

setting allow held
# shellcheck disable=SC2016 # expanded there
again='mkfifo "$HOME/go"
    sh -c "read line; exec /bin/sh -c \"kill -SEGV \\\$\\\$\"" <"$HOME/go" &
    p=$!
    exec 3>"$HOME/go"
    grep -q "TracerPid:.0" /proc/$p/status && echo free || echo held
    gdb -nx -batch -p $p -ex detach >/dev/null 2>&1
    grep -q "TracerPid:.0" /proc/$p/status && echo free || echo held
    echo >&3
    wait $p
    echo $?'

it "a process that was debugged is held again at its next exec"
has gdb && {
	guarded alice env HOME=/home/alice /bin/sh -c "$again"
	expect_stdout "$(printf '%s\n' held free 139)"
	expect_events 1 '.event == "crash" and .signal == 11'
}

it "a crash under a debugger is the debugger's, and not counted"
has gdb && {
	forget_events
	debug -ex run -ex c --args /bin/sh -c 'kill -SEGV $$'
	expect_stdout_has 'terminated with signal SIGSEGV'
	expect_no_event '.event == "crash"'
}

# --- sudo -------------------------------------------------------------------

cp /bin/echo "$TRUSTED/denied"
pam_line sudo

# sudoers WORDS: with them in a Defaults line.
sudoers() {
	cat >/etc/sudoers <<-END
		Defaults !lecture, !requiretty, $1
		Defaults secure_path = /usr/sbin:/usr/bin:/sbin:/bin
		Defaults logfile = $T/sudo.log
		root ALL = (ALL:ALL) ALL
		alice ALL = (ALL:ALL) NOPASSWD: ALL, !$TRUSTED/denied
	END
	rm -f "$T/sudo.log"
}

sudo_logged() {
	tr -d '\n' <"$T/sudo.log" | tr -s ' ' | grep -qF "COMMAND=$1"
}

subcommands="$TRUSTED/denied ran; /usr/bin/id -u; exit 4"
start_sshd

for hold in 'let go' held; do
	setting deny "$hold"
	for user in root bob; do
		it "sudo intercepts what its command starts: $user ($hold)"
		sudoers 'intercept, intercept_type = dso'
		login alice "sudo -u $user sh -c '$subcommands'"
		expect_status 4
		expect_stdout "$(id -u $user)"
		expect_stderr "not allowed to execute '$TRUSTED/denied ran'"
		expect 'a line for id' sudo_logged '/usr/bin/id -u'

		it "sudo logs what its command starts: $user ($hold)"
		sudoers 'log_subcmds, intercept_type = dso'
		login alice "sudo -u $user sh -c '$subcommands'"
		expect_status 4
		expect 'a line for denied' sudo_logged "$TRUSTED/denied ran"
		expect 'a line for id' sudo_logged '/usr/bin/id -u'
	done

	# Its own filter's traces would never be heard.
	it "sudo that cannot intercept by ptrace runs nothing ($hold)"
	sudoers 'intercept, intercept_type = trace'
	rm -f /home/alice/ran
	login alice "sudo sh -c 'echo ran >/home/alice/ran'"
	expect_stderr 'ptrace(PTRACE_SEIZE'
	expect_missing /home/alice/ran

	it "root's own debugger attaches, and leaves, under either setting ($hold)"
	has gdb && {
		sudoers setenv
		login alice 'sleep 60 & p=$!
			sudo -n gdb -nx -batch -p $p -ex "info proc"
			grep TracerPid: /proc/$p/status; kill $p'
		expect_stdout_has "exe = '/usr/bin/sleep'"
		expect_stdout_has 'detached]'
		expect_stdout_has 'TracerPid:	0'
	}
done

# --- another user's ---------------------------------------------------------

it "another user's process stays held, whatever the debugger's policy says"
setting allow held
sudoers setenv
has gdb && {
	login alice 'mkfifo go; sudo -n -u bob sh -c "exec sleep 61" <go & exec 3>go
		until p=$(pgrep -u bob -x sleep); do :; done
		gdb -nx -batch -p $p -ex "info proc"
		grep -q "TracerPid:.0" /proc/$p/status && echo free || echo held
		sudo -n kill $p'
	expect_stderr 'Operation not permitted'
	expect_stdout_has held
}

# --- the end of a session ---------------------------------------------------

it "who traces and is traced is ended with the session"
policy "policy \"lab\" { users = {\"alice\"} debuggers = allow on_logout = kill
    tpe { roots = {\"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\"} } }"
install -m 0755 "$B/tests/escape/debugger" "$TRUSTED/debugger"
login alice "$TRUSTED/debugger mutual"
expect_stdout 'done'
expect 'no guard' guards_gone

done_testing
