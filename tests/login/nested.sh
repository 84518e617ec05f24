#!/bin/sh
# A session inside the login's own (su, sudo) does not change what the login
# is: not how it ends, and not what its events say.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

students() {
	policy 'policy "students" {
		users = {"alice", "bob"}
		'"$1"'
		tpe { roots = {"/usr"} }
	}'
}

# waiting FILE: words for a shell that says who it is, and waits at the gate.
waiting() {
	echo "sh -c 'echo \$\$ >$1; read go <$1.gate'"
}

# waits USER FILE: make ready what waiting FILE needs.
waits() {
	rm -f "$2" "$2.gate"
	mkfifo "$2.gate"
	chown "$1:" "$2.gate"
}

# Not by kill -0: who is dead may wait for somebody to hear of it.
lives() {
	[ -s "$1" ] && [ -e "/proc/$(cat "$1")/exe" ]
}

is_gone() {
	[ -s "$1" ] && [ ! -e "/proc/$(cat "$1")/exe" ]
}

# Words for alice's shell: wait until somebody said who he is.
until_there() {
	echo "until [ -s $1 ]; do :; done"
}

JOB=/home/alice/job
INNER=/home/alice/inner
LATE=/home/bob/late

job="setsid nohup $(waiting $JOB) </dev/null >/dev/null 2>&1 &
	$(until_there $JOB)"
su_waits="su alice -c \"$(waiting $INNER | sed 's/\$/\\$/g')\" \
	</home/alice/password >/dev/null 2>&1 & su=\$!
	$(until_there $INNER)"
try='/home/alice/touch /home/alice/ran; echo status $?'

echo 'alice:swordfish' | chpasswd || exit 1
echo swordfish >/home/alice/password
chown alice: /home/alice/password
copy alice /usr/bin/touch /home/alice/touch
students 'on_logout = kill'
pam_line su
pam_line sudo
start_sshd

# begin SENTENCE
begin() {
	it "$1"
	waits alice $JOB
	waits alice $INNER
	forget_events
}

# How many sessions of $1 were opened inside of that of the login.
expect_nested() {
	expect_events "$2" ".event == \"session\" and .state == \"nested\" and
	    .login == \"alice\" and .user == \"$1\""
}

# --- on_logout = kill ---------------------------------------------------------

begin "ends a job at logout, though a su of the user's was killed before"
login alice "$job
	$su_waits
	kill -9 \$su && echo killed"
expect_status 0
expect_stdout killed
expect_nested alice 1
expect 'no job' wait_until 5 is_gone $JOB
expect 'nobody of the su' wait_until 5 is_gone $INNER
expect 'no guard' guards_gone

begin "ends a job at logout, though three of them were"
login alice "$job
	for n in 1 2 3; do
		rm -f $INNER
		$su_waits
		kill -9 \$su && echo killed
	done"
expect_status 0
expect_stdout 'killed
killed
killed'
expect_nested alice 3
expect 'no job' wait_until 5 is_gone $JOB
expect 'no guard' guards_gone

begin "ends a job at logout, and a su of the user's that still runs"
login alice "$job
	$su_waits
	echo logout"
expect_status 0
expect_stdout logout
expect_nested alice 1
expect 'no job' wait_until 5 is_gone $JOB
expect 'nobody of the su' wait_until 5 is_gone $INNER
expect 'no guard' guards_gone

begin "does not end a job when a su of the same user's ends"
login alice "$job
	su alice -c true </home/alice/password 2>/dev/null && echo ended
	kill -0 \$(cat $JOB) && echo job lives"
expect_status 0
expect_stdout 'ended
job lives'
expect_nested alice 1
expect 'no job after the logout' wait_until 5 is_gone $JOB
expect 'no guard' guards_gone

begin "leaves a user with a session of his own inside alone at logout"
waits bob $LATE
login alice "$job
	setsid nohup sudo -u bob $(waiting $LATE) </dev/null >/dev/null 2>&1 &
	$(until_there $LATE)"
expect_status 0
expect_nested bob 1
expect 'no job' wait_until 5 is_gone $JOB
expect "bob's process" lives $LATE
expect 'its guard' test "$(guards | wc -w)" = 1
run sh -c "echo go >$LATE.gate"
expect "no process of bob's" wait_until 5 is_gone $LATE
expect 'no guard' guards_gone

begin "keeps a job with on_logout = keep, though a su was killed"
students ''
login alice "$job
	$su_waits
	kill -9 \$su && echo killed"
expect_status 0
expect_stdout killed
expect 'a job' lives $JOB
expect 'its guard' test "$(guards | wc -w)" = 1
run sh -c "echo go >$JOB.gate; echo go >$INNER.gate"
expect 'no job' wait_until 5 is_gone $JOB
expect 'no guard' guards_gone

# --- what events say ----------------------------------------------------------

# from USER SERVICE TTY RHOST: one refusal, of who came from there.
expect_from() {
	expect_missing /home/alice/ran
	expect_events 1 ".event == \"exec\" and .action == \"deny\" and
	    .login == \"alice\" and .user == \"$1\" and .service == \"$2\" and
	    .tty == \"$3\" and .rhost == \"$4\""
}

begin "says where the login came from"
login alice "$try"
expect_stdout 'status 126'
expect_from alice execguard-sshd ssh 127.0.0.1

begin "says so inside a su of the same user's"
login alice "su alice -c '$try' </home/alice/password"
expect_stdout_has 'status 126'
expect_nested alice 1
expect_from alice execguard-sshd ssh 127.0.0.1

begin "says so after a su of the same user's, and a sudo"
login alice "su alice -c true </home/alice/password; sudo -u alice true; $try"
expect_stdout_has 'status 126'
expect_nested alice 2
expect_from alice execguard-sshd ssh 127.0.0.1

begin "says of another user inside how he came, and of the first still how she"
login alice "su bob -c '$try' </home/alice/password; $try"
expect_stdout_has 'status 126'
expect_nested bob 1
expect_events 1 '.event == "exec" and .user == "bob" and .login == "alice" and
    .service == "su"'
expect_from alice execguard-sshd ssh 127.0.0.1

done_testing
