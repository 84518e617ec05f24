#!/bin/sh
# A server of tmux or screen outlives the login that started it, unless
# on_logout = kill, and so does its guard: whoever attaches to it later, from a
# login with a guard of its own, types into the session of the first.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

# Words for alice's shell, of each: begin a session in front or behind, attach
# to it, run something in a new window, end it; and the keys that detach.
tmux='TERM=xterm TMUX_TMPDIR=/home/alice tmux -f /dev/null'
tmux_front="$tmux new-session -s work 'PS1=prompt: exec sh'"
tmux_behind="$tmux new-session -d -s work 'PS1=prompt: exec sh'"
tmux_attach="$tmux attach-session -t work"
tmux_window="$tmux new-window -d -t work:"
tmux_end="$tmux kill-server"
tmux_detach=$(printf '\002d')

screen='TERM=xterm SCREENDIR=/home/alice/.screen screen -c /dev/null'
screen_front="$screen -S work env PS1=prompt: sh"
screen_behind="$screen -d -m -S work env PS1=prompt: sh
	until $screen -S work -X echo up >/dev/null; do :; done" # which waits
screen_attach="$screen -r work"
screen_window="$screen -S work -X screen"
screen_end="$screen -S work -X quit"
screen_detach=$(printf '\001d')

# What a later login comes under: the other way about.
later_policy() {
	policy "policy \"later\" { users = {\"alice\"} $1
		exec { default = allow deny = {\"$HIS\"} } }"
}

# expect_judged_later NAME: by that one.
expect_judged_later() {
	expect "a try as $1" wait_until 10 test -e "$MARKS/$1"
	expect_exists "$MARKS/$1.hers"
	expect_missing "$MARKS/$1.his"
	expect_event ".action == \"deny\" and .policy == \"later\" and
	    .path == \"$HIS\" and .session != \"$first\""
}

# sshd has closed every session: its own children are the connections.
logged_out() {
	! pgrep -P "$sshd_pid" >/dev/null
}

is_logged_out() {
	expect 'the logout' wait_until 10 logged_out
}

guards_are() {
	[ "$(guards | wc -w)" = "$1" ]
}

expect_guards() {
	expect "guards: $1" wait_until 5 guards_are "$1"
}

# The connection is lost.
drop_session() {
	kill "$talk_pid"
	wait "$talk_pid"
	exec 5>&-
}

session_of_first_event() {
	jq -rn 'first(inputs | select(.state == "open")) | .session' <"$EVENTS"
}

mkdir -m 0700 /home/alice/.screen
chown alice: /home/alice/.screen
two_policies ''
start_sshd

for mux in tmux screen; do
	for command in front behind attach window end detach; do
		eval "$command=\$${mux}_$command"
	done
	window_and_end="$window $(try_as window)
		until [ -e $MARKS/window ]; do :; done; $end"
	for hold in '' 'segvguard { }'; do
		with=$mux${hold:+ (held)}

		begin "guards what runs in $with"
		two_policies "$hold"
		open_session alice -tt "$front"
		expect 'a shell in it' heard prompt:
		first=$(session_of_first_event)
		say "$(try_as first)"
		expect_judged first alice

		begin "keeps it and its guard when the connection is lost: $with"
		drop_session
		is_logged_out
		expect_guards 1

		begin "attached from a later login it has the first guard: $with"
		later_policy "$hold"
		open_session alice -tt "$(try_as direct); $attach"
		expect 'the shell in it' heard prompt:
		expect_guards 2
		say "$(try_as second)"
		expect_judged second alice ".session == \"$first\""
		expect_judged_later direct

		begin "detached, the login ends and the server does not: $with"
		press "$detach"
		close_session
		expect_status 0
		is_logged_out
		expect_guards 1
		expect_event ".state == \"close\" and .session != \"$first\""

		begin "and a window that a third login opens has its guard, to the end: $with"
		login alice "$window_and_end"
		expect_status 0
		expect_judged window alice ".session == \"$first\""
		expect 'no guard' guards_gone
		expect_events 1 ".state == \"close\" and .session == \"$first\""

		begin "on_logout = kill ends it with the login that started it: $with"
		two_policies "$hold" 'on_logout = kill'
		login alice "$behind; $window sh -c 'echo up >$MARKS/up'
			until [ -s $MARKS/up ]; do :; done"
		expect_status 0
		expect_exists "$MARKS/up"
		expect 'no guard, and so no server' guards_gone
		rm -f /home/alice/.screen/*

		begin "on_logout = kill of a later login does not: $with"
		two_policies "$hold"
		login alice "$behind"
		is_logged_out
		expect_guards 1
		later_policy "$hold on_logout = kill"
		open_session alice -tt "$attach"
		expect 'the shell in it' heard prompt:
		expect_guards 2
		drop_session
		is_logged_out
		expect_guards 1
		login alice "$window_and_end"
		expect_status 0
		expect_judged window alice
		expect 'no guard' guards_gone
	done
done

done_testing
