#!/bin/sh
# What an administrator hears of the sessions that run, and what he may do in
# them: execguardctl sessions, show, events, crashes, forgive.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

VICTIM=$TRUSTED/victim
RUN_DIR=/run/execguard

policy 'policy "students" {
	groups = {"students"}
	tpe { roots = {"/usr", "'"$TRUSTED"'"} }
	segvguard { maxcrashes = 2 }
}
policy "staff" {
	users = {"bob"}
	mode = permissive
	tpe { roots = {"/usr"} }
}'
cp /bin/sh "$VICTIM"
copy alice /usr/bin/touch /home/alice/touch
pam_line su
start_sshd

# json FILTER ARGS...: what execguardctl ARGS --json prints, through jq.
json() {
	json_filter=$1
	shift
	timeout 20 "$CTL" "$@" --json | jq -r "$json_filter"
}

# is WHAT FILTER ARGS...
is() {
	is_wanted=$1
	shift
	[ "$(json "$@")" = "$is_wanted" ]
}

name_of() {
	json ".sessions[] | select(.user == \"$1\").id" sessions
}

crash="$VICTIM -c 'kill -SEGV \$\$'"

# A shell that says nothing of its own.
enter() {
	open_session "$1"
	say 'exec 2>/dev/null; echo rea""dy'
	expect 'a shell' heard ready
	name=$(name_of "$1")
	guard=$(guards)
}

leave() {
	say exit
	close_session
	expect 'no guard' guards_gone
}

it "lists nothing when nobody is guarded"
run "$CTL" sessions
expect_status 0
expect_stdout ''
run "$CTL" sessions --json
expect_stdout '{"sessions":[]}'
run "$CTL" events
expect_status 0
expect_stdout ''

it "lists a session: whose it is, and by which policy"
enter alice
run "$CTL" sessions
expect_status 0
expect_stdout_has 'SESSION'
expect_stdout_has 'alice'
expect_stdout_has 'students'
expect 'one session' is 1 '.sessions | length' sessions
expect 'all of it' is "alice 61001 execguard-sshd 127.0.0.1 students enforce
hold $guard" '.sessions[] | "\(.user) \(.uid) \(.service) \(.rhost) \(.policy) \(
.mode)\n\(.tracing) \(.guard)"' sessions
expect 'a time of today' is "$(date -u +%Y-%m-%d)" \
    '.sessions[].since | split("T")[0]' sessions

it "tells what was refused, at once"
say '/home/alice/touch /home/alice/ran; echo refu""sed'
expect 'a refusal' heard refused
expect_missing /home/alice/ran
expect 'a denial' is 1 '.sessions[].denials' sessions
run "$CTL" events -d
expect_status 0
expect_stdout_has 'alice deny /home/alice/touch: it lies below no trusted root'
expect_stdout_has '(tpe.roots, /etc/execguard.d/test.conf:4)'

it "tells it to who asks for alice, and not to who asks for bob"
expect 'hers' is outside-roots .reason events -d -u alice
run "$CTL" events -d -u bob
expect_stdout ''

it "tells it to who asks for this hour, and not to who asks for tomorrow"
expect 'this hour' is outside-roots .reason events -d -S 1h
run "$CTL" events -S "$(date -u -d tomorrow +%Y-%m-%d)"
expect_status 0
expect_stdout ''

it "counts crashes, and tells who is suspended"
say "$crash; echo on""ce"
expect 'a crash' heard once
expect 'it counts' is "1 null $VICTIM" \
    '.crashes[] | "\(.crashes) \(.suspended_s) \(.path)"' crashes
say "$crash; echo twi""ce"
expect 'a second' heard twice
expect 'it is suspended' is "0 true $VICTIM" \
    '.crashes[] | "\(.crashes) \(.suspended_s > 500) \(.path)"' crashes
expect 'it says so' is 1 '.sessions[].suspended' sessions
run "$CTL" crashes -u alice
expect_stdout_has "$VICTIM"
run "$CTL" crashes -u bob
expect_stdout ''
say "$VICTIM -c 'touch /home/alice/ran'; echo be\"\"fore"
expect 'a refusal' heard before
expect_missing /home/alice/ran

it "shows the session whole, by the beginning of its name"
run "$CTL" show "$(echo "$name" | cut -c 1-6)"
expect_status 0
expect_stdout_has "$name"
expect_stdout_has 'PAM sessions'
expect_stdout_has 'Traced at this moment'
expect_stdout_has "$VICTIM"
expect_stdout_has 'session open execguard-sshd'
expect 'how long its decisions took' is true \
    '.session | ([.latency[].asks] | add) == .asked and
    ([.latency[].confirms] | add) == .execs' show "$name"
expect 'its processes are held' is held \
    '[.processes[].state] | unique | join(" ")' show "$name"
expect 'her shell is one of them' is true \
    'any(.processes[]; .path | endswith("sh"))' show "$name"
expect 'every event' is 'crash crash exec exec session suspended' \
    '[.events[].event] | sort | join(" ")' show "$name"

it "forgives nobody else's, and no other program"
run "$CTL" forgive -u bob --all
expect_status 0
expect_stderr 'there was nothing to forgive'
run "$CTL" forgive /usr/bin/true
expect_stderr 'there was nothing to forgive'
say "$VICTIM -c 'touch /home/alice/ran'; echo sti\"\"ll"
expect 'a refusal' heard still
expect_missing /home/alice/ran

it "forgives a program, which runs again"
run "$CTL" forgive -u alice "$VICTIM"
expect_status 0
expect_stdout_has "$VICTIM"
expect 'nothing is counted' is 0 '.crashes | length' crashes
say "$VICTIM -c 'touch /home/alice/ran'; echo af\"\"ter"
expect 'it runs' heard after
expect_exists /home/alice/ran
rm -f /home/alice/ran

it "follows what happens, also in a session that has yet to begin"
"$CTL" events -f --json >"$T/followed" 2>"$T/follow.err" &
follower=$!
followed() {
	jq -se "any(.[]; $1)" "$T/followed" >"$T/jq.out" 2>&1
}
expect 'what was' wait_until 10 followed '.event == "suspended"'
say '/home/alice/touch /home/alice/ran; echo aga""in'
expect 'a refusal' heard again
expect 'what happens' wait_until 10 \
    followed '.event == "exec" and .reason == "outside-roots"'
mkfifo "$T/go"
login bob 'read -r go' <"$T/go" &
newcomer=$!
exec 6>"$T/go"
expect 'who came' wait_until 10 \
    followed '.event == "session" and .user == "bob" and .state == "open"'
exec 6>&-
wait $newcomer
expect 'who went' wait_until 10 \
    followed '.event == "session" and .user == "bob" and .state == "close"'
kill $follower
wait $follower 2>/dev/null
expect 'not a word of trouble' [ ! -s "$T/follow.err" ]

it "ends when the session ends that it follows"
"$CTL" events -f -s "$name" >"$T/followed" 2>&1 &
follower=$!
expect 'what was' wait_until 10 grep -q suspended "$T/followed"
leave
wait $follower 2>/dev/null
expect 'fine' [ $? = 0 ]
expect 'the last event' grep -q 'session close' "$T/followed"

it "leaves no socket behind"
expect 'an empty folder' [ -z "$(ls -A $RUN_DIR)" ]

it "tells of su inside"
enter alice
say 'echo swordfish | su bob -c "echo in""side; cat"'
expect 'a su' heard inside
expect 'two PAM sessions' is 'alice bob' \
    '[.guests[].user] | join(" ")' show "$name"
expect 'one is permissive' is permissive '.guests[1].mode' show "$name"
expect 'one session' is 1 '.sessions | length' sessions
close_session
expect 'no guard' guards_gone

it "says what it does not know"
run "$CTL" events -f -s 0000
expect_status 1
expect_stderr "there is no session '0000'"
run "$CTL" show 0000
expect_status 1
expect_stderr "there is no session '0000'"
run "$CTL" crashes -u nobody-there
expect_status 1
expect_stderr 'nobody-there'
run "$CTL" forgive "$T/nothing"
expect_status 1
expect_stderr "$T/nothing"
run "$CTL" events -S yesterday
expect_status 2
expect_stderr 'yesterday'
for words in 'show' 'forgive' 'forgive -a /bin/sh' 'sessions alice' \
    'events now' 'crashes --all' 'sessions -x'; do
	# shellcheck disable=SC2086 # words
	run "$CTL" $words
	expect_status 2
done

it "answers root alone"
enter alice
for verb in sessions events crashes 'forgive --all' "show $name"; do
	# shellcheck disable=SC2086 # words
	run setpriv --reuid alice --regid alice --clear-groups "$CTL" $verb
	expect_status 1
	expect_stderr 'only root may ask the guards'
done
expect 'a socket of root alone' \
    [ "$(stat -c '%a %u' "$RUN_DIR/$name.sock")" = '700 0' ]

it "does not wait for who asks and does not listen"
"$CTL" events -f >"$T/slow.out" 2>&1 &
stopped=$!
expect 'it listens' wait_until 10 grep -q 'session open' "$T/slow.out"
kill -STOP $stopped
say 'i=0; while [ $i -lt 2000 ]; do /home/alice/touch x$i; i=$((i + 1)); done; echo fin""ished'
expect 'nobody waits' heard finished
expect_missing /home/alice/x0
expect 'others are answered' is 2000 '.sessions[].denials' sessions
kill -CONT $stopped
expect 'it hears the rest, and what it missed' \
    wait_until 10 grep -q 'events came too fast, and were missed' "$T/slow.out"
kill $stopped
wait $stopped 2>/dev/null
leave

it "serves four at once, and tells the fifth, whom it does not cost the session"
enter alice
followers=''
for n in 1 2 3 4; do
	"$CTL" events -f >"$T/follow.$n" 2>&1 &
	followers="$followers $!"
	expect 'it listens' wait_until 10 grep -q 'session open' "$T/follow.$n"
done
for n in 1 2 3 4 5; do
	run "$CTL" reload
	expect_status 1
	expect_stderr "session $name: too many ask this guard at once; try again"
done
expect 'a socket' test -e "$RUN_DIR/$name.sock"
run "$CTL" events -f -s "$name"
expect_status 1
expect_stderr 'too many ask this guard at once'
"$CTL" events -f >"$T/follow.5" 2>&1 &
fifth=$!
expect 'it is told' wait_until 10 grep -q 'too many ask' "$T/follow.5"
run "$CTL" reload
expect 'it asks no more' [ "$(grep -c 'too many ask' "$T/follow.5")" = 1 ]
kill $fifth
# shellcheck disable=SC2086 # pids
kill $followers
wait_for() {
	run "$CTL" reload
	[ "$status" = 0 ]
}
expect 'one may ask again' wait_until 10 wait_for
leave

it "answers also while a session asks for one program after the other"
enter alice
say 'n=0; while [ $n -lt 400 ]; do while :; do /usr/bin/true; /home/alice/touch x; done & n=$((n + 1)); done; echo flo""od'
expect 'a flood' heard flood
for n in 1 2 3; do
	run "$CTL" sessions
	expect_status 0
	expect_stdout_has alice
done
# Whom it holds dies with it.
kill -KILL "$guard"
close_session
expect 'no guard' guards_gone
run "$CTL" sessions

it "takes away what a guard that was killed has left"
enter alice
kill -KILL "$guard"
close_session
expect 'no guard' guards_gone
expect 'its socket' test -e "$RUN_DIR/$name.sock"
run "$CTL" sessions
expect_status 0
expect_stdout ''
expect 'no socket' [ ! -e "$RUN_DIR/$name.sock" ]

it "guards a login also where it cannot listen"
rmdir $RUN_DIR
: >$RUN_DIR
login alice '/home/alice/touch /home/alice/ran'
expect_status 126
expect_missing /home/alice/ran

done_testing
