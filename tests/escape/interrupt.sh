#!/bin/sh
# Signals and deaths while the guard looks: rows R6 to R8.

. "$(dirname "$0")/lib.sh"

# --- signals ---------------------------------------------------------------

# Signals came as often as the row says, and they did hit execs that waited.
expect_pestered() {
	expect '10,000 signals a second' \
	    [ "$(score 'signals a second')" -ge 10000 ]
	expect 'execs that were interrupted' \
	    [ "$(score 'interrupted an exec')" -gt 0 ]
	echo "# R6 $1: $(sed -n '2s/^with //p' "$stdout_file")"
}

for hold in let_go held; do
	$hold
	for way in restart retry; do
		it "R6: an exec under 10,000 signals a second happens once \
($way, $hold)"
		rm -f "$MARK"
		guarded alice "$BIN/signals" 300 "$BIN/forbidden" $way
		expect_status 0
		expect_stdout_has '300 rounds: 300 ran, 0 refused, 0 killed'
		expect '300 marks' [ "$(marks)" = 300 ]
		expect_pestered "$way, $hold"
		rm -f "$MARK"
	done

	it "R6: a refusal under 10,000 signals a second is one event ($hold)"
	forget_events
	guarded alice "$BIN/signals" 300 "$FORBIDDEN" restart
	expect_stdout_has '300 rounds: 0 ran, 300 refused, 0 killed'
	expect_missing "$MARK"
	expect_pestered "refused, $hold"
	expect 'the guard ends with its session' guards_gone
	expect_events 300 ".event == \"exec\" and .path == \"$FORBIDDEN\""

	it "R7: stopped, continued and killed while it execs ($hold)"
	patient alice "$BIN/stops" 500 "$ALLOWED"
	expect_status 0
	expect_stdout_has ' 0 refused'
	expect 'some that ran' [ "$(score ran)" -gt 0 ]
	expect 'the guard ends with its session' guards_gone

	it "R7: the same with a program that is refused ($hold)"
	patient alice "$BIN/stops" 500 "$FORBIDDEN"
	expect_status 0
	expect_missing "$MARK"
	expect_stdout_has ' 0 ran'
	expect 'some that were refused' [ "$(score refused)" -gt 0 ]
	expect 'the guard ends with its session' guards_gone
done

# Processes whose tracer the guard is.
n_traced_are() {
	[ "$(grep -l "^TracerPid:.$guard\$" /proc/[0-9]*/task/[0-9]*/status \
	    2>/dev/null | wc -l)" = "$1" ]
}

for hold in let_go held; do
	$hold
	it "R7: who was stopped, continued and killed while he execed leaves \
nothing behind ($hold)"
	session alice sh -c 'echo ready
		read -r word <"$GO.alice"
		"$0" 100 "$1"
		echo "end $?"
		read -r word <"$GO.alice"
		/bin/true && echo good' "$BIN/stops" "$ALLOWED"
	expect 'a session' printed ready
	guard=$(guards)
	if [ $hold = held ]; then n=1; else n=0; fi
	expect 'the shell alone' wait_until 5 n_traced_are $n
	go alice
	expect 'an end' wait_until 60 grep -q 'end 0' "$stdout_file"
	expect 'the shell alone again' wait_until 5 n_traced_are $n
	go alice
	session_ends
	expect_stdout_has good
	expect_status 0
	expect 'the guard ends with its session' guards_gone
done

# --- pids ------------------------------------------------------------------

# In a pid namespace of its own, guard and all, whose last pid is written
# back without end: every fork takes the lowest number that is free.
recycle() {
	run unshare --pid --fork --mount-proc --kill-child sh -c '
		while echo 300 >/proc/sys/kernel/ns_last_pid; do :; done &
		"$0" run -u alice -p /etc/execguard.d -- "$@"
		status=$?
		kill $!
		exit $status' "$CTL" "$BIN/recycle" 300 "$1"
}

for hold in let_go held; do
	$hold
	for program in "$ALLOWED" "$FORBIDDEN"; do
		it "R8: the pid of an asker that died is taken by another \
(${program##*/}, $hold)"
		if [ ! -w /proc/sys/kernel/ns_last_pid ]; then
			skip 'no /proc/sys/kernel/ns_last_pid here'
			continue
		fi
		recycle "$program"
		expect_status 0
		expect_stdout_has ' 0 newcomers hurt'
		expect 'pids that were taken again' \
		    [ "$(score 'pids taken again')" -gt 0 ]
		expect_missing "$MARK"
	done
done

done_testing
