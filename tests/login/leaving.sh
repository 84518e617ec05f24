#!/bin/sh
# X2: programs that change who or where one is do not lead out of the session,
# and what opens another session is guarded by that one's policy.  (su and sudo:
# selection.sh and nested.sh.)

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

MARK=/home/alice/mark
FORBIDDEN=/home/alice/forbidden
copy alice "$B/tests/escape/forbidden" $FORBIDDEN
try="ESCAPE_MARK=$MARK $FORBIDDEN; echo status \$?"

tpe() {
	policy "policy \"students\" {
		users = { \"alice\" }
		${1:-}
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
	}"
}

# refused N: N times in the sessions of alice.
expect_refused() {
	expect_missing "$MARK"
	expect_events "$1" '.event == "exec"'
	expect_events "$1" ".event == \"exec\" and .action == \"deny\" and
	    .check == \"tpe\" and .user == \"alice\" and
	    .path == \"$FORBIDDEN\""
}

has() {
	command -v "$1" >/dev/null && return
	skip "no $1 here"
	return 1
}

tpe
start_sshd
it "X2: without a guard it runs"
no_pam_line execguard-sshd
login alice "$try"
expect_stdout 'status 0'
expect_exists "$MARK"
rm -f "$MARK"
pam_line execguard-sshd

for hold in '' 'segvguard { maxcrashes = 5 }'; do
	held=${hold:+ (held)}
	tpe "$hold"

	it "X2: newgrp has no session of its own, and stays in this one$held"
	if has newgrp; then
		forget_events
		login alice "echo 'id -gn; $try' | newgrp students"
		expect_stdout_has 'students
status 126'
		expect_events 1 '.event == "session" and .state == "open"'
		expect_refused 1
	fi

	it "X2: sg as well$held"
	if has sg; then
		forget_events
		login alice "sg students -c 'id -gn; $try'"
		expect_stdout_has 'students
status 126'
		expect_refused 1
	fi

	it "X2: setsid, nohup and a shell that calls itself a login's$held"
	forget_events
	login alice "setsid -w sh -c '$try'; nohup sh -c '$try' 2>/dev/null
		env -i sh -l -c '$try'"
	expect_stdout_has 'status 126'
	expect_refused 3
done

tpe
cp "$T/id" /home/alice/id
chown alice: /home/alice/id
chmod 0600 /home/alice/id
again="ssh -F none -i id -p $sshd_port -o BatchMode=yes -o LogLevel=ERROR \
	-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	alice@127.0.0.1"

it "X2: ssh to the same host is a session with a guard of its own"
forget_events
login alice "$again '$try'; $try"
expect_stdout 'status 126
status 126'
expect 'no guard' guards_gone
expect_events 2 '.event == "session" and .state == "open"'
expect_events 0 '.event == "session" and .state == "nested"'
expect_refused 2

it "X2: a documented limit: it is not, where the stack lacks the line"
no_pam_line execguard-sshd
forget_events
guarded alice sh -c "cd /home/alice && $again '$try'; $try"
expect_stdout 'status 0
status 126'
expect_exists "$MARK"
rm -f "$MARK"
expect_events 1 '.event == "exec"'

done_testing
