#!/bin/sh
# X1: what still runs at logout stays guarded and holds nobody up.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

students() {
	policy 'policy "students" {
		groups = {"students"}
		'"$1"'
		tpe { roots = {"/usr"} }
	}'
}

# A job that waits for a word, then tries the forbidden program.
job='echo $$ >/home/alice/pid; read go </home/alice/gate
	/home/alice/touch /home/alice/ran; echo $? >/home/alice/status'
in_background="setsid nohup sh -c '$job' </dev/null >/dev/null 2>&1 &"

job_lives() {
	[ -s /home/alice/pid ] && kill -0 "$(cat /home/alice/pid)"
}

job_is_gone() {
	[ -s /home/alice/pid ] && ! kill -0 "$(cat /home/alice/pid)"
}

copy alice /usr/bin/touch /home/alice/touch
mkfifo /home/alice/gate
chown alice: /home/alice/gate

for guard in '' 'segvguard { }'; do
	with=${guard:+" under segvguard"}
	rm -f /home/alice/pid /home/alice/status
	students "$guard"
	[ -n "$sshd_pid" ] || start_sshd

	it "logs out at once while a background job runs$with"
	began=$(date +%s)
	login alice "$in_background"
	expect_status 0
	expect 'less than 5 s' test $(($(date +%s) - began)) -lt 5

	it "keeps the job and its guard after logout$with"
	expect 'a job' wait_until 5 job_lives
	expect 'one guard' test "$(guards | wc -l)" = 1

	it "still refuses that job the forbidden program$with"
	forget_events
	run sh -c 'echo go >/home/alice/gate'
	expect 'an answer' wait_until 5 test -s /home/alice/status
	expect 'status 126' test "$(cat /home/alice/status)" = 126
	expect_missing /home/alice/ran
	expect_event '.action == "deny" and .path == "/home/alice/touch"'

	it "ends the guard with the job$with"
	expect 'no job' wait_until 5 job_is_gone
	expect 'no guard' guards_gone
done

it "leaves a connection without a job no guard"
students ''
login alice true
expect_status 0
expect 'no guard' guards_gone

it "ends with the client while a program of the session runs"
open_session alice 'echo started; exec cat'
expect 'a session' heard started
expect 'one guard' test "$(guards | wc -l)" = 1
close_session
expect_status 0
expect 'no guard' guards_gone

it "outlives what ends the scope of a session"
open_session alice 'echo started; exec cat'
expect 'a session' heard started
for pid in $(guards); do
	kill -TERM "$pid"
	kill -HUP "$pid"
done
say again
expect 'an answer' heard again
expect 'one guard' test "$(guards | wc -l)" = 1
close_session
expect 'no guard' guards_gone

it "ends the job at logout with on_logout = kill"
rm -f /home/alice/pid
students 'on_logout = kill'
login alice "$in_background
	until [ -s /home/alice/pid ]; do :; done"
expect_status 0
expect 'no job' wait_until 5 job_is_gone
expect 'no guard' guards_gone
expect_missing /home/alice/ran

it "does not end a job of another session with on_logout = kill"
rm -f /home/alice/pid
open_session alice "sh -c 'echo \$\$ >/home/alice/pid; echo started; cat'"
expect 'a session' heard started
login alice true
expect_status 0
expect 'the job of the first' job_lives
close_session
expect 'no guard' guards_gone

done_testing
