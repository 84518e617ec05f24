#!/bin/sh
# A held session that runs for 20,000 execs, with FULL=1 for a million: its
# guard grows no larger and no slower.

. "$(dirname "$0")/lib.sh"

ROUNDS=20000
[ "${FULL:-0}" != 1 ] || ROUNDS=1000000
GROWTH_KIB=$(growth 128)

said() {
	grep -q "^$1\$" "$stdout_file" || ! kill -0 "$session"
}

# of TENTH NUMBER: that number of its line.
of() {
	sed -n "s/^tenth $1: \([0-9]*\) us, \([0-9]*\) a second/\\$2/p" \
	    "$stdout_file"
}

it "the guard is as small and as fast after $ROUNDS execs as after 1000"
held
forget_events
session alice sh -c '"$0" 1000 "$1" 2 <"$GO.alice"' \
    "$BIN/endurance_static" $ROUNDS
expect 'a beginning' wait_until 60 said begun
guard=$(guards)
expect 'one guard' [ "$(guards | wc -w)" = 1 ]
kib=$(guard_kib) n_fds=$(descriptors)
go alice
expect 'an end' wait_until 1100 said ended
expect_stdout_has ended
more=$(($(guard_kib) - kib))
echo "# $ROUNDS execs: the guard's PSS from $kib KiB to $((kib + more)) KiB," \
    "$n_fds descriptors; tenths: $(of 1 1) us and $(of 1 2) a second," \
    "$(of 10 1) us and $(of 10 2) a second"
expect "at most $GROWTH_KIB KiB more, and not $more" [ $more -le "$GROWTH_KIB" ]
expect "$n_fds descriptors" [ "$(descriptors)" = "$n_fds" ]
expect 'the last tenth within half as much again as the first' \
    [ $((10 * $(of 10 1))) -le $((15 * $(of 1 1))) ]
go alice
session_ends
expect_status 0
expect_event ".event == \"session\" and .state == \"close\" and
    .confirmed >= $((ROUNDS + 1000)) and .killed == 0 and .races == 0"
expect 'the guard ends with its session' guards_gone

done_testing
