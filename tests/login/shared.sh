#!/bin/sh
# C7: with scope = user, crashes are counted for all sessions of a user together,
# and a suspension outlives them.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

VICTIM=$TRUSTED/victim
OTHER=$TRUSTED/other
RUN_DIR=/run/execguard
crash="$VICTIM -c 'kill -SEGV \$\$'"
alive="$VICTIM -c 'touch /home/alice/ran'"

shared() {
	policy 'policy "students" {
		users = {"alice", "bob"}
		segvguard { scope = user  '"$1"' }
	}'
}

install -m 0755 /bin/sh "$VICTIM"
install -m 0755 /bin/sh "$OTHER"
shared 'maxcrashes = 4'
start_sshd

# is_suspended USER: its program is refused in a new login of his.
is_suspended() {
	rm -f "/home/$1/ran"
	login "$1" "$VICTIM -c 'touch /home/$1/ran'"
	expect_status 126
	expect_missing "/home/$1/ran"
}

is_not_suspended() {
	rm -f "/home/$1/ran"
	login "$1" "$VICTIM -c 'touch /home/$1/ran'"
	expect_status 0
	expect_exists "/home/$1/ran"
}

it "four crashes in four logins are four crashes"
for n in 1 2 3; do
	login alice "$crash"
done
is_not_suspended alice
login alice "$crash"
is_suspended alice
expect_events 4 '.event == "crash" and .path == "'"$VICTIM"'"'
expect_event '.event == "crash" and .crashes == 4'
expect_events 1 '.event == "suspended"'
expect_event '.event == "exec" and .check == "segvguard"
	and .reason == "suspended"'

it "and nobody else's, of no other program"
is_not_suspended bob
login alice "$OTHER -c 'touch /home/alice/ran'"
expect_status 0
expect_exists /home/alice/ran

it "the file is the guards' own"
uid=$(id -u alice)
expect 'mode 0600' [ "$(stat -c '%a' "$RUN_DIR/$uid.crashes")" = 600 ]
run setpriv --reuid alice --regid alice --clear-groups \
    sh -c ": >>$RUN_DIR/$uid.crashes"
expect_status 2
run setpriv --reuid alice --regid alice --clear-groups rm -f "$RUN_DIR/$uid.crashes"
expect_status 1

it "an administrator hears of it when nobody is logged in, and forgives it"
expect 'no guard' guards_gone
run "$CTL" crashes
expect_status 0
expect_stdout_has "$VICTIM"
expect_stdout_has alice
run "$CTL" forgive -u bob --all
expect_stderr 'there was nothing to forgive'
is_suspended alice
run "$CTL" forgive -u alice "$VICTIM"
expect_status 0
expect_stdout_has "$VICTIM"
is_not_suspended alice
run "$CTL" crashes
expect_stdout ''

it "a session that runs hears of what another one counts, at its next exec"
open_session alice
say 'exec 2>/dev/null; echo rea""dy'
expect 'a shell' heard ready
login alice "for i in 1 2 3 4; do $crash; done; echo over"
expect_stdout over
rm -f /home/alice/ran
say "$alive; echo tri\"\"ed"
expect 'an answer' heard tried
expect_missing /home/alice/ran

it "one session is asked for what it counts, shared or not"
name=$("$CTL" sessions --json | jq -r '.sessions[0].id')
for args in '' "-s $name"; do
	# shellcheck disable=SC2086 # words
	run "$CTL" crashes $args
	expect_status 0
	expect 'one line of it' [ "$(grep -c "$VICTIM" "$stdout_file")" = 1 ]
done

it "and of its being forgiven, by another session's guard or by none"
run "$CTL" forgive -u alice --all
expect_status 0
say "$alive; echo aga\"\"in"
expect 'an answer' heard again
expect_exists /home/alice/ran
say exit
close_session
expect 'no guard' guards_gone

it "ten logins at once count as one: the crash that is one too many suspends"
forget_events
shared 'maxcrashes = 20'
for n in 1 2 3 4 5 6 7 8 9 10; do
	login alice "$crash; $crash" &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # pids
wait $pids
expect_events 20 '.event == "crash"'
expect_events 1 '.event == "suspended"'
is_suspended alice
"$CTL" forgive --all >/dev/null

it "nobody waits long for who has the file and was stopped: he runs what he may"
flock "$RUN_DIR/$uid.crashes" sh -c 'echo $$; exec sleep 60' >"$T/holder" &
expect 'it is locked' wait_until 10 [ -s "$T/holder" ]
login alice "$crash; $alive; echo over"
expect_stdout over
expect_exists /home/alice/ran
kill "$(cat "$T/holder")"
wait $!

it "scope = session shares nothing"
policy 'policy "students" { users = {"alice"}  segvguard { maxcrashes = 2 } }'
login alice "$crash"
login alice "$crash"
is_not_suspended alice

it "what an earlier boot has left counts as nothing"
shared 'maxcrashes = 1'
login alice "$crash"
is_suspended alice
# The boot's name stands behind three numbers.
printf '00000000' | dd of="$RUN_DIR/$uid.crashes" bs=1 seek=24 conv=notrunc \
    2>/dev/null
is_not_suspended alice

it "a file that is none of ours is as good as none"
login alice "$crash"
is_suspended alice
head -c 200000 /dev/urandom >"$RUN_DIR/$uid.crashes"
is_not_suspended alice
login alice "$crash"
is_suspended alice
: >"$RUN_DIR/$uid.crashes"
is_not_suspended alice

it "where it cannot be shared each session counts for itself, and logins go on"
rm "$RUN_DIR/$uid.crashes"
mkdir "$RUN_DIR/$uid.crashes"
login alice "$crash; $alive"
expect_status 126
is_not_suspended alice

done_testing
