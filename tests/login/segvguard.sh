#!/bin/sh
# A program that keeps crashing is suspended, in its own session.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

segvguard() {
	policy 'policy "students" {
		groups = {"students"}
		segvguard { '"$1"' }
	}'
}

# Five ways to run the victim, a shell under another name.
victim=$TRUSTED/victim
crash="$victim -c 'kill -SEGV \$\$'"
five='for i in 1 2 3 4 5; do '$crash'; done 2>/dev/null'
alive="$victim -c 'touch /home/alice/ran'"

cp /bin/sh "$victim"
segvguard 'maxcrashes = 5'
start_sshd

it "lets a program crash four times"
login alice "for i in 1 2 3 4; do $crash; done; $alive; echo \$?"
expect_stdout 0
expect_exists /home/alice/ran
expect_events 4 '.event == "crash" and .path == "'"$victim"'"
	and .signal == 11 and .uid == 61001'
rm -f /home/alice/ran

it "refuses it after the fifth crash"
forget_events
login alice "$five; $alive"
expect_status 126
expect_stderr 'Permission denied'
expect_missing /home/alice/ran
expect_events 5 '.event == "crash"'
expect_events 1 '.event == "suspended" and .path == "'"$victim"'"'
expect_event '.event == "exec" and .action == "deny"
	and .check == "segvguard" and .reason == "suspended"
	and .path == "'"$victim"'"'

it "refuses it under another name"
ln "$victim" "$victim.link"
login alice "$five; $victim.link -c 'touch /home/alice/ran'"
expect_status 126
expect_missing /home/alice/ran
rm "$victim.link"

it "leaves the session and other programs alone"
login alice "$five; echo still here"
expect_status 0
expect_stdout 'still here'

it "suspends in one session, not in the next"
login alice "$alive"
expect_status 0
expect_exists /home/alice/ran
rm -f /home/alice/ran

it "counts no death that is not a crash"
forget_events
login alice "for s in KILL TERM HUP INT PIPE ALRM USR1; do
	$victim -c \"kill -\$s \\\$\\\$\"; done 2>/dev/null
	$victim -c 'exit 139'; $alive; echo \$?"
expect_stdout 0
expect_no_event '.event == "crash"'

it "counts a child that crashes without an exec for its image"
rm -f /home/alice/ran
login alice "$victim -c 'for i in 1 2 3 4 5; do
	(sh -c \"kill -SEGV \\\$PPID\"; :); done' 2>/dev/null; $alive"
expect_status 126
expect_missing /home/alice/ran

it "tells the parent the signal, as always"
login alice "$crash; echo \$?"
expect_stdout_has 139

it "leaves running ones alone by default"
rm -f /home/alice/ran
mkfifo /home/alice/gate
chown alice: /home/alice/gate
login alice "$victim -c 'read go </home/alice/gate; exit 3' &
	$five; echo go >/home/alice/gate; wait \$!; echo \$?"
expect_stdout 3

it "ends running ones with kill_running"
segvguard 'maxcrashes = 5 kill_running = true'
login alice "$victim -c 'read go </home/alice/gate; exit 3' &
	$five; wait \$!; echo \$?"
expect_stdout_has 137

it "lets it run again when the suspension is over"
segvguard 'maxcrashes = 2 suspension = 1'
login alice "$crash; $crash; $alive; echo \$?
	timeout 10 sh -c 'until $victim -c true; do sleep 0.1; done'; echo \$?"
expect_stdout '126
0'

# That second is what is tested: there is no condition to wait for.
it "forgets crashes older than expiry"
segvguard 'maxcrashes = 2 expiry = 1'
login alice "$crash; sleep 1.2; $crash; $alive; echo \$?"
expect_stdout_has 0
expect_exists /home/alice/ran

it "suspends nothing that except names"
segvguard "maxcrashes = 2 except = {\"$victim\"}"
login alice "$five; $victim -c 'exit 4'"
expect_status 4

done_testing
