#!/bin/sh
# Where policy permits debuggers: what a user's own tracer can do to a guard,
# and what it cannot.  Where it does not: nothing at all.

. "$(dirname "$0")/lib.sh"

allow='debuggers = allow'
cp /bin/sleep "$T/sleep"
copy alice "$T/sleep" /home/alice/forbidden-sleep

# attack CMD...: alice's, from her home.
attack() {
	forget_events
	rm -f "$MARK"
	guarded alice /bin/sh -c 'cd /home/alice && exec "$@"' sh "$@"
}

# number WORD: what the attack printed behind it.
number() {
	sed -n "s/.*$1 \([0-9]*\).*/\1/p" "$stdout_file" | head -n 1
}

expect_quick() {
	expect_stdout_has slowest
	expect "at most 5 s, and not $(number slowest) ms" \
	    [ "$(number slowest)" -le 5000 ]
}

# --- with the default, nothing of it begins --------------------------------

for hold in let_go held; do
	$hold
	for mode in "swapped $ALLOWED $FORBIDDEN 3 hasty" \
	    "debugger stuck $ALLOWED 1"; do
		it "D1: nobody becomes a tracer: ${mode%% "$ALLOWED"*} ($hold)"
		# shellcheck disable=SC2086 # words
		attack "$BIN/"$mode
		expect_status 0
		expect_stdout EPERM
		expect_missing "$MARK"
	done

	it "D1: nobody becomes a tracer: storm ($hold)"
	attack "$BIN/debugger" storm "$ALLOWED" 20
	expect_stdout 'traced 0'

	it "D1: nobody becomes a tracer: vfork ($hold)"
	attack "$BIN/debugger" vfork "$ALLOWED"
	expect_stdout_has EPERM
done

# --- the exec that cannot be confirmed -------------------------------------

it "R9: without a guard a tracer that swaps names has the forbidden one run"
rm -f "$MARK"
bare alice /bin/sh -c 'cd /home/alice && exec "$@"' sh "$BIN/swapped" "$ALLOWED" \
    "$FORBIDDEN" 3000 hasty
expect 'five of them' [ "$(number loaded)" = 5 ]
expect 'each of them ran' [ "$(marks)" = "$(number loaded)" ]
rm -f "$MARK"

for hold in let_go held; do
	case $hold in
	held) held "$allow segvguard { maxcrashes = 5 }" ;;
	*) let_go "$allow" ;;
	esac

	it "R9: what was swapped is killed when it is seen ($hold)"
	attack "$BIN/swapped" "$ALLOWED" "$FORBIDDEN" 3000 patient
	expect_status 0
	expect_stdout_has loaded
	expect "each of $(number loaded) killed, and not $(number killed)" \
	    [ "$(number loaded)" = "$(number killed)" ]
	expect_missing "$MARK"
	loaded=$(number loaded)
	echo "# $loaded loaded, and killed in their exec stop ($hold)"
	expect_events "$loaded" '.event == "exec" and .phase == "confirm" and
	    .race and .action == "deny" and .check == "tpe" and
	    .path == "/home/alice/forbidden"'

	it "R9: and ended, where it runs on ($hold)"
	attack "$BIN/swapped" "$ALLOWED" /home/alice/forbidden-sleep 3000 hasty
	expect_status 0
	expect_stdout_has loaded
	expect 'each of them' [ "$(number loaded)" = "$(number killed)" ]

	it "S7: a traced thread that outlives its leader execs what may run ($hold)"
	forget_events
	rm -f "$MARK"
	# shellcheck disable=SC2016 # expanded there
	guarded alice /bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
	    strace -f -o /dev/null "$1" leaderless "$2"; done' sh "$BIN/threads" \
	    "$BIN/forbidden"
	expect 'ten marks' [ "$(marks)" = 10 ]
	expect_no_event '.event == "exec"'

	it "S7: and not what may not ($hold)"
	rm -f "$MARK"
	guarded alice strace -f -o /dev/null "$BIN/threads" leaderless "$FORBIDDEN"
	expect_missing "$MARK"
	expect_event '.event == "exec" and .action == "deny"'

	it "D1: five hundred tracees, fifty at a time ($hold)"
	attack "$BIN/debugger" storm "$ALLOWED" 500
	expect_status 0
	expect_stdout 'traced 500'
	expect 'no guard' guards_gone

	it "D1: an exec that waits for a tracer who never hears: others do not \
wait long ($hold)"
	attack "$BIN/debugger" stuck "$ALLOWED" 8
	expect_status 0
	expect_quick
	expect 'no guard' guards_gone

	it "D1: a target that cannot stop: others do not wait ($hold)"
	attack "$BIN/debugger" vfork "$ALLOWED"
	expect_status 0
	case $hold in
	held) expect_stdout_has EPERM ;;
	*) expect_stdout_has 'done' ;;
	esac
	expect_quick
	expect 'no guard' guards_gone
done

# --- whom it may not have --------------------------------------------------

# say_hold PID WORD: what alice's tracer is told of PID.
say_hold() {
	guarded alice "$BIN/tracer" hold "$1"
	expect_status 2
	expect_stdout "$2"
}

held "$allow segvguard { maxcrashes = 5 }"
it "D2: a guard, and its inspector, are nobody's tracees"
session alice /bin/sh -c 'echo ready; read line <"$GO.alice"'
expect 'a session' printed ready
expect 'an inspector' wait_until 5 inspector
guard=$(guards)
mv "$stdout_file" "$T/session.out"
for victim in $guard $inspector; do
	say_hold "$victim" EPERM
done
go alice
session_ends
expect_status 0
expect 'no guard' guards_gone

it "D2: nor is what runs outside of every session"
setpriv --reuid alice --regid alice --init-groups sleep 60 &
outside=$!
expect 'a process of hers' wait_until 5 \
    grep -q '^Uid:.61001' "/proc/$outside/status"
say_hold "$outside" EPERM
kill "$outside"

# A set-id program of alice's session, that its user wants to trace.
# shellcheck disable=SC2016 # expanded there
wants='"$1" exec "$2" "$GO.alice" & p=$!
    until grep -q "^Uid:.61001.0" /proc/$p/status; do :; done
    "$3" hold $p
    grep -q "^TracerPid:.0" /proc/$p/status && echo free || echo held
    echo go >"$GO.alice"; wait $p'
install -m 4755 "$BIN/tracer" "$TRUSTED/set-id"

it "D2: a set-id program stays held, whatever its user may trace"
guarded alice /bin/sh -c "$wants" sh "$TRUSTED/set-id" "$BIN/forbidden" \
    "$BIN/tracer"
expect_stdout_has EPERM
expect_stdout_has held

done_testing
