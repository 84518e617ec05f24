#!/bin/sh
# Races: the name, or what it leads to, changes between check and load.
# Rows R1 to R4.
#
# R1 is one run of 10,000 rounds.  For ten of them, a few minutes:
#
#	make check-races

. "$(dirname "$0")/lib.sh"

BARE_ROUNDS=300

# None: and not because nothing ran at all.
expect_none_ran() {
	expect_status 0
	expect_missing "$MARK"
	expect 'no forbidden run' [ "$(score 'forbidden ran')" = 0 ]
	expect 'some of the allowed that ran' [ "$(score 'allowed ran')" -gt 0 ]
	expect 'nothing but that, refusals and kills' \
	    [ "$(score 'went otherwise')" = 0 ]
}

# Alone, about half the rounds are won (fewer where a mount is the racer).
expect_odds() {
	rm -f "$MARK"
	expect 'a race that wins often without a guard' \
	    [ "$(score 'forbidden ran')" -gt $((BARE_ROUNDS / 30)) ]
}

measured() {
	echo "# $1: $(sed '1s/killed/stopped at confirm/; 1q' "$stdout_file")"
}

# race ROUNDS MODE ALLOWED FORBIDDEN [NAME]: first alone, then guarded.
race() {
	bare alice "$BIN/race" $BARE_ROUNDS "$3" "$4" "$2"
	expect_odds
	patient alice "$BIN/race" "$1" "$3" "$4" "$2"
	expect_none_ran
	measured "${5:-$2}"
}

# r1 RUN: every round that ended by SIGKILL was stopped at the confirm.
r1() {
	forget_events
	race 10000 thread "$ALLOWED" "$FORBIDDEN" "R1 run $1"
	expect 'some that only the confirm stopped' [ "$(score killed)" -gt 0 ]
	expect_events "$(score killed)" '.event == "exec" and
	    .phase == "confirm" and .action == "deny"'
	expect_event '.event == "exec" and .phase == "confirm" and .race == true'
}

give alice /home/alice/forbidden-script <<-'END'
	#!/bin/sh
	printf x >>"$ESCAPE_MARK"
END
give root "$TRUSTED/allowed-script" <<-'END'
	#!/bin/sh
	exit 0
END

# --- rows ------------------------------------------------------------------

let_go
it "R1: a thread rewrites the path, 10,000 rounds"
r1 1

run_number=2
while [ "${FULL:-0}" = 1 ] && [ $run_number -le 10 ]; do
	it "R1: a thread rewrites the path, 10,000 rounds, run $run_number"
	r1 $run_number
	run_number=$((run_number + 1))
done

held
it "R1: a thread rewrites the path, while every process is held"
race 2000 thread "$ALLOWED" "$FORBIDDEN"
expect 'some that only the confirm stopped' [ "$(score killed)" -gt 0 ]

for hold in let_go held; do
	$hold
	for mode in vm shared mem; do
		it "R2: another process rewrites the path ($mode, $hold)"
		race 500 $mode "$ALLOWED" "$FORBIDDEN"
	done

	# The call itself is refused: the racer never begins.
	it "R2: another process rewrites the path (writev, $hold)"
	race 100 writev "$ALLOWED" "$FORBIDDEN"
	expect 'nothing but the allowed' [ "$(score 'allowed ran')" = 100 ]

	it "R3: the path leads to one of two scripts ($hold)"
	race 500 script "$TRUSTED/allowed-script" /home/alice/forbidden-script

	for mode in dirfd cwd; do
		it "R3: the folder is exchanged by a sibling ($mode, $hold)"
		race 500 $mode "$ALLOWED" "$FORBIDDEN"
	done

	for mode in symlink rename; do
		it "R4: the file is exchanged by name ($mode, $hold)"
		race 500 $mode "$ALLOWED" "$FORBIDDEN"
	done

	it "R4: another file is mounted over it ($hold)"
	bare alice unshare -Urm "$BIN/race" $BARE_ROUNDS "$ALLOWED" \
	    "$FORBIDDEN" mount
	expect_odds
	patient alice unshare -Urm "$BIN/race" 200 "$ALLOWED" "$FORBIDDEN" \
	    mount
	expect_none_ran
	measured mount
done

done_testing
