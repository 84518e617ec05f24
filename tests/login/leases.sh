#!/bin/sh
# An exec that waits for a lease of the user's stops the guard of its session
# for a moment only: other programs start, and the logout is heard.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

LEASE=$TRUSTED/lease
install -m 0755 "$B/tests/escape/lease" "$LEASE"

HELD=9   # s, longer than the goodbye of a logout waits
A_FEW=5 # s
JOB_PID=/home/alice/pid

students() {
	policy "policy \"students\" {
		groups = {\"students\"}
		on_logout = kill
		tpe { roots = {\"/usr\", \"$TRUSTED\"} }
		$1
	}"
}

longest() {
	sed -n 's/^the longest exec took \([0-9]*\) ms$/\1/p' "$stdout_file"
}

job_is_there() {
	[ -s $JOB_PID ] && kill -0 "$(cat $JOB_PID)" 2>/dev/null
}

job_is_gone() {
	[ -s $JOB_PID ] && ! kill -0 "$(cat $JOB_PID)" 2>/dev/null
}

expect_measure() {
	expect_status 0
	expect 'a measure' [ -n "$(longest)" ]
	echo "# $(cat "$stdout_file")"
	expect "less than $A_FEW s" [ "$(longest)" -lt $((A_FEW * 1000)) ]
}

it "without a guard no other process waits"
run setpriv --reuid alice --regid alice --init-groups -- \
    "$LEASE" /home/alice $HELD
expect_measure

start_sshd
for hold in '' 'segvguard { }'; do
	by=${hold:+" (held)"}
	students "$hold"

	it "an exec that waits for a lease stops another one for a moment \
only$by"
	guarded alice "$LEASE" /home/alice $HELD
	expect_measure
	expect 'no guard' guards_gone

	it "on_logout = kill ends a job all the same$by"
	rm -f $JOB_PID
	began=$(date +%s)
	login alice "setsid nohup sh -c 'echo \$\$ >$JOB_PID
		exec tail -f /dev/null' </dev/null >/dev/null 2>&1 &
		until [ -s $JOB_PID ]; do :; done
		$LEASE /home/alice $HELD leave </dev/null >/dev/null 2>&1"
	expect_status 0
	expect 'its end' wait_until $((HELD + 3)) job_is_gone
	echo "# gone $(($(date +%s) - began)) s after the login"
	! job_is_there || kill -KILL "$(cat $JOB_PID)"
	expect 'no guard' wait_until $((HELD + 3)) no_guard
done

done_testing
