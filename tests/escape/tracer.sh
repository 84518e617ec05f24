#!/bin/sh
# A process can have one tracer: whoever else wants to be it.

. "$(dirname "$0")/lib.sh"

# --- a user as tracer ------------------------------------------------------

for program in tracer tracer_32; do
	for way in traceme attach seize writev; do
		for hold in let_go held; do
			$hold
			it "nobody becomes a tracer: $program $way ($hold)"
			bare alice "$BIN/$program" $way
			expect_stdout 'done'
			guarded alice "$BIN/$program" $way
			expect_stdout EPERM
		done
	done
done

let_go
it "the kernel cuts odd upper bits off a pid, and the gate sees through them"
bare alice "$BIN/tracer" writev high
expect_stdout 'done'
guarded alice "$BIN/tracer" writev high
expect_stdout EPERM

for way in traceme attach seize; do
	it "odd upper bits make no tracer: $way"
	bare alice "$BIN/tracer" $way high
	expect_stdout ESRCH
	guarded alice "$BIN/tracer" $way high
	expect_stdout EPERM
done

install -m 4755 "$BIN/tracer" "$TRUSTED/set-id"
for hold in let_go held; do
	$hold
	it "a set-id program that its user runs is not root's tracer ($hold)"
	guarded alice "$TRUSTED/set-id" attach
	expect_stdout EPERM
done

let_go
for way in attach seize traceme; do
	it "a tracer of real uid 0, as sudo can be, is trusted: $way"
	guarded alice "$TRUSTED/set-id" $way root
	expect_stdout 'done'
done

# --- a tracer outside ------------------------------------------------------

# exec_later PROGRAM: a session of alice waits for go(alice) to exec it.
exec_later() {
	rm -f "$MARK"
	forget_events
	session alice "$BIN/tracer" exec "$1" "$GO.alice"
	expect 'a session' printed 'pid '
	pid=$(sed -n 's/^pid //p' "$stdout_file")
}

# held_by CMD...: a tracer from outside, run so, is answered with $tracer_said.
held_by() {
	: >"$T/tracer"
	timeout 20 "$@" "${by:-hold}" "$pid" >"$T/tracer" 2>&1 &
	tracer=$!
	expect 'a tracer' wait_until 5 grep -q . "$T/tracer"
	tracer_said=$(cat "$T/tracer")
}

held_by_alice() {
	held_by setpriv --reuid alice --regid alice --init-groups "$@"
}

# The exec is tried now; whoever held it has no more to hold.
exec_now() {
	go alice
	session_ends
	expect 'an end of the tracer' wait "$tracer"
}

expect_held() {
	expect "'held', and not '$tracer_said'" [ "$tracer_said" = held ]
}

let_go
it "an exec that nobody else holds runs"
exec_later "$BIN/forbidden"
go alice
session_ends
expect_status 0
expect_exists "$MARK"

it "an exec that another tracer holds is refused, even of what is trusted"
exec_later "$BIN/forbidden"
held_by_alice "$BIN/tracer"
expect_held
exec_now
expect_status 126
expect_missing "$MARK"
expect_events 1 '.event == "exec"'
expect_events 1 ".event == \"exec\" and .action == \"deny\" and
    .phase == \"ask\" and .check == \"guard\" and .reason == \"traced\" and
    .path == \"$BIN/forbidden\" and .pid == $pid and .user == \"alice\""

it "an exec that another tracer holds is refused, and of what is not trusted"
exec_later "$FORBIDDEN"
held_by_alice "$BIN/tracer"
expect_held
exec_now
expect_status 126
expect_missing "$MARK"
expect_events 1 '.event == "exec"'
expect_event '.check == "tpe"'

it "a set-id tracer that the user started is not root's"
exec_later "$BIN/forbidden"
held_by_alice "$TRUSTED/set-id"
expect_held
exec_now
expect_status 126
expect_missing "$MARK"
expect_events 1 '.event == "exec" and .reason == "traced"'

it "root's own tracer is trusted: what may run does"
exec_later "$BIN/forbidden"
held_by "$BIN/tracer"
expect_held
exec_now
expect_status 0
expect_exists "$MARK"
expect_no_event '.event == "exec"'

it "root's own tracer does not make anything run that may not"
exec_later "$FORBIDDEN"
held_by "$BIN/tracer"
expect_held
exec_now
expect_status 126
expect_missing "$MARK"
expect_events 1 '.event == "exec" and .check == "tpe"'

# As after an upgrade, in a session that is older: what its guard looks at for
# a moment is a newer one's to confirm after that, and not root's to vouch for.
install -m 0755 "$BIN/tracer" "$TRUSTED/guardd"
for program in "$BIN/forbidden" "$FORBIDDEN"; do
	it "a guard of another build is not taken for root's own tracer \
($(stat -c %U "$program")'s program)"
	exec_later "$program"
	held_by "$TRUSTED/guardd"
	expect_held
	exec_now
	expect_status 126
	expect_missing "$MARK"
	expect_events 1 '.event == "exec" and .action == "deny" and
	    .phase == "ask"'
done

# A look is over in a moment, and the exec is confirmed as any other.
it "and waited for, if it only looks"
exec_later "$BIN/forbidden"
by=look
held_by "$TRUSTED/guardd"
expect_held
exec_now
expect_status 0
expect_exists "$MARK"
expect_no_event '.event == "exec"'
expect_event '.event == "session" and .state == "close" and .asked == 2 and
    .confirmed == 2'

# It cannot tell whose look that is.
it "so it is by a user's own guard, which hidepid keeps from seeing who looks"
echo 'policy "own" { }' | give alice /home/alice/own.conf
chmod 0644 /home/alice/own.conf
if mount -t proc -o hidepid=2 proc /proc 2>/dev/null; then
	rm -f "$MARK"
	setpriv --reuid alice --regid alice --init-groups -- \
	    "$CTL" run -p /home/alice/own.conf -- \
	    "$BIN/tracer" exec "$BIN/forbidden" "$GO.alice" \
	    >"$stdout_file" 2>"$stderr_file" </dev/null 6<&- 7<&- &
	session=$!
	expect 'a session' printed 'pid '
	pid=$(sed -n 's/^pid //p' "$stdout_file")
	held_by "$BIN/tracer"
	expect_held
	exec_now
	expect_status 0
	expect_exists "$MARK"
	umount -l /proc
else
	skip 'no hidepid in this kernel'
fi
by=

held
it "where the guard holds a process there is no place for another tracer"
exec_later "$BIN/forbidden"
held_by_alice "$BIN/tracer"
expect "EPERM, and not '$tracer_said'" [ "$tracer_said" = EPERM ]
go alice
session_ends
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"

# --- an exec that fails in the kernel --------------------------------------

printf '\177ELF\002\001\001' | give root "$TRUSTED/short-elf"

traces() {
	printf '%s\n' ENOEXEC "$@"
}

let_go
it "who failed to exec is let go at his next signal"
bare alice "$BIN/tracer" fail "$TRUSTED/short-elf" signal
expect_stdout "$(traces 'before: free' 'after: free')"
guarded alice "$BIN/tracer" fail "$TRUSTED/short-elf" signal
expect_stdout "$(traces 'before: traced' 'after: free')"

it "who failed to exec is let go when his child ends, which is free as well"
bare alice "$BIN/tracer" fail "$TRUSTED/short-elf" fork
expect_stdout "$(traces 'before: free' 'child: free' 'after: free')"
guarded alice "$BIN/tracer" fail "$TRUSTED/short-elf" fork
expect_stdout "$(traces 'before: traced' 'child: free' 'after: free')"

done_testing
