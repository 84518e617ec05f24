#!/bin/sh
# tpe.libraries at a login: what a user sees, and what goes on working.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

# judged [TPE [POLICY]]: with these words in the section, and in the policy.
judged() {
	policy "policy \"students\" {
		groups = {\"students\"}
		tpe {
			roots = {\"/usr\", \"$TRUSTED\"}
			libraries = true
			${1:-}
		}
		${2:-}
		message = \"Ask help@example.edu\"
	}"
}

install -m 0755 "$B/tests/escape/library" "$TRUSTED/library"
"$TRUSTED/library" make "$TRUSTED/code"
MODULE_FILE=/home/alice/lib/evil.so
MARK=/home/alice/mark
cat >"$T/evil.c" <<END
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void
leave_mark(void)
{
	(void)close(open("$MARK", O_CREAT | O_WRONLY, 0644));
}
END
mkdir -m 0755 /home/alice/lib
cc -shared -fPIC -o "$MODULE_FILE" "$T/evil.c"
chown -R alice: /home/alice
judged
start_sshd

# python WORDS: alice's python runs them.
python() {
	rm -f "$MARK"
	forget_events
	login alice "/usr/bin/python3 -c '$1'"
}

# --- what is refused ---------------------------------------------------------

import='import sys; sys.path.insert(0, "/home/alice/lib"); import evil'
load='import ctypes; ctypes.CDLL("/home/alice/lib/evil.so")'

it "refuses the import of a user's library with an ordinary error"
python "$import"
expect_status 1
expect_stderr 'ImportError: '
expect_stderr 'failed to map segment from shared object'
expect_missing "$MARK"
expect_event ".event == \"exec\" and .action == \"deny\" and
    .role == \"library\" and .path == \"$MODULE_FILE\" and
    .phase == \"ask\" and .check == \"tpe\" and
    .reason == \"outside-roots\" and .user == \"alice\" and
    .node == \"$MODULE_FILE\" and .policy == \"students\""

it "tells once what a program tries again and again"
python 'import ctypes
for i in range(300):
    try: ctypes.CDLL("/home/alice/lib/evil.so")
    except OSError: pass'
expect_status 0
expect_missing "$MARK"
expect_event '.role == "library"'
expect 'not more than a few events' \
    [ "$(count_events '.role == "library"')" -le 3 ]

it "says on the terminal that it was a library"
open_session alice -tt
say 'PS1=; stty -echo; echo rea""dy'
expect 'a shell' heard ready
say "LD_PRELOAD=$MODULE_FILE /usr/bin/true; echo status \$?"
expect 'a program that runs without it' heard 'status 0'
expect 'a line' heard "execguard: the library $MODULE_FILE was refused: \
it lies below no trusted root (tpe, policy \"students\"). Ask help@example.edu"
say exit
close_session
expect_missing "$MARK"

# --- what goes on working ------------------------------------------------------

# works WHAT FILE WORDS OUT: FILE, if there is one, runs and prints OUT.
works() {
	[ -x "$2" ] || return 0
	it "$1 works"
	forget_events
	login alice "$3"
	expect_status 0
	expect_stdout_has "$4"
	expect 'nothing refused' [ "$(count_events '.event == "exec"')" = 0 ]
}

works "PCRE's JIT" /usr/bin/grep 'echo aaab | /usr/bin/grep -P "a+b"' aaab
works "a closure of libffi" /usr/bin/python3 "/usr/bin/python3 -c '
import ctypes
print(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)(41))'" 42
works "an extension that comes late, among threads" /usr/bin/python3 \
    "/usr/bin/python3 -c '
import threading
stop = threading.Event()
some = [threading.Thread(target=stop.wait) for i in range(8)]
for one in some: one.start()
import _ssl, _decimal, _ctypes
stop.set()
print(\"done\")'" 'done'
works perl /usr/bin/perl "/usr/bin/perl -MPOSIX -e 'print POSIX::floor(4.2)'" 4
works git /usr/bin/git '/usr/bin/git --version' version
works "the other end of ssh" /usr/bin/ssh-keygen \
    'ssh-keygen -q -t ed25519 -N "" -f key && ls key.pub' key.pub
works sudo /usr/bin/sudo 'sudo -n id -un' root
works luajit /usr/bin/luajit \
    'luajit -e "local s = 0; for i = 1, 1e7 do s = s + i end; print(s / 1e6)"' \
    50000005

works node /usr/bin/node "/usr/bin/node -e '
let s = 0; for (let i = 0; i < 1e7; i++) s += i; console.log(s)'" 49999995000000
works java /usr/bin/java '/usr/bin/java -version 2>&1' Runtime

# A trampoline is code on the stack: not a file's.
it "a nested function of gcc works"
cat >"$T/nested.c" <<'END'
#include <stdio.h>

static int twice(int (*f)(int), int x) { return f(f(x)); }

int
main(int argc, char **argv)
{
	int add(int x) { return x + argc; }

	(void)argv;
	printf("%d\n", twice(add, 40));
	return 0;
}
END
if cc -w -o "$TRUSTED/nested" "$T/nested.c" 2>/dev/null; then
	login alice "$TRUSTED/nested"
	expect_stdout 42
else
	skip 'this compiler has no nested functions'
fi

# --- policies --------------------------------------------------------------------

preload="LD_PRELOAD=$MODULE_FILE /usr/bin/true"

judged 'own = true'
it "own = true: what the user compiled himself is trusted"
login alice "$preload"
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"

judged "except = {\"$MODULE_FILE\"}"
it "except names a library, too"
login alice "$preload"
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"

judged 'action = warn'
it "action = warn loads it and tells"
forget_events
login alice "$preload"
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"
expect_event '.role == "library" and .action == "warn"'

judged '' 'mode = permissive'
it "a permissive policy loads it and tells what it would have done"
forget_events
login alice "$preload
	ESCAPE_MARK=$MARK $TRUSTED/library personality $TRUSTED/code; true"
expect_exists "$MARK"
rm -f "$MARK"
expect_event '.role == "library" and .action == "warn" and .wanted == "deny"'
expect_event '.reason == "unjudged" and .action == "warn"'

judged 'action = kill'
it "action = kill ends who asks"
login alice "$preload; echo \$?"
expect_stdout 137
expect_missing "$MARK"

judged '' "exec { allow = {\"/usr/bin/*\"} }"
it "a library is no program: exec does not ask for it"
login alice /usr/bin/true
expect_status 0

policy "policy \"students\" {
	groups = {\"students\"}
	tpe { roots = {\"/usr\"} }
}"
it "without libraries nobody looks"
login alice "$preload"
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"

# --- sessions inside ---------------------------------------------------------------

pam_line su
# bobs LIBRARIES MODE: a policy for bob, whom alice becomes.
bobs() {
	policy "policy \"students\" {
		groups = {\"students\"}
		tpe { roots = {\"/usr\"}  libraries = $1 }
	}
	policy \"bobs\" {
		users = {\"bob\"}
		tpe { roots = {\"/usr\"}  libraries = $2 }
		mode = ${3:-enforce}
	}"
}

bobs false true
it "a guest who needs it is refused where the login's filter lacks it"
login alice 'sudo su bob -c "echo here"'
expect 'no success' [ "$status" != 0 ]
expect 'nothing run' sh -c "! grep -q here $stdout_file"

it "and may log in himself"
login bob "$preload"
expect_status 0
expect_missing "$MARK"

bobs false true permissive
it "one whose policy is permissive comes in"
login alice 'sudo su bob -c "echo here"'
expect_stdout here

bobs true false
it "a guest who does not need it is not asked about"
login alice "sudo su bob -c '$preload && echo here'"
expect_status 0
expect_stdout here

bobs true true
it "a guest who does has it"
login alice "sudo su bob -c '$preload && echo here'"
expect_status 0
expect_stdout here
expect_missing "$MARK"
expect_event '.role == "library" and .user == "bob"'

done_testing
