#!/bin/sh
# What each action does to who asked, to the session and to the log.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

action() {
	rm -f /home/alice/ran
	forget_events
	policy 'policy "students" {
		groups = {"students"}
		tpe { action = '"$1"' roots = {"/usr"} }
	}'
}

try='/home/alice/touch /home/alice/ran; echo status $?'

expect_logged() {
	expect_missing /home/alice/ran
	expect_events 1 '.event == "exec" and .action == "'"$1"'"
		and .path == "/home/alice/touch"'
}

# Root's program, in a trusted folder, whose loader is alice's own: ask finds
# nothing wrong with it, and the kernel loads what only confirm sees.  The
# new path has the length of the old one.
LOADER=/home/alice/ld.so
borrowed=$TRUSTED/borrowed

borrow_loader() {
	real=$(grep -aoE '/lib[a-z0-9]*/ld-[a-z]+[-_.a-z0-9]*' /usr/bin/touch |
	    head -n 1)
	fill=$(printf "%$((${#real} - ${#LOADER}))s" '' | tr ' ' /)
	copy alice "$real" "$LOADER"
	sed "s|$real|${LOADER%/*}$fill/${LOADER##*/}|" /usr/bin/touch |
	    give root "$borrowed"
}

confirm() {
	rm -f /home/alice/ran
	forget_events
	policy 'policy "students" {
		groups = {"students"}
		tpe { action = '"$1"' roots = {"/usr", "'"$TRUSTED"'"} }
	}'
}

try_borrowed="$borrowed /home/alice/ran; echo status \$?"

# One event, of the confirm phase, about the loader, and none of ask.
expect_confirmed() {
	expect_events 1 '.event == "exec"'
	expect_events 1 '.event == "exec" and .action == "'"$1"'"
		and .role == "loader" and .phase == "confirm"
		and .check == "tpe" and .reason == "outside-roots"
		and .path == "'"$LOADER"'" and .asked == "'"$borrowed"'"'
}

# The frozen tracee, as the event names it.
frozen() {
	jq -r 'select(.phase == "confirm") | .pid' <"$EVENTS"
}

is_frozen() {
	grep -q '^State:.t (tracing stop)' "/proc/$1/status"
}

copy alice /usr/bin/touch /home/alice/touch
borrow_loader
action deny
start_sshd

# --- ask -------------------------------------------------------------------

it "allows without a word by allow"
action allow
login alice "$try"
expect_stdout 'status 0'
expect_exists /home/alice/ran
expect_no_event '.event == "exec"'

it "allows and logs by warn"
action warn
login alice "$try"
expect_stdout 'status 0'
expect_exists /home/alice/ran
expect_events 1 '.event == "exec" and .action == "warn"
	and .path == "/home/alice/touch"'

it "denies without a word by filter"
action filter
login alice "$try"
expect_stdout 'status 126'
expect_missing /home/alice/ran
expect_no_event '.event == "exec"'

it "denies and logs by deny"
action deny
login alice "$try"
expect_stdout 'status 126'
expect_logged deny

it "stops who asked by stop, until he is continued, and denies"
action stop
login alice "sh -c 'echo \$\$ >pid; exec ./touch ran' &
	until [ -s pid ] && ps -o stat= -p \$(cat pid) | grep -q '^[Tt]'; do
		:
	done
	kill -CONT \$!; wait \$!; echo status \$?"
expect_stdout 'status 126'
expect_logged stop

it "ends who asked with SIGABRT by abort"
action abort
login alice "$try"
expect_stdout 'status 134'
expect_logged abort

it "ends who asked with SIGKILL by kill"
action kill
login alice "$try"
expect_stdout 'status 137'
expect_logged kill

it "ends the whole session by exit"
action exit
login alice "$try"
expect 'a broken session' test "$status" != 0
expect_stdout ''
expect_logged exit
expect 'no guard' guards_gone

it "ends no other session by exit"
open_session alice sh
say 'echo started'
expect 'a shell' heard started
login alice "$try"
expect_stdout ''
say 'echo still here'
expect 'the other session' heard 'still here'
close_session
expect 'no guard' guards_gone

# --- confirm ---------------------------------------------------------------

it "lets the borrowed loader work where there is no guard"
run setpriv --reuid alice --regid alice --init-groups \
    "$borrowed" /home/alice/ran
expect_status 0
expect_exists /home/alice/ran

it "allows without a word by allow, at confirm"
confirm allow
login alice "$try_borrowed"
expect_stdout 'status 0'
expect_exists /home/alice/ran
expect_no_event '.event == "exec"'

it "allows and logs by warn, at confirm"
confirm warn
login alice "$try_borrowed"
expect_stdout 'status 0'
expect_exists /home/alice/ran
expect_confirmed warn

it "kills without a word by filter, at confirm"
confirm filter
login alice "$try_borrowed"
expect_stdout 'status 137'
expect_missing /home/alice/ran
expect_no_event '.event == "exec"'

for word in deny abort kill; do
	it "kills and logs by $word, at confirm"
	confirm $word
	login alice "$try_borrowed"
	expect_stdout 'status 137'
	expect_missing /home/alice/ran
	expect_confirmed $word
done

it "ends the whole session by exit, at confirm"
confirm exit
login alice "$try_borrowed"
expect 'a broken session' test "$status" != 0
expect_stdout ''
expect_missing /home/alice/ran
expect_confirmed exit
expect 'no guard' guards_gone

it "keeps the tracee in its stop for the administrator by stop, at confirm"
confirm stop
open_session alice sh
say 'echo started'
expect 'a shell' heard started
say "$try_borrowed"
expect_event '.event == "exec" and .action == "stop"'
pid=$(frozen)
expect 'a tracing stop' is_frozen "$pid"
expect 'the image that was not let run' \
    test "/proc/$pid/exe" -ef "$borrowed"
expect 'its tracer, the guard' \
    grep -q "^TracerPid:.$(guards)\$" "/proc/$pid/status"
expect_missing /home/alice/ran

it "leaves it there whatever its user sends, but SIGKILL"
run setpriv --reuid alice --regid alice --init-groups \
    sh -c "kill -CONT $pid && kill -TERM $pid && kill -HUP $pid"
expect_status 0
expect 'a tracing stop' is_frozen "$pid"
expect_missing /home/alice/ran

it "goes on with the session when the administrator ends the tracee"
kill -KILL "$pid"
expect 'its end' heard 'status 137'
close_session
expect_missing /home/alice/ran
expect_confirmed stop
expect 'no guard' guards_gone

done_testing
