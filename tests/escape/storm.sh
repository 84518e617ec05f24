#!/bin/sh
# More than a guard can answer at once: row G2.

. "$(dirname "$0")/lib.sh"

MS=2000
LIMIT=200
THREADS=1000
GROWTH_KIB=$(growth 1024)

# Processes whose tracer the guard is, one a line.
traced() {
	grep -l "^TracerPid:.$guard\$" /proc/[0-9]*/task/[0-9]*/status \
	    2>/dev/null
}

n_traced_are() {
	[ "$(traced | wc -l)" = "$1" ]
}

# in_a_storm CMD...: alice's session does it twice; what the guard has then is
# compared with what it had after the first, and its session goes on.
in_a_storm() {
	rm -f "$MARK"
	forget_events
	session alice sh -c 'echo ready
		for n in 1 2; do
			read -r word <"$GO.alice"
			"$@" && echo "end $n"
		done
		read -r word <"$GO.alice"
		/bin/true && echo good
		"$ESCAPE_FORBIDDEN"
		echo "status $?"' sh "$@"
	expect 'a session' printed ready
	guard=$(guards)
	before=$(traced | wc -l)
	go alice
	expect 'an end' wait_until 60 grep -q 'end 1' "$stdout_file"
	kib=$(guard_kib)
	n_fds=$(descriptors)
	go alice
	expect 'another' wait_until 60 grep -q 'end 2' "$stdout_file"
	expect "no more than $before traced" wait_until 5 n_traced_are "$before"
	more=$(($(guard_kib) - kib))
	expect "at most $GROWTH_KIB KiB more, and not $more" \
	    [ $more -le "$GROWTH_KIB" ]
	expect 'no descriptor more' [ "$(descriptors)" -le "$n_fds" ]
	go alice
	session_ends
	expect_stdout_has good
	expect_stdout_has 'status 126'
	expect_missing "$MARK"
	expect 'the guard ends with its session' guards_gone
	echo "# G2: $(grep -a "${said:-tried}" "$stdout_file" | tail -n 1);" \
	    "$more KiB"
}

# sum WORDS: what both storms said of it.
sum() {
	sed -n "s/.* \([0-9]*\) $1.*/\1/p" "$stdout_file" |
	    awk '{ n += $1 } END { print n + 0 }'
}

export ESCAPE_FORBIDDEN="$FORBIDDEN"

for hold in let_go held; do
	it "G2: as many programs as the machine starts in $MS ms ($hold)"
	$hold
	in_a_storm "$BIN/storm" execs "$MS" "$ALLOWED" "$FORBIDDEN"
	tried=$(sed -n 's/^\([0-9]*\) tried.*/\1/p' "$stdout_file" |
	    awk '{ n += $1 } END { print n }')
	expect 'a storm' [ "$tried" -gt 200 ]
	expect 'nobody killed' [ "$(sum killed)" = 0 ]
	expect 'no other end' [ "$(sum otherwise)" = 0 ]
	expect "$tried answers" [ $(($(sum ran) + $(sum refused))) = "$tried" ]
	expect 'every fourth refused' [ "$(sum refused)" -ge $((tried / 5)) ]
	# These, the two storms, true, and the last one that is refused.
	expect_event ".event == \"session\" and .state == \"close\" and
	    .asked >= $tried and .killed == 0 and .races == 0 and
	    .refused + .repeated >= $(sum refused) and
	    .confirmed >= $(sum ran)"

	it "G2: a fork bomb of $LIMIT processes for $MS ms ($hold)"
	in_a_storm "$BIN/storm" bomb "$MS" "$LIMIT" "$ALLOWED" "$FORBIDDEN"
	expect 'a bomb' [ "$(sum forks)" -gt $LIMIT ]
	expect 'one at its limit' [ "$(sum not)" -gt 0 ]
	expect 'some that ran' [ "$(sum ran)" -gt 0 ]
	expect 'some that were refused' [ "$(sum refused)" -gt 0 ]
	expect 'nobody killed' [ "$(sum killed)" = 0 ]
	expect 'no other end' [ "$(sum otherwise)" = 0 ]

	it "G2: $THREADS threads that exec at once what may not run ($hold)"
	said=threads
	in_a_storm "$BIN/storm" threads "$THREADS" "$FORBIDDEN"
	expect "2 * $THREADS refused" \
	    [ "$(sum refused)" = $((2 * THREADS)) ]
	expect 'no other end' [ "$(sum otherwise)" = 0 ]
	expect_stdout_has 'the process did not run'
	said=

	it "G2: $THREADS threads that exec at once what may run, once ($hold)"
	forget_events
	guarded alice "$BIN/storm" threads "$THREADS" "$BIN/forbidden"
	expect_stdout_has 'the process ran'
	expect 'one mark' [ "$(marks)" = 1 ]
	expect_no_event '.event == "exec"'
	expect 'the guard ends with its session' guards_gone
	rm -f "$MARK"
done

it "G2: the same storm without a guard starts what is forbidden, too"
bare alice "$BIN/storm" execs 300 "$ALLOWED" "$FORBIDDEN"
expect_stdout_has ESCAPED
rm -f "$MARK"

done_testing
