#!/bin/sh
# C6: a signal that looks like a crash, sent to somebody else's process.  It
# counts for the user who may send it, and for nobody else.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

VICTIM=$TRUSTED/victim
SET_ID_ROOT=$TRUSTED/set-id-root
SET_ID_BOB=$TRUSTED/set-id-bob
install -m 0755 "$B/tests/escape/crash" "$VICTIM"
install -m 4755 "$B/tests/escape/crash" "$SET_ID_ROOT"
install -m 4755 -o bob "$B/tests/escape/crash" "$SET_ID_BOB"

# $1 three times, which waits to be killed, and is sent SIGSEGV when it runs.
give root "$TRUSTED/thrice" <<'END'
#!/bin/sh
for n in 1 2 3; do
	: >/home/alice/started
	ESCAPE_MARK=/home/alice/started "$1" lasting 0 &
	until [ -s /home/alice/started ]; do kill -0 $! || exit; done
	kill -SEGV $! && echo sent
	wait $!
	echo "status $?"
done 2>/dev/null
END
: >/home/alice/started
chmod 0666 /home/alice/started
chown alice: /home/alice/started

# $1 as a process that stays; its pid to $2.
give root "$TRUSTED/stay" <<'END'
#!/bin/sh
ESCAPE_MARK=/dev/null "$1" lasting 0 </dev/null >/dev/null 2>&1 &
echo $! >"$2"
END

# For alice's shell, which is cut off if it never comes.
until_bob='until [ -s /home/bob/pid ]; do :; done'

# Whether $1 runs at all: it exits with 139 of its own.
runs() {
	echo "ESCAPE_MARK=/dev/null $1 exit139; echo runs \$?"
}

thrice='sent
status 139
sent
status 139
sent
status 139'

segvguard() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		segvguard { maxcrashes = 3 $1 }
		tpe {
			roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
			owners = { \"root\", \"bob\" }
		}
	}"
}

# expect_counted FILE: for alice, three times; and suspended, for her.
expect_counted() {
	expect_events 3 '.event == "crash"'
	expect_events 3 ".event == \"crash\" and .path == \"$1\" and
	    .signal == 11 and .user == \"alice\" and .ruid == 61001"
	expect_events 1 '.event == "suspended"'
	expect_events 1 ".event == \"suspended\" and .path == \"$1\" and
	    .user == \"alice\" and .uid == 61001"
}

expect_refused_once() {
	expect_events 1 '.event == "exec"'
	expect_events 1 '.event == "exec" and .reason == "suspended" and
	    .user == "alice"'
}

lives() {
	[ -s "$1" ] && [ -e "/proc/$(cat "$1")/exe" ]
}

pam_line su
pam_line sudo
segvguard 'kill_running = true'
start_sshd

# --- two sessions --------------------------------------------------------------

it "C6: nobody can send it to another user's process"
open_session bob sh
say "echo started; $TRUSTED/stay $VICTIM /home/bob/pid; echo stays"
expect "bob's session" heard stays
expect "bob's process" wait_until 5 lives /home/bob/pid
login alice "for n in 1 2 3; do kill -SEGV $(cat /home/bob/pid); done"
expect_stderr 'Operation not permitted'
expect 'it lives' lives /home/bob/pid
expect_no_event '.event == "crash"'

it "C6: what alice's crash in her session suspends runs in bob's, and goes on"
forget_events
login alice "$TRUSTED/thrice $VICTIM; $(runs "$VICTIM")"
expect_stdout "$thrice
runs 126"
say "$(runs "$VICTIM")"
expect 'it runs for bob' heard 'runs 139'
expect 'what ran lives' lives /home/bob/pid
# shellcheck disable=SC2016 # for bob's shell
say 'kill $(cat pid)'
close_session
expect 'no guard' guards_gone
expect_counted "$VICTIM"
expect_refused_once

# --- two users in one session, under one guard -----------------------------------

as_bob() {
	echo "echo swordfish | su bob -c '$1' 2>/dev/null"
}

it "C6: nor to one of another user's in one's own session"
forget_events
rm -f /home/bob/pid
login alice "$(as_bob "$TRUSTED/stay $VICTIM /home/bob/pid")
	$until_bob
	kill -SEGV \$(cat /home/bob/pid) && echo sent
	$(as_bob 'kill $(cat /home/bob/pid) && echo lived')"
expect_stdout lived
expect_stderr 'Operation not permitted'
expect 'no guard' guards_gone
expect_events 2 '.event == "session" and .state == "nested" and
    .user == "bob"'
expect_no_event '.event == "crash"'

it "C6: what her crashes suspend runs for bob in the same session, and goes on"
forget_events
rm -f /home/bob/pid
login alice "$(as_bob "$TRUSTED/stay $VICTIM /home/bob/pid")
	$until_bob
	$TRUSTED/thrice $VICTIM
	$(runs "$VICTIM")
	$(as_bob "$(runs "$VICTIM"); kill \$(cat /home/bob/pid) &&
	    echo lived")"
expect_stdout "$thrice
runs 126
runs 139
lived"
expect 'no guard' guards_gone
expect_events 2 '.event == "session" and .state == "nested" and
    .user == "bob"'
expect_counted "$VICTIM"
expect_refused_once

# --- set-id programs ---------------------------------------------------------------

# kill(2) goes by the real uid: who started a set-id program may send it.
for file in "$SET_ID_ROOT" "$SET_ID_BOB"; do
	it "C6: a set-id program counts for her who started it, and is \
suspended for her alone ($(stat -c %U "$file")'s)"
	forget_events
	login alice "$TRUSTED/thrice $file
		$(runs "$file")
		$(as_bob "$(runs "$file")")
		sudo sh -c '$(runs "$file")'"
	expect_stdout "$thrice
runs 126
runs 139
runs 139"
	expect 'no guard' guards_gone
	expect_counted "$file"
	expect_refused_once
done

it "C6: in her next session it runs again"
login alice "$(runs "$SET_ID_ROOT")"
expect_stdout 'runs 139'

has_become() {
	[ -s "$1" ] && [ "$(stat -c %u "/proc/$(cat "$1")")" = "$2" ]
}

# su(1) is such a program, between its own setuid(2) and the exec of her shell.
it "C6: a documented limit: who has become her, and not execed since, counts \
for who started him"
forget_events
rm -f /home/bob/pid
open_session bob sh
# shellcheck disable=SC2016 # for bob's shell
say 'ESCAPE_MARK=/dev/null '"$SET_ID_ROOT"' become 61001 & echo $! >pid; wait'
expect 'a process that became alice' wait_until 10 has_become /home/bob/pid 61001
login alice "kill -SEGV $(cat /home/bob/pid) && echo sent"
expect_stdout sent
close_session
expect 'no guard' guards_gone
expect_events 1 '.event == "crash"'
expect_events 1 '.event == "crash" and .user == "bob" and .ruid == 61002'

it "C6: whom a set-id program has become for good gets none from her"
no_pam_line sudo
forget_events
rm -f /home/bob/pid
login alice "sudo -u bob $TRUSTED/stay $VICTIM /home/bob/pid
	$until_bob
	kill -SEGV \$(cat /home/bob/pid) && echo sent
	sudo -u bob sh -c 'kill \$(cat /home/bob/pid) && echo lived'"
expect_stdout lived
expect_stderr 'Operation not permitted'
expect 'no guard' guards_gone
expect_no_event '.event == "crash"'

done_testing
