#!/bin/sh
# X4: sshd restarted from a guarded shell, then a login over the new one: it
# is judged by its own policy, with the guard that is there already.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy 'policy "hers" { users = {"alice"}
	exec { default = allow deny = {"/usr/bin/id"} } }
policy "his" { users = {"bob"}
	exec { default = allow deny = {"/usr/bin/whoami"} } }
policy "admins" { users = {"root"}
	exec { default = allow deny = {"/usr/bin/tty"} } }'
pam_line sudo
start_sshd
first_port=$sshd_port

# Write a configuration for a second sshd, with a port of its own.
second_sshd() {
	random_port
	second_port=$sshd_port
	sshd_options second >"$T/second_config"
	sshd_port=$first_port
}

second_answers() {
	[ -s "$T/second.pid" ] && kill -0 "$(cat "$T/second.pid")"
}

stop_second() {
	expect 'a second sshd' second_answers
	kill "$(cat "$T/second.pid")"
	rm -f "$T/second.pid"
	sshd_port=$first_port
}

for how in "alice sudo" "root "; do
	user=${how%% *} by=${how#* }
	second_sshd

	it "starts sshd from a guarded shell of $user"
	login "$user" "$by $SSHD -f $T/second_config -E $T/second.log"
	expect_status 0
	expect 'a second sshd' wait_until 5 second_answers
	expect 'one guard' test "$(guards | wc -l)" = 1

	it "judges a new login over it by its own policy"
	forget_events
	sshd_port=$second_port
	login bob 'id -un; whoami; echo $?'
	expect_stdout 'bob
126'
	expect_event '.action == "deny" and .path == "/usr/bin/whoami"
		and .policy == "his"'

	it "judges two logins at once each by its own"
	open_session bob sh
	say 'echo started'
	expect 'a session of bob' heard started
	login alice 'whoami; id; echo $?'
	expect_stdout 'alice
126'
	say 'whoami; echo bob $?'
	expect 'a refusal by his' heard 'bob 126'
	close_session

	it "ends that guard when its last process is gone"
	stop_second
	expect 'no guard' guards_gone
done

it "judges root's own session by the policy that names him"
login root 'id -un; tty; echo $?'
expect_stdout 'root
126'

done_testing
