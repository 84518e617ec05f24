#!/bin/sh
# action = exit looks at every process that may be of the session, and the
# deaths of some interrupt its look at others: nobody of the session is passed
# over, and nobody else is kept or killed.  Row C3.

. "$(dirname "$0")/lib.sh"

PAIRS=150
ROUNDS=2

# watched SECONDS CMD...: in a pid namespace of its own, guard and all.
watched() {
	run unshare --pid --fork --mount-proc --kill-child \
	    "$BIN/looks" watch 61001 "$@"
	echo "# $(grep -a '^Of all' "$stdout_file")"
}

it "without a guard all of a crowd survive, and no bystander is hurt"
watched 3 "$(command -v setpriv)" --reuid alice --regid alice --init-groups -- \
    "$BIN/looks" crowd 20 "$ALLOWED"
expect_status 1
expect_stdout_has ' 20 bystanders, 0 traced, 0 hurt, 40 survivors'

for hold in '' 'segvguard { maxcrashes = 5 }'; do
	policy "policy \"test\" {
		users = { \"alice\" }
		$hold
		tpe {
			action = exit
			roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
		}
	}"
	round=0
	while [ $round -lt $ROUNDS ]; do
		round=$((round + 1))
		it "action = exit ends a crowd among bystanders, and no \
bystander (${hold:+held, }round $round)"
		forget_events
		watched 20 "$CTL" run -u alice -p /etc/execguard.d -- \
		    "$BIN/looks" crowd $PAIRS "$FORBIDDEN"
		expect_status 0
		expect_stdout_has \
		    " $PAIRS bystanders, 0 traced, 0 hurt, 0 survivors"
		expect_missing "$MARK"
		expect_event '.event == "exec" and .action == "exit"'
		expect 'the guard ends with its session' guards_gone
	done
done

# The guard of a session that began before an upgrade runs another file.
it "what the guard of an older version looks at is confirmed all the same"
mkdir "$TRUSTED/older"
cp "$GUARDD" "${GUARDD%/*}/inspector" "$TRUSTED/older/"
policy "policy \"test\" {
	users = { \"alice\", \"bob\" }
	tpe {
		action = exit
		roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
	}
}"
forget_events
# shellcheck disable=SC2016 # for the shell of the session
"$CTL" run -u bob -p /etc/execguard.d -- /bin/sh -c 'i=0
	while [ $i -lt 400 ]; do "$1"; i=$((i + 1)); done' sh /usr/bin/true &
bob=$!
round=0
while [ $round -lt 3 ]; do
	round=$((round + 1))
	run "$CTL" run -g "$TRUSTED/older/guardd" -u alice \
	    -p /etc/execguard.d -- "$BIN/looks" crowd 20 "$FORBIDDEN"
done
wait $bob
expect 'the guard ends with its session' guards_gone
expect_missing "$MARK"
expect_event '.event == "session" and .login == "bob" and
    .state == "close" and .asked == 401 and .confirmed == 401'

done_testing
