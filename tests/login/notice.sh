#!/bin/sh
# The line that a terminal gets about a refusal says nothing that its reader may
# not know, and comes to nobody else's terminal.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy "policy \"students\" {
	users = { \"alice\" }
	tpe { roots = { \"/usr\", \"$TRUSTED\" } }
}"
start_sshd

not_heard() {
	! grep -qaF -e "$1" "$talk"
}

# --- the asker's own words --------------------------------------------------

# A file whose name root alone may know, and which a process of root's has open.
SECRET=${TRUSTED%/*}/private/the-merger
mkdir -m 0700 "${SECRET%/*}"
echo 'nothing' >"$SECRET"
exec 9<"$SECRET"

it "repeats the user's own words, not the name that root sees behind them"
forget_events
open_session alice -tt
say 'PS1=; stty -echo; echo rea""dy'
expect 'a shell' heard ready
say "/proc/$$/fd/9; echo status \$?"
expect 'a refusal' heard 'status 126'
expect_event ".event == \"exec\" and .action == \"deny\" and
    .path == \"$SECRET\""
expect 'a line with his own words' \
    heard "execguard: /proc/$$/fd/9 was refused"
say exit
close_session
expect 'no secret name in it' not_heard the-merger

it "has no words at all where the user had none"
copy alice "$B/tests/escape/forbidden" /home/alice/forbidden
install -m 0755 "$B/tests/escape/exec" "$TRUSTED/exec"
MARK=/home/alice/mark
export ESCAPE_MARK=$MARK
open_session alice -tt
say "ESCAPE_MARK=$MARK $TRUSTED/exec empty /home/alice/forbidden"
expect 'a refusal' heard refused
expect 'a line without a path' heard 'execguard: a program was refused'
say exit
close_session
expect_missing "$MARK"

# --- other terminals --------------------------------------------------------

# What the guard would say is what its user chose.
LURE="/home/alice/Your session expires, call 555-1234"
copy alice "$B/tests/escape/forbidden" "$LURE"
install -m 0755 "$B/tests/escape/terminal" "$TRUSTED/terminal"

bobs_number() {
	sed -n 's|.*/dev/pts/\([0-9]*\).*|\1|p' "$talk"
}

it "comes to no terminal of another user that has the same number"
forget_events
open_session bob -tt
say 'PS1=; stty -echo; mesg y; tty'
expect 'a terminal' heard /dev/pts/
number=$(bobs_number)
run setpriv --reuid alice --regid alice --init-groups -- \
    "$TRUSTED/terminal" "$number" "$LURE"
if [ "$status" = 2 ]; then
	skip "cannot be done here: $(head -n 1 "$stderr_file")"
else
	expect_stdout_has ESCAPED
	expect_exists "$MARK"
	rm -f "$MARK"
	guarded alice "$TRUSTED/terminal" "$number" "$LURE"
	expect_stdout refused
	expect_missing "$MARK"
	expect_event '.event == "exec" and .action == "deny" and
	    (.path | contains("555-1234"))'
	expect 'the guard ends with its session' guards_gone
fi
say 'echo af""ter'
expect 'his shell' heard after
expect 'no line of the guard' not_heard execguard:
expect 'no word of hers' not_heard 555-1234
say exit
close_session

done_testing
