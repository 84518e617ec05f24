#!/bin/sh
# A seccomp filter of the user's own beside the guard's: row S6.  Of the
# answers of two filters the kernel takes the one that seccomp(2) puts first:
# kill, trap, errno, ours (a listener's), trace, log, allow.

. "$(dirname "$0")/lib.sh"

# --- without a tracer ----------------------------------------------------------

for hold in let_go held; do
	$hold
	it "S6: no filter without no_new_privs ($hold)"
	guarded alice "$BIN/filters" naked
	expect_stdout 'prctl: EACCES
seccomp: EACCES'

	for action in allow log trace; do
		it "S6: a filter that answers execs with $action: the guard's \
answer comes before it ($hold)"
		fails "$BIN/filters" answer $action "$FORBIDDEN"
		expect_stdout refused

		# trace alone has no tracer, and is ENOSYS.
		rm -f "$MARK"
		forget_events
		guarded alice "$BIN/filters" answer $action "$BIN/forbidden"
		expect_stdout_has ESCAPED
		expect 'one mark' [ "$(marks)" = 1 ]
		expect_no_event '.event == "exec"'
		rm -f "$MARK"
	done

	for action in errno trap kill; do
		it "S6: a filter that answers execs with $action hurts its \
owner alone ($hold)"
		forget_events
		for program in "$FORBIDDEN" "$BIN/forbidden"; do
			guarded alice "$BIN/filters" answer $action "$program"
			expect_status 0
			if [ $action = errno ]; then
				expect_stdout 'exited 125'
				expect_stderr 'Invalid cross-device link'
			else
				expect_stdout 'killed by signal 31'
			fi
			expect_missing "$MARK"
		done
		expect_no_event '.event == "exec"'
	done
done

let_go
for action in allow log; do
	it "S6: without a guard a filter that answers with $action stops nobody"
	wins "$BIN/filters" answer $action "$FORBIDDEN"
done

it "S6: without a guard and without a tracer trace is ENOSYS"
bare alice "$BIN/filters" answer trace "$FORBIDDEN"
expect_stderr 'Function not implemented'
expect_missing "$MARK"

# In a user namespace no_new_privs is not needed.  Nor is there any other
# privilege to be had there.
HELPER=$TRUSTED/helper
install -m 4755 "$BIN/helper" "$HELPER"
it "S6: root of a user namespace needs no no_new_privs, and has no set-id \
program"
guarded alice unshare -Ur "$BIN/filters" naked
expect_stdout 'prctl: done
seccomp: done'
guarded alice "$HELPER" 1 "$ALLOWED"
expect_stdout_has '1 programs ran'
guarded alice unshare -U "$HELPER" 1 "$ALLOWED"
expect_stderr setresuid
expect_status 2

# --- with a tracer -------------------------------------------------------------

# own TRACE: an own tracer, which is the guard's to refuse.
for hold in let_go held; do
	$hold
	it "S6: an own filter with trace, and an own tracer ($hold)"
	wins "$BIN/filters" own "$FORBIDDEN"
	fails "$BIN/filters" own "$FORBIDDEN"
	expect_stdout 'suspend: EPERM
trace: EPERM
getppid: ENOSYS
refused'
done

# puppet PROGRAM: a session of alice that waits for go(alice) to get to it by
# getppid(2).
puppet() {
	rm -f "$MARK"
	forget_events
	session alice "$BIN/filters" puppet "$1" "$GO.alice"
	expect 'a session' printed 'pid '
	pid=$(sed -n 's/^pid //p' "$stdout_file")
}

# master WAY CMD...: a tracer from outside, run so, that says $said.
master() {
	way=$1
	shift
	: >"$T/master"
	timeout 20 "$@" "$BIN/filters" master "$way" "$pid" >"$T/master" 2>&1 \
	    6<&- 7<&- &
	master=$!
	expect 'a tracer' wait_until 10 grep -q . "$T/master"
	said=$(cat "$T/master")
}

by_alice='setpriv --reuid alice --regid alice --init-groups --'

# expect_said WORD: and then it is tried; its status is that of the session.
expect_said() {
	expect "'$1', and not '$said'" [ "$said" = "$1" ]
	go alice
	session_ends
	wait "$master" 2>/dev/null
}

let_go
for program in "$FORBIDDEN" "$BIN/forbidden"; do
	it "S6: a tracer outside makes an exec of another call: it is asked \
for, and refused ($(stat -c %U "$program")'s)"
	puppet "$program"
	# shellcheck disable=SC2086 # a command and its words
	master trace $by_alice
	expect_said held
	expect_status 126
	expect_stdout_has 'getppid: EACCES'
	expect_missing "$MARK"
	expect_event '.event == "exec" and .action == "deny" and
	    .phase == "ask" and .pid == '"$pid"
done
expect_event '.check == "guard" and .reason == "traced"'

it "S6: root's own tracer does the same: what may not run does not"
puppet "$FORBIDDEN"
master trace env
expect_said held
expect_status 126
expect_missing "$MARK"
expect_event '.event == "exec" and .check == "tpe" and .phase == "ask"'

it "S6: and what may run does"
puppet "$BIN/forbidden"
master trace env
expect_said held
expect_status 0
expect_exists "$MARK"
expect_no_event '.event == "exec"'

it "S6: no user takes a filter from anybody, from outside neither"
puppet "$FORBIDDEN"
# shellcheck disable=SC2086
master suspend $by_alice
expect_said EPERM
expect_status 126
expect_stdout_has 'getppid: ENOSYS'
expect_missing "$MARK"

# The kernel lets only a tracer suspend filters that has none itself.
install -m 4755 "$BIN/filters" "$TRUSTED/set-id"
it "S6: nor does root within a session, who has the filter himself"
puppet "$FORBIDDEN"
: >"$T/inside"
"$CTL" run -u alice -p /etc/execguard.d -- "$TRUSTED/set-id" master trace \
    "$pid" root >"$T/inside" 2>&1 </dev/null 6<&- 7<&- &
inside=$!
expect 'a tracer' wait_until 10 grep -q . "$T/inside"
expect 'held' grep -qx held "$T/inside"
go alice
session_ends
wait "$inside"
expect_status 126
expect_missing "$MARK"
puppet "$FORBIDDEN"
guarded alice "$TRUSTED/set-id" master suspend "$pid" root
expect_stdout EPERM
go alice
session_ends
expect_status 126
expect_missing "$MARK"

it "S6: a documented limit: root outside of the session can suspend its filter"
puppet "$FORBIDDEN"
master suspend env
if [ "$said" = EINVAL ]; then
	go alice
	session_ends
	skip 'no PTRACE_O_SUSPEND_SECCOMP in this kernel'
else
	expect_said held
	expect_status 0
	expect_exists "$MARK"
	expect_no_event '.event == "exec"'
	rm -f "$MARK"
fi

held
for way in trace suspend; do
	it "S6: where the guard holds a process there is no other tracer ($way)"
	puppet "$FORBIDDEN"
	master $way env
	expect_said EPERM
	expect_status 126
	expect_missing "$MARK"
	expect_event '.event == "exec" and .check == "tpe"'
done

done_testing
