#!/bin/sh
# Job control over a terminal, in a session whose processes are held (by
# segvguard) and in one whose processes are let go.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

stop=$(printf '\032') interrupt=$(printf '\003') end=$(printf '\004')

# Start job $1, which says its pid: $pid.
start_job() {
	: >"$talk"
	say "$1"
	expect 'a job' heard begun
	pid=$(sed -n 's/.*begun \([0-9]*\).*/\1/p' "$talk")
}

state_of_job() {
	ps -o stat= -p "$pid"
}

# A stopped tracee is shown as t, any other as T; + is the foreground.
job_is_stopped() {
	state_of_job | grep -q '^[Tt]'
}

job_runs_behind() {
	state_of_job | grep '^[SR]' | grep -qv '+'
}

job_is_in_front() {
	state_of_job | grep '^[SR]' | grep -q '+'
}

job_is_gone() {
	! state_of_job | grep -q '^[^Z]'
}

heard_stop_of_cat() {
	wait_until 5 grep -qa 'Stopped .*cat' "$talk"
}

start_sshd

for guard in 'segvguard { }' 'tpe { roots = {"/usr"} }'; do
	policy 'policy "students" { groups = {"students"} '"$guard"' }'
	by=${guard%% *}

	it "gives the session a terminal ($by)"
	open_session alice -tt
	say 'stty -echo; PS1=; echo rea""dy; tty'
	expect 'a shell' heard ready
	expect 'a terminal' heard /dev/pts/

	it "stops a job by Ctrl-Z ($by)"
	start_job "sh -c 'echo begun \$\$; exec tail -f /dev/null'"
	expect 'it in front' wait_until 5 job_is_in_front
	press "$stop"
	expect 'it stopped' wait_until 5 job_is_stopped
	say 'jobs; echo shell'
	expect 'the shell' heard shell
	expect 'a stopped job' heard Stopped

	it "lets it go on behind by bg ($by)"
	say 'bg; echo after'
	expect 'the shell' heard after
	expect 'it behind' wait_until 5 job_runs_behind

	it "brings it to the front by fg, and ends it by Ctrl-C ($by)"
	say fg
	expect 'it in front' wait_until 5 job_is_in_front
	press "$interrupt"
	expect 'its end' wait_until 5 job_is_gone
	say 'echo status $?'
	expect 'status 130' heard 'status 130'

	it "stops, continues and ends a pipeline ($by)"
	say 'cat | cat'
	say one
	expect 'its output' heard one
	press "$stop" # what is typed before it has stopped, cat may read
	expect 'it stopped' heard_stop_of_cat
	say 'echo shell again'
	expect 'the shell' heard 'shell again'
	say fg
	say two
	expect 'its output' heard two
	press "$end"
	say 'echo pipe $?'
	expect 'status 0' heard 'pipe 0'

	it "stops a job behind that reads the terminal ($by)"
	start_job 'cat & echo begun $!'
	expect 'it stopped' wait_until 5 job_is_stopped
	say 'kill -TERM $!; kill -CONT $!'
	expect 'its end' wait_until 5 job_is_gone
	say 'echo shell still'
	expect 'the shell' heard 'shell still'

	it "passes the status of exit on ($by)"
	say 'exit 5'
	close_session
	expect_status 5
	expect 'no guard' guards_gone
done

done_testing
