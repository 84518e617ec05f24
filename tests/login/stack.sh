#!/bin/sh
# environment.secure holds on the smallest stack, where the words of the program
# leave no room before its end.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

install -m 0755 "$B/tests/escape/hardened" "$TRUSTED/"
policy "policy \"students\" {
	groups = {\"students\"}
	tpe { roots = {\"/usr\", \"$TRUSTED\"} }
	environment { secure = true }
}"
start_sshd

for kib in 8192 64 32 16; do
	it "sets AT_SECURE with a stack of $kib KiB"
	run setpriv --reuid alice --regid alice --init-groups -- \
	    prlimit --stack=$((kib * 1024)) "$TRUSTED/hardened"
	expect_stdout 'secure=0 vdso=shown securebits=0'
	forget_events
	login alice "prlimit --stack=$((kib * 1024)) $TRUSTED/hardened"
	expect_status 0
	expect_stdout 'secure=1 vdso=shown securebits=0'
	expect_no_event '.event == "exec"'
done

done_testing
