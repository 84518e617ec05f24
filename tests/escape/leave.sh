#!/bin/sh
# What stays behind when a session is left: row X1.

. "$(dirname "$0")/lib.sh"

# What is left behind waits for a word, tries what is forbidden, then what is
# allowed, and says that it did.
LATER=$TRUSTED/later
give root "$LATER" <<-END
	#!/bin/sh
	echo \$\$ >/home/alice/left
	read -r word <"\$GO.alice"
	$FORBIDDEN
	$BIN/forbidden
	echo finished >/home/alice/left
END

is_left() {
	[ -s /home/alice/left ]
}

is_done() {
	grep -q finished /home/alice/left
}

# leave SENTENCE WORDS: alice's shell says WORDS ("$0" is $LATER) and ends.
leave() {
	it "X1: $1 stays guarded after the session, and does not delay its end"
	forget_events
	rm -f "$MARK" /home/alice/left
	began=$(date +%s)
	guarded alice sh -c "cd; $2" "$LATER"
	expect_status 0
	expect 'a session that ended within 5 s' \
	    [ $(($(date +%s) - began)) -le 5 ]
	expect 'something that was left behind' wait_until 5 is_left
	expect 'its guard' n_guards_are 1
	go alice
	expect 'its end' wait_until 5 is_done
	expect_event ".event == \"exec\" and .path == \"$FORBIDDEN\" and
	    .action == \"deny\""
	expect 'one mark, of the allowed program' \
	    [ "$(marks)" = 1 ]
	[ -z "${3:-}" ] || bare alice sh -c "$3"
	expect 'the guard ends with the last process' guards_gone
}

for hold in let_go held; do
	$hold
	leave "a background job ($hold)" '"$0" &'
	leave "nohup ($hold)" 'nohup "$0" >/dev/null 2>&1 &'
	leave "setsid ($hold)" 'setsid -f "$0" >/dev/null 2>&1'
	leave "nohup setsid ($hold)" 'nohup setsid "$0" >/dev/null 2>&1 &'
	leave "a child of a child of a child ($hold)" '((("$0" &) &) &)'
done

let_go
if command -v tmux >/dev/null; then
	leave 'tmux' 'TMUX_TMPDIR=/home/alice; export TMUX_TMPDIR
	    tmux -f /dev/null new-session -d "$0"'
else
	it 'X1: tmux stays guarded after the session'
	skip 'no tmux here'
fi

if command -v screen >/dev/null; then
	leave 'screen' 'mkdir -m 0700 -p screens
	    SCREENDIR=/home/alice/screens; export SCREENDIR
	    screen -c /dev/null -d -m "$0"'
else
	it 'X1: screen stays guarded after the session'
	skip 'no screen here'
fi

it "X1: without a guard the forbidden program runs"
rm -f "$MARK" /home/alice/left
go alice
bare alice "$LATER"
expect 'two marks' [ "$(marks)" = 2 ]

done_testing
