#!/bin/sh
# Execs that wait for the inspector, every one of them: interrupted, killed,
# from many threads, and when their guard or their session ends.
# Rows R6, R7, S7, S11, G1 and G2.

. "$(dirname "$0")/lib.sh"

# What a user may write to on tmpfs is never known for longer than one exec.
UNREAD=/home/alice/tmpfs
mkdir "$UNREAD"
mount -t tmpfs -o mode=1777 tmpfs "$UNREAD"
copy alice "$BIN/forbidden" "$UNREAD/good"
copy alice "$BIN/forbidden_static" "$UNREAD/evil"
mkdir -m 0755 "$UNREAD/storm"
chown alice: "$UNREAD/storm"

inspected() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		elf { pie = require }
		${1:-}
	}"
	rm -f "$MARK"
	forget_events
}

for hold in '' 'segvguard { }'; do
	it "R6: under 10,000 signals a second an exec happens once\
${hold:+ (held)}"
	inspected "$hold"
	patient alice "$BIN/signals" 100 "$UNREAD/good" restart
	expect_status 0
	expect_stdout_has '100 rounds: 100 ran, 0 refused, 0 killed'
	expect '100 marks' [ "$(marks)" = 100 ]
	expect 'execs that were interrupted' \
	    [ "$(score 'interrupted an exec')" -gt 0 ]

	it "R6: and a refusal is one event${hold:+ (held)}"
	inspected "$hold"
	patient alice "$BIN/signals" 100 "$UNREAD/evil" restart
	expect_stdout_has '100 rounds: 0 ran, 100 refused, 0 killed'
	expect_missing "$MARK"
	expect 'the guard ends with its session' guards_gone
	expect_events 100 '.event == "exec" and .reason == "not-pie"'

	it "R7: stopped, continued and killed while it waits${hold:+ (held)}"
	inspected "$hold"
	patient alice "$BIN/stops" 300 "$UNREAD/good"
	expect_status 0
	expect_stdout_has ' 0 refused'
	expect 'some that ran' [ "$(score ran)" -gt 0 ]
	expect 'some that were killed' [ "$(score killed)" -gt 0 ]
	expect 'the guard ends with its session' guards_gone
	inspected "$hold"
	patient alice "$BIN/stops" 300 "$UNREAD/evil"
	expect_status 0
	expect_stdout_has ' 0 ran'
	expect_missing "$MARK"
	expect 'the guard ends with its session' guards_gone

	for way in second leaderless crowd; do
		it "S7: threads exec what must be read ($way)${hold:+ (held)}"
		inspected "$hold"
		guarded alice "$BIN/threads" $way "$UNREAD/good"
		expect_status 1
		expect 'one mark' [ "$(marks)" = 1 ]
		inspected "$hold"
		guarded alice "$BIN/threads" $way "$UNREAD/evil"
		expect_status 0
		expect_missing "$MARK"
		expect 'the guard ends with its session' guards_gone
	done

	it "G2: 200 processes exec what is new at once${hold:+ (held)}"
	inspected "$hold"
	(cd "$UNREAD/storm" && patient alice "$BIN/barrage" 200 3 "$ALLOWED" \
	    "$BIN/forbidden_static" && exit "$status")
	status=$?
	echo "# 200 at once: $(tail -n 1 "$stdout_file")"
	expect_status 0
	expect_stdout_has ' 0 good refused'
	expect_stdout_has ' 0 killed, 0 ended otherwise'
	expect_missing "$MARK"
	expect 'the guard ends with its session' guards_gone
done

# --- somebody ends while others wait ----------------------------------------------

# waiting N: a session of which N processes wait for a stopped inspector.
waiting() {
	# shellcheck disable=SC2016 # for the shell of the session
	session alice sh -c '"$1"; echo ready; read -r line <"$GO.alice"
		n=0
		while [ $n -lt "$2" ]; do
			"$1" & n=$((n + 1))
		done
		wait
		echo "done"; "$1"; echo "at last $?"' sh "$UNREAD/good" "$1"
	expect 'a session' printed ready
	expect 'an inspector' inspector
	rm -f "$MARK"
	guard=$(guards)
	before=$(find "/proc/$guard/fd" -type l | wc -l)
	kill -STOP "$inspector"
	go alice
	expect "$1 that wait" wait_until 10 asking_are "$1"
}

# Those that stand in a question about an exec.
# One look, for the inspector's three seconds are short on a busy machine.
asking() {
	ps -o pid=,wchan:40= -u alice | awk '$2 ~ /seccomp/ { print $1 }'
}

asking_are() {
	[ "$(asking | wc -l)" = "$1" ]
}

for hold in '' 'segvguard { }'; do
	it "G1: the guard is killed: who waits never runs${hold:+ (held)}"
	inspected "$hold"
	waiting 5
	kill -KILL "$guard"
	session_ends
	expect_missing "$MARK"
	expect 'no guard' guards_gone

	it "R7: who waits is killed: the others and the guard go on\
${hold:+ (held)}"
	inspected "$hold"
	waiting 36
	for asker in $(asking | head -n 35); do
		kill -KILL "$asker" 2>/dev/null
	done
	expect 'all answered' printed 'done'
	session_ends
	expect_stdout_has 'at last 0'
	# And those whose question the guard had not taken yet.
	expect 'the last to have run, and eight at most' [ "$(marks)" -le 9 ]
	expect 'the guard ends with its session' guards_gone

	it "X1: the session ends while somebody waits: so does the guard\
${hold:+ (held)}"
	inspected "$hold"
	waiting 36
	for asker in $(asking); do
		kill -KILL "$asker" 2>/dev/null
	done
	kill -KILL "$session"
	session_ends
	expect 'the guard ends with its session' guards_gone
done

it "no descriptor of the guard stays behind"
inspected
# shellcheck disable=SC2016
session alice sh -c '"$1"; echo ready; read -r line <"$GO.alice"
	n=0
	while [ $n -lt 100 ]; do
		"$1" & "$2" & n=$((n + 1))
	done 2>/dev/null
	wait
	echo "done"; read -r line <"$GO.alice"' sh "$UNREAD/good" "$UNREAD/evil"
expect 'a session' printed ready
guard=$(guards)
before=$(find "/proc/$guard/fd" -type l | wc -l)
go alice
expect 'its end' printed 'done'
expect 'as many as before' \
    [ "$(find "/proc/$guard/fd" -type l | wc -l)" = "$before" ]
expect 'one child' [ "$(cat "/proc/$guard/task/"*/children | wc -w)" = 1 ]
go alice
session_ends
expect 'the guard ends with its session' guards_gone

# --- S11: a server that answers once ----------------------------------------------

FUSE=$TRUSTED/fuse
mknod -m 0666 "$FUSE" c 10 229

# served HOW: by a FUSE server of root's, where everybody sees it.
served() {
	rm -f "$MARK"
	forget_events
	run "$BIN/fuse" "$1" "$FUSE" "$BIN/forbidden" \
	    "$CTL" run -u alice -p /etc/execguard.d -- /mnt/loader
	umount -l /mnt
	expect_status 0
	expect_stdout_has refused
	expect_missing "$MARK"
	expect_event '.event == "exec" and .reason == "uninspected"'
	expect 'the guard ends with its session' guards_gone
}

it "S11: a file whose server answers no second open is refused, unopened"
inspected
served once

it "S11: one whose server is always busy is refused, not waited for"
inspected 'exec { default = allow  deny = {"/nowhere"} }'
served busy

it "S11: and one of the user's own, in his own namespace, does not run"
inspected
bare alice "$BIN/fuse" once "$FUSE" "$BIN/forbidden"
expect_stdout_has ESCAPED
rm -f "$MARK"
guarded alice "$BIN/fuse" once "$FUSE" "$BIN/forbidden"
expect_status 0
expect_missing "$MARK"
expect_event '.event == "exec" and .phase == "confirm"'

done_testing
