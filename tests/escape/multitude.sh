#!/bin/sh
# 5,000 processes alive in one session that is held: what those beside them do
# takes no longer, and each of them is heard.

. "$(dirname "$0")/lib.sh"

FEW=10
MANY=5000
ROUNDS=200
TRIES=3

# of N WORD: what one of these took beside N processes.
of() {
	sed -n "s/^$1 processes:.* $2 \([0-9]*\).*/\1/p" "$stdout_file"
}

# at_most FACTOR WORD: beside many it takes at most so much, and 20 us.
at_most() {
	[ "$(of $MANY "$2")" -le $(($1 * $(of $FEW "$2") + 20)) ]
}

as_fast() {
	at_most 2 fork && at_most 2 spawn && at_most 2 signal
}

# A busy machine may be busier at one time than at another.
multitude() {
	tries=0
	while [ $tries -lt $TRIES ]; do
		tries=$((tries + 1))
		patient alice "$BIN/multitude" $FEW $MANY $ROUNDS "$ALLOWED"
		[ "$status" = 0 ] && as_fast && break
	done
}

it "beside $MANY processes a fork, a spawn and a signal take no longer, and \
each of them is heard"
held
forget_events
multitude
sed 's/^/# us beside /; $s/us beside //' "$stdout_file"
expect_status 0
for what in fork spawn signal; do
	expect "at most twice as long for a $what" at_most 2 $what
done
expect_stdout_has \
    "$MANY answered, $MANY stopped, $MANY continued, $MANY ended"
expect_no_event '.event == "exec"'
expect 'the guard ends with its session' guards_gone

done_testing
