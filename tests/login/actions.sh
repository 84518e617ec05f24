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


copy alice /usr/bin/touch /home/alice/touch
action deny
start_sshd

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

done_testing
