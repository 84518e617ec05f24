#!/bin/sh
# X4: sshd restarted from a guarded shell, then a login over the new one: it
# is judged by its own policy, with the guard that is there already; and what
# such an sshd cannot do.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

has_ended() {
	[ -s "$1" ] && [ ! -e "/proc/$(cat "$1")/exe" ]
}

# A job of alice's that says who it is, and outlives what started it.
job="setsid nohup sh -c 'echo \$\$ >/home/alice/job; read go </home/alice/gate' \
	</dev/null >/dev/null 2>&1 & until [ -s /home/alice/job ]; do :; done"
mkfifo /home/alice/gate
chown alice: /home/alice/gate

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
	session=
	sshd_port=$first_port
}

# start_second USER HOW: from a guarded shell of USER, who becomes root by HOW.
start_second() {
	second_sshd
	login "$1" "$2 $SSHD -f $T/second_config -E $T/second.log"
	expect_status 0
	expect 'a second sshd' wait_until 20 second_answers
	session=$(cat "$T/second.pid")
	sshd_port=$second_port
}

for how in "alice sudo" "root "; do
	user=${how%% *} by=${how#* }

	it "starts sshd from a guarded shell of $user"
	start_second "$user" "$by"
	expect 'one guard' test "$(guards | wc -l)" = 1

	it "judges a new login over it by its own policy"
	forget_events
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

# --- what a logout ends -------------------------------------------------------

policy 'policy "hers" { users = {"alice"} on_logout = kill
	exec { default = allow deny = {"/usr/bin/id"} } }
policy "his" { users = {"bob"} on_logout = kill
	exec { default = allow deny = {"/usr/bin/whoami"} } }'

it "goes on serving when its login has ended with on_logout = kill"
start_second alice sudo
login bob 'id -un; whoami; echo $?'
expect_stdout 'bob
126'

it "is a documented limit: whose login it was not, that one's jobs stay"
login alice "$job"
expect_status 0
expect 'a job' test -e "/proc/$(cat /home/alice/job)/exe"
run sh -c 'echo go >/home/alice/gate'
expect 'no job' wait_until 20 has_ended /home/alice/job
stop_second
expect 'no guard' guards_gone

it "spares at logout who came over it, but for the one who logs out"
rm -f /home/alice/job
sshd_port=$first_port
second_sshd
open_session alice sh
say "sudo $SSHD -f $T/second_config -E $T/second.log; echo started"
expect 'a second sshd' wait_until 20 second_answers
sshd_port=$second_port
login alice "$job"
mkfifo "$T/bobs.gate"
ssh -F "$T/ssh_config" -p "$second_port" bob@127.0.0.1 \
    'echo here; read go; whoami; echo $?' <"$T/bobs.gate" >"$T/bobs" 2>&1 &
bobs=$!
exec 7>"$T/bobs.gate"
expect 'a session of bob' wait_until 20 grep -q here "$T/bobs"
close_session
expect "no job of alice's" wait_until 20 has_ended /home/alice/job
echo go >&7
exec 7>&-
wait $bobs
# dash says its sentence in pieces, and ssh may put the status between them.
expect 'a refusal by his' grep -q 126 "$T/bobs"
stop_second
expect 'no guard' guards_gone

# --- what action = exit ends --------------------------------------------------

it "ends by exit whose policy says so, and nobody who came over it besides"
rm -f /home/alice/job
policy 'policy "hers" { users = {"alice"}
	exec { default = allow deny = {"/usr/bin/id"} } }
policy "his" { users = {"bob"}
	exec { action = exit default = allow deny = {"/usr/bin/whoami"} } }'
start_second alice sudo
login alice "$job"
expect_status 0
login bob 'whoami; touch /home/bob/ran'
expect 'a broken session' test "$status" != 0
expect_missing /home/bob/ran
expect "a job of alice's" test -e "/proc/$(cat /home/alice/job)/exe"
login alice 'whoami; id; echo $?'
expect_stdout 'alice
126'
run sh -c 'echo go >/home/alice/gate'
expect 'no job' wait_until 20 has_ended /home/alice/job
stop_second
expect 'no guard' guards_gone

# --- what it does not hear of -------------------------------------------------

it "judges by the policies that were there when its first login began"
policy 'policy "hers" { users = {"alice"} tpe { roots = {"/usr"} } }
policy "his" { users = {"bob"}
	exec { default = allow deny = {"/usr/bin/whoami"} } }'
start_second alice sudo
policy 'policy "his" { users = {"bob"}
	exec { default = allow deny = {"/usr/bin/uptime"} } }'
login bob 'whoami; echo $?'
expect_stdout 126

it "while every other sshd hears of a new one"
sshd_port=$first_port
login bob 'whoami; uptime; echo $?'
expect_stdout 'bob
126'
stop_second
expect 'no guard' guards_gone

it "counts crashes over all logins by it"
policy 'policy "hers" { users = {"alice"} tpe { roots = {"/usr"} } }
policy "his" { users = {"bob"} segvguard { maxcrashes = 2 } }'
install -m 0755 /bin/sh "$TRUSTED/sh"
start_second alice sudo
for answer in 139 139 126; do
	login bob "$TRUSTED/sh -c 'kill -SEGV \$\$'; echo \$?"
	expect_stdout_has $answer
done
stop_second
expect 'no guard' guards_gone

it "judges nobody for whom there is no policy"
policy 'policy "hers" { users = {"alice"}
	exec { default = deny allow = {"/bin/*", "/usr/bin/sudo", "/usr/bin/*sh",
		"'"$(readlink -f "$SSHD")"'"} } }'
start_second alice sudo
forget_events
login bob 'whoami; tty; echo $?'
expect_stdout 'bob
not a tty
1'
expect_no_event '.event == "exec"'
stop_second

it "refuses who needs more of the filter than it has, and says so"
policy 'policy "hers" { users = {"alice"}
	exec { default = allow deny = {"/usr/bin/id"} } }
policy "his" { users = {"bob"}
	tpe { roots = {"/usr", "/bin", "/lib"} libraries = true } }'
start_second alice sudo
login bob 'echo >/home/bob/ran'
expect_status 254
expect_stdout_has "which the filter of this session, made for 'alice', has not"
expect_missing /home/bob/ran
sshd_port=$first_port
login bob 'whoami'
expect_stdout bob
stop_second
expect 'no guard' guards_gone

# --- when the guard is killed -------------------------------------------------

it "lets nobody in when that guard was killed, not even root"
start_second alice sudo
kill -KILL "$(guards)"
expect 'no guard' guards_gone
for user in root alice bob; do
	login $user "echo >/home/$user/ran"
	# Since 9.8 sshd cannot even begin: it execs for each connection.
	if [ "$status" = 255 ]; then
		expect_stdout ''
	else
		expect_status 254
		expect_stdout_has \
		    "the session of '$user' is refused: the guard of this"
	fi
	expect_missing /home/$user/ran
done

it "dies with that guard where root is held"
stop_second
policy 'policy "admins" { users = {"root"} segvguard { } }'
sshd_port=$first_port
start_second root ''
second=$(cat "$T/second.pid")
expect 'an sshd that is held' grep -q "^TracerPid:.$(guards)\$" \
    "/proc/$second/status"
kill -KILL "$(guards)"
expect 'no sshd' wait_until 20 test ! -e "/proc/$second"
session=

it "is no matter for an sshd that was started from outside"
sshd_port=$first_port
for user in root alice bob; do
	login $user whoami
	expect_stdout $user
done
expect 'no guard' guards_gone

done_testing
