#!/bin/sh
# What counts as a crash, and what does not: rows C1 to C5.

. "$(dirname "$0")/lib.sh"

CRASH=$BIN/crash

# many N: a policy that suspends after N crashes.
many() {
	held "segvguard {
		maxcrashes = $1
		expiry = 120
		suspension = 600
		${2:-}
	}"
}

of_crash=".event == \"crash\" and .path == \"$CRASH\""

# --- C1, C2: what counts ---------------------------------------------------

many 5
for number in 3 4 5 6 7 8 11 24 25 31; do
	it "C1: death by signal $number counts once"
	forget_events
	guarded alice "$CRASH" signal $number
	expect_events 1 "$of_crash"
	expect_event "$of_crash and .signal == $number and .crashes == 1 and
	    .ruid == 61001"
done

for way in segv nocore threads leaderless vfork again; do
	it "C1: a crash counts once ($way)"
	forget_events
	guarded alice "$CRASH" $way
	expect 'the guard ends with its session' guards_gone
	expect_events 1 "$of_crash"
	expect_event "$of_crash and .signal == 11"
done

for way in handled exit139 'signal 15' 'signal 9' 'signal 2' 'signal 1'; do
	it "C2: this is no crash: $way"
	forget_events
	# shellcheck disable=SC2086 # a way and its number
	guarded alice "$CRASH" $way
	expect 'the guard ends with its session' guards_gone
	expect_no_event '.event == "crash"'
done

it "C2: what counts for nothing suspends nothing"
guarded alice sh -c '
	for n in 1 2 3 4 5 6 7 8; do
		"$0" handled; "$0" exit139; "$0" signal 15; "$0" signal 9
	done
	"$0" handled' "$CRASH"
expect_status 0

# --- C1: cores through a pipe ----------------------------------------------

# The pattern is the whole machine's.  Who sets it is out of reach of all that
# ends this test, in a session and a mount namespace of his own, and puts it
# back when the last of us has closed descriptor 8, however we end.  The lock
# keeps a second test from saving ours.
PATTERN=/proc/sys/kernel/core_pattern
PIPED='|/bin/dd of=/dev/null status=none'

pipe_cores() {
	mkfifo "$T/until"
	exec 8<>"$T/until"
	setsid unshare -m sh -c '
		trap "" INT TERM HUP
		exec 8<&- 7<"$3" 9<"$1"
		flock -w 20 9 || exit 1
		saved=$(cat "$1")
		printf "%s\n" "$2" >"$1" && echo yes
		read -r word <&7
		printf "%s\n" "$saved" >"$1"
		[ "$(cat "$1")" = "$saved" ]' \
	    sh "$PATTERN" "$PIPED" "$T/until" >"$T/piped" 2>/dev/null \
	    </dev/null 6<&- 7<&- &
	piper=$!
	wait_until 20 [ -s "$T/piped" ]
}

# Whether the pattern is as it was before.
leave_cores() {
	exec 8>&-
	wait "$piper"
}

many 5
it "C1: a crash whose core goes through a pipe counts once"
if [ ! -w $PATTERN ]; then
	skip "no writing of $PATTERN here"
else
	forget_events
	expect 'a pattern of ours' pipe_cores
	guarded alice "$CRASH" dumped
	expect 'the pattern as it was before' leave_cores
	expect_status 0
	expect_stdout dumped # RLIMIT_CORE is 0: only a pipe could take it
	expect 'the guard ends with its session' guards_gone
	expect_events 1 "$of_crash"
	expect_event "$of_crash and .signal == 11 and .crashes == 1"
fi

# --- suspension ------------------------------------------------------------

it "C1: five crashes, and it is suspended"
forget_events
guarded alice sh -c '
	for n in 1 2 3 4 5; do "$0" segv; done
	rm -f "$ESCAPE_MARK"
	"$0" exit139' "$CRASH"
expect_status 126
expect_stderr 'Permission denied'
expect_missing "$MARK"
expect_events 5 "$of_crash"
expect_events 1 ".event == \"suspended\" and .path == \"$CRASH\" and
    .seconds == 600"
expect_event ".event == \"exec\" and .check == \"segvguard\" and
    .reason == \"suspended\" and .path == \"$CRASH\""

it "C1: four crashes are not yet too many"
forget_events
guarded alice sh -c '
	for n in 1 2 3 4; do "$0" segv; done
	exec "$0" handled' "$CRASH"
expect_status 0
expect_no_event '.event == "suspended"'

# --- C3: fork servers ------------------------------------------------------

it "C3: children that crash without exec count for the image"
many 5
forget_events
guarded alice sh -c '
	"$0" server 4
	"$0" segv
	rm -f "$ESCAPE_MARK"
	"$0" exit139' "$CRASH"
expect_status 126
expect_missing "$MARK"
expect_events 5 "$of_crash"

it "C3: kill_running ends the server that keeps crashing"
many 5 'kill_running = true'
forget_events
guarded alice "$CRASH" lasting 5
expect_status 137
expect_event ".event == \"suspended\" and .path == \"$CRASH\""

it "C3: without kill_running the server lives on"
many 5
guarded alice "$CRASH" server 8
expect_status 0
rm -f "$MARK"

# --- C4: the same image by another name ------------------------------------

# dodge WORDS: these words run a suspended $CRASH ("$0") in some other way.
dodge() {
	many 3
	forget_events
	rm -f "$MARK"
	guarded alice sh -c '
		for n in 1 2 3; do "$0" segv; done
		rm -f "$ESCAPE_MARK"
		'"$1" "$CRASH"
	expect 'a refusal' [ "$status" != 139 ]
	expect_missing "$MARK"
	expect_event '.event == "exec" and .path != null and
	    (.reason == "'"${2:-suspended}"'")'
}

ln "$CRASH" "$TRUSTED/linked"
it "C4: a hard link is the same image"
dodge "$TRUSTED/linked exit139"

it "C4: a symbolic link is the same image"
dodge 'ln -s "$0" /home/alice/link; /home/alice/link exit139'
rm -f /home/alice/link

it "C4: a descriptor is the same image"
dodge 'exec 7<"$0"; /proc/self/fd/7 exit139'

it "C4: a bind mount is the same image"
dodge "unshare -Urm sh -c 'mount --bind $CRASH $ALLOWED && $ALLOWED exit139'" \
    'suspended" or .reason == "other-file'

it "C4: /proc/PID/exe of a running one is the same image"
many 3
forget_events
rm -f "$MARK"
guarded alice sh -c '
	"$0" lasting 0 &
	running=$!
	until [ -s "$ESCAPE_MARK" ]; do :; done
	for n in 1 2 3; do "$0" segv; done
	rm -f "$ESCAPE_MARK"
	"/proc/$running/exe" exit139
	status=$?
	kill $running
	exit $status' "$CRASH"
expect_status 126
expect_missing "$MARK"
expect_event ".reason == \"suspended\" and .path == \"$CRASH\""

it "C4: a copy of the user's is not trusted"
dodge 'cp "$0" /home/alice/copy; /home/alice/copy exit139' outside-roots
rm -f /home/alice/copy

it "C4: a renamed file is the same image"
policy "policy \"test\" {
	users = { \"alice\" }
	tpe {
		roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
		own = true
	}
	segvguard { maxcrashes = 3 }
}"
copy alice "$CRASH" /home/alice/mine
forget_events
guarded alice sh -c '
	for n in 1 2 3; do /home/alice/mine segv; done
	mv /home/alice/mine /home/alice/renamed
	ln /home/alice/renamed /home/alice/linked
	rm -f "$ESCAPE_MARK"
	/home/alice/renamed exit139 || /home/alice/linked exit139'
expect_status 126
expect_missing "$MARK"
expect_event '.reason == "suspended" and .path == "/home/alice/renamed"'
expect_event '.reason == "suspended" and .path == "/home/alice/linked"'

# Where paths are not judged, one may be lent: the user's own view of the
# files shows any program under it.
segvguard_alone() {
	policy "policy \"test\" {
		users = { \"alice\" }
		segvguard { maxcrashes = 3 except = { \"$1\" } }
	}"
}

# The words for a shell that makes "$0" crash three times, then tries again.
THRICE='for n in 1 2 3; do "$0" segv; done
	rm -f "$ESCAPE_MARK"
	"$0" exit139'

it "C4: what the policy excepts is neither counted nor suspended"
segvguard_alone "$CRASH"
forget_events
rm -f "$MARK"
guarded alice sh -c "$THRICE" "$CRASH"
expect_status 139
expect_exists "$MARK"
expect 'the guard ends with its session' guards_gone
expect_no_event '.event == "crash" or .event == "suspended"'

it "C4: nor is what is mounted over an excepted program excepted"
segvguard_alone /usr/bin/uptime
forget_events
rm -f "$MARK"
guarded alice unshare -Urm sh -c "mount --bind $CRASH /usr/bin/uptime &&
	exec sh -c '$THRICE' /usr/bin/uptime"
expect_status 126
expect_missing "$MARK"
expect 'the guard ends with its session' guards_gone
expect_events 3 '.event == "crash" and .signal == 11'
expect_events 1 '.event == "suspended"'
expect_event '.event == "exec" and .check == "segvguard" and
    .reason == "suspended"'

# --- C5: floods ------------------------------------------------------------

FLOOD=2000
GROWTH_KIB=$(growth 2048)
# So many programs of a user are suspended one by one (LEDGER_PLACES); the
# crash of the next suspends all that have no place, together.
ALONE=256

it "C5: $FLOOD crashing copies free nobody, and do not feed the guard"
policy "policy \"test\" {
	users = { \"alice\" }
	tpe {
		roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
		own = true
	}
	segvguard { maxcrashes = 1 }
}"
copy alice "$CRASH" /home/alice/copy
forget_events
session alice sh -c '
	echo ready
	read -r word <"$GO.alice"
	"$0" "$1" /home/alice/copy
	echo "status $?"
	read -r word <"$GO.alice"' "$BIN/flood" $FLOOD
expect 'a session' printed ready
guard=$(guards)
before=$(guard_kib)
go alice
expect 'an end of the flood' printed status
after=$(guard_kib)
expect 'a refusal of the first' printed 'the first again: refused'
expect "$((ALONE + 1)) crashes, and only those" printed "$FLOOD copies: \
$((ALONE + 1)) crashed, $((FLOOD - ALONE - 1)) refused"
expect "at most $GROWTH_KIB KiB more ($before, $after)" \
    [ $((after - before)) -le "$GROWTH_KIB" ]
go alice
session_ends
expect 'the guard ends with its session' guards_gone
expect_events $((ALONE + 1)) '.event == "crash" and .signal == 11'
expect_events $((ALONE + 1)) '.event == "suspended"'
expect_events $((FLOOD - ALONE)) '.event == "exec" and .action == "deny" and
    .reason == "suspended"'
expect_events 1 '.event == "exec" and .path == "/home/alice/copy.0" and
    .reason == "suspended"'
expect_no_event '.event == "exec" and .reason != "suspended"'
rm -f "$MARK"

# The control: without suspensions all of them crash, and the first again.
it "C5: the same flood without a guard"
bare alice "$BIN/flood" 100 /home/alice/copy
expect_stdout_has '100 copies: 100 crashed, 0 refused'
expect_stdout_has ESCAPED

done_testing
