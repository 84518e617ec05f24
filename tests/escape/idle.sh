#!/bin/sh
# An inspector that is asked nothing for a minute is ended, and who needs one
# then has a fresh one: nothing runs unjudged meanwhile.  It takes a minute.

. "$(dirname "$0")/lib.sh"

is_gone() {
	[ ! -e "/proc/$inspector" ]
}

it "an inspector with nothing to do for a minute is ended, and makes no event"
let_go 'elf { pie = require }'
forget_events
rm -f "$MARK"
# Where it may run, and nobody has read it.
install -m 0755 "$BIN/forbidden_static" "$TRUSTED/unread"
# shellcheck disable=SC2016 # for the shell of the session
session alice sh -c '"$1"; echo "first $?"; read -r line <"$GO.alice"
	"$2"; echo "second $?"; "$1"; echo "third $?"; read -r line <"$GO.alice"' \
    sh "$ALLOWED" "$TRUSTED/unread"
expect 'the first to run' printed 'first 0'
expect 'an inspector' inspector
before=$inspector
expect 'its end' wait_until 80 is_gone
guard=$(guards)
expect 'its guard' [ -n "$guard" ]
expect 'no zombie' [ -z "$(ps -o pid= --ppid "$guard")" ]
expect_no_event '.event == "inspector"'

it "and a fresh one judges what is asked for then"
forget_events
rm -f "$MARK"
go alice
expect 'a refusal' printed 'second 126'
expect_missing "$MARK"
expect 'one that runs' printed 'third 0'
expect 'another inspector' inspector
expect 'another one indeed' [ "$inspector" != "$before" ]
expect_event '.event == "exec" and .action == "deny" and .check == "elf"'
expect_no_event '.event == "inspector"'
go alice
session_ends
expect_status 0
expect 'the guard ends with its session' guards_gone

done_testing
