#!/bin/sh
# An exemption that ends by itself: execguardctl permit.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

copy alice /usr/bin/touch /home/alice/touch
copy alice /usr/bin/touch /home/alice/other
copy bob /usr/bin/touch /home/bob/touch
# judged USERS: in quotes, with commas.
judged() {
	policy 'policy "students" {
		users = {'"$1"'}
		tpe { roots = {"/usr", "'"$TRUSTED"'"} }
		exec { default = allow  deny = {"/usr/bin/env"} }
	}'
}
judged '"alice", "bob"'
pam_line su
start_sshd

enter() {
	open_session alice
	say 'exec 2>/dev/null; echo rea""dy'
	expect 'a shell' heard ready
	name=$(timeout 20 "$CTL" sessions --json | jq -r '.sessions[0].id')
}

leave() {
	say exit
	close_session
	expect 'no guard' guards_gone
}

# try NAME CMD...: until alice's shell has said that it is over.
try() {
	rm -f /home/alice/ran /home/bob/ran
	tried=$1
	shift
	say "$*; echo $tried \$?"
	expect "an end of $tried" heard "$tried "
}

runs() {
	try "$@"
	expect_exists /home/alice/ran
}

is_refused() {
	try "$@"
	expect_missing /home/alice/ran
}

ended() {
	[ "$(count_events '.event == "permit" and .state == "end"')" -ge "$1" ]
}

it "what is permitted runs, and nothing else does"
enter
is_refused first /home/alice/touch /home/alice/ran
run "$CTL" permit alice --for 10m --check tpe /home/alice/touch
expect_status 0
expect_stdout_has alice
runs second /home/alice/touch /home/alice/ran
is_refused third /home/alice/other /home/alice/ran
is_refused fourth /usr/bin/env /usr/bin/touch /home/alice/ran
expect_event '.event == "permit" and .state == "begin" and .user == "alice"
	and .check == "tpe" and .path == "/home/alice/touch" and .seconds == 600'

it "a second one takes the place of the first"
run "$CTL" permit "$name" --for 10m --check exec
expect_status 0
is_refused fifth /home/alice/touch /home/alice/ran
runs sixth /usr/bin/env /usr/bin/touch /home/alice/ran
expect_events 1 '.event == "permit" and .state == "end"'

it "it ends by itself, to the second"
run "$CTL" permit alice --for 1s
expect_status 0
expect 'an end' wait_until 10 ended 3
is_refused seventh /home/alice/touch /home/alice/ran
is_refused eighth /usr/bin/env /usr/bin/touch /home/alice/ran

it "a reload ends it"
run "$CTL" permit alice --for 10m
expect_status 0
runs ninth /home/alice/touch /home/alice/ran
run "$CTL" reload
expect_status 0
is_refused tenth /home/alice/touch /home/alice/ran
expect_event '.event == "permit" and .state == "end" and .seconds > 0'

it "it is for whom it was given, and for nobody else in the session"
# bob's own shell would have none of this session's words.
give root "$TRUSTED/as-bob" <<'END'
#!/bin/sh
echo swordfish | su bob -c '/home/bob/touch /home/bob/ran'
END
run "$CTL" permit alice --for 10m
expect_status 0
runs eleventh /home/alice/touch /home/alice/ran
try twelfth "$TRUSTED/as-bob"
expect_missing /home/bob/ran

it "it is for everybody in a session, or for nobody"
judged '"alice"'
run "$CTL" permit "$name" --for 10m
expect_status 1
expect_stderr "no policy names 'bob' any more"
is_refused seventeenth /home/alice/touch /home/alice/ran
judged '"alice", "bob"'
run "$CTL" permit "$name" --for 10m
expect_status 0
runs eighteenth /home/alice/touch /home/alice/ran

it "it does not outlive its session"
leave
enter
is_refused thirteenth /home/alice/touch /home/alice/ran

it "what it does not understand changes nothing"
for words in 'alice' '--for 10m' 'alice --for soon' 'alice --for 0s' \
    'alice --for 10m touch' 'alice bob carol --for 10m'; do
	# shellcheck disable=SC2086 # words
	run "$CTL" permit $words
	expect_status 2
done
run "$CTL" permit alice --for 10m --check tep
expect_status 1
expect_stderr "there is no check 'tep'"
run "$CTL" permit bob --for 10m
expect_status 1
expect_stderr "'bob' has no session that is guarded"
run "$CTL" permit no-such-user --for 10m
expect_status 1
is_refused fourteenth /home/alice/touch /home/alice/ran

it "an order that may be meant for several sessions is obeyed by none"
mkfifo -m 0644 /home/bob/go
login bob 'read -r go </home/bob/go' &
second=$!
two_sessions() {
	[ "$("$CTL" sessions --json | jq '.sessions | length')" = 2 ]
}
expect 'two sessions' wait_until 10 two_sessions
forget_events
run "$CTL" permit '' --for 10m
expect_status 1
expect_stderr 'several sessions begin'
: >/home/bob/go
wait $second
is_refused sixteenth /home/alice/touch /home/alice/ran
expect_events 0 '.event == "permit"'

it "a user cannot exempt himself"
run setpriv --reuid alice --regid alice --clear-groups \
    "$CTL" permit alice --for 10m
expect_status 1
is_refused fifteenth /home/alice/touch /home/alice/ran
leave

done_testing
