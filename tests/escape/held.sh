#!/bin/sh
# What the guard can be told late, twice or not at all while it holds every
# process of a session: rows R2, R6 and C3.

. "$(dirname "$0")/lib.sh"

ROUNDS=1500
BARE_ROUNDS=200

# --- R2: a thread that is announced like a process ---------------------------

it "R2: a thread made as by vfork execs what another process rewrites"
held
bare alice "$BIN/vforked" $BARE_ROUNDS "$ALLOWED" "$FORBIDDEN"
expect_stdout_has ESCAPED
expect 'a race that wins often without a guard' \
    [ "$(score 'forbidden ran')" -gt $((BARE_ROUNDS / 30)) ]
rm -f "$MARK"
forget_events
patient alice "$BIN/vforked" $ROUNDS "$ALLOWED" "$FORBIDDEN"
echo "# vforked: $(head -n 1 "$stdout_file")"
expect_status 0
expect_stdout_has "$ROUNDS rounds: "
expect_stdout_has ' 0 forbidden ran'
expect_missing "$MARK"
expect 'some that were refused' [ "$(score refused)" -gt 0 ]
expect_event '.event == "exec" and .phase == "ask" and .check == "tpe"'
expect 'the guard ends with its session' guards_gone

# --- a set-id program -------------------------------------------------------

HELPER=$TRUSTED/helper
install -m 4755 "$BIN/helper" "$HELPER"

for hold in let_go held; do
	it "what a set-id program runs as root is left alone ($hold)"
	$hold
	forget_events
	rm -f "$MARK"
	patient alice "$HELPER" 400 "$BIN/forbidden"
	expect_status 0
	expect_stdout_has ' 400 programs ran, 0 were killed'
	expect 'a mark of each' [ "$(marks)" = 400 ]
	expect_no_event '.event == "exec"'
	expect 'the guard ends with its session' guards_gone
	rm -f "$MARK"
done

it "what the user runs beside it is judged (held)"
held
refused "$FORBIDDEN"

# --- C3: kill_running and recycled pids -------------------------------------

# In a pid namespace of its own, guard and all: nobody else counts there.
begin_stale() {
	: >"$stdout_file"
	timeout -k 5 60 unshare --pid --fork --mount-proc --kill-child \
	    "$BIN/stranger" 61002 "$CTL" run -u alice -p /etc/execguard.d -- \
	    "$BIN/stale" "$1" 5 <"$GO.bob" >"$stdout_file" \
	    2>"$stderr_file" 6<&- 7<&- &
	session=$!
}

for way in ended killed; do
	it "C3: kill_running ends no stranger with the pid of one that is gone \
($way)"
	held 'segvguard { maxcrashes = 5 kill_running = true }'
	forget_events
	begin_stale $way
	expect 'an end of the session' printed ended
	expect 'the guard ends with its session' guards_gone
	go bob
	session_ends
	echo "# $way: $(grep -a again "$stdout_file")"
	expect_status 0
	expect_stdout_has ' 0 strangers hurt'
	expect 'pids that were taken again' \
	    [ "$(score 'pids taken again')" -gt 250 ]
	expect_event ".event == \"suspended\" and .path == \"$BIN/stale\""
done

# --- R6: the same question, but for what it asks ----------------------------

for number in 1 2 3 4 5; do
	copy alice "$BIN/forbidden" /home/alice/wrong-$number
done

for hold in let_go held; do
	it "R6: each file that is asked for by the same registers is an event \
($hold)"
	$hold
	forget_events
	guarded alice "$BIN/reused" /home/alice/wrong-1 /home/alice/wrong-2 \
	    /home/alice/wrong-3 /home/alice/wrong-4 /home/alice/wrong-5
	expect_status 0
	expect_stdout_has ' 5 refused'
	expect_missing "$MARK"
	expect_events 5 '.event == "exec"'
	for number in 1 2 3 4 5; do
		expect_events 1 ".event == \"exec\" and .action == \"deny\" and
		    .path == \"/home/alice/wrong-$number\""
	done
done

it "R6: without a guard the first of them runs"
bare alice "$BIN/reused" /home/alice/wrong-1
expect_exists "$MARK"
rm -f "$MARK"

# --- ending a session that hides in groups ----------------------------------

CROWD=$TRUSTED/crowd
install -m 4755 "$BIN/crowd" "$CROWD"

# Not by kill -0: who is dead may wait for somebody to hear of it.
crowd_is_gone() {
	[ ! -e "/proc/$crowd/exe" ]
}

# crowd NUMBER CMD: a process in so many groups; then CMD is to end it.
crowd() {
	rm -f /home/alice/pid
	guarded alice sh -c '"$1" "$2" >/home/alice/pid && eval "$3"' sh \
	    "$CROWD" "$1" "$2"
	crowd=$(cat /home/alice/pid)
	expect 'a process to end' [ -n "$crowd" ]
	expect 'its end' wait_until 5 crowd_is_gone
	expect 'the guard ends with its session' guards_gone
}

for hold in '' 'segvguard { }'; do
	for number in 3 1000 65536; do
		it "action = exit ends who is in $number groups\
${hold:+ (held)}"
		policy "policy \"test\" {
			users = { \"alice\" }
			$hold
			tpe {
				action = exit
				roots = { \"/usr\", \"/bin\", \"$TRUSTED\" }
			}
		}"
		forget_events
		crowd $number "$FORBIDDEN"
		expect 'an end of the whole session' [ "$status" != 0 ]
		expect_missing "$MARK"
		expect_event '.event == "exec" and .action == "exit"'
	done
done

# --- the limit ---------------------------------------------------------------

# unheard WAY N: its crashes are N events; suspended or not, it says status S.
unheard() {
	forget_events
	guarded alice sh -c '"$0" "$1"; "$0" none' "$BIN/unheard" "$1"
	expect_stdout_has '8 crashed'
	expect_events "$2" '.event == "crash"'
	expect_status "$3"
}

it "a documented limit: crashes of the children of another thread than the \
leader, and of those that clone(2) hides, are not counted"
held
unheard leader 8 126
for way in thread untraced signal; do
	unheard $way 0 0
done

done_testing
