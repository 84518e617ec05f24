#!/bin/sh
# A running session gets the policy as it is now: all of it or nothing, and what
# was counted stays.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

TOOL=$TRUSTED/tool
VICTIM=$TRUSTED/victim
crash="$VICTIM -c 'kill -SEGV \$\$'"

students() {
	policy 'policy "students" {
		groups = {"students"}
		'"$1"'
	}'
}

install -m 0755 /usr/bin/touch "$TOOL"
install -m 0755 /bin/sh "$VICTIM"
copy alice /usr/bin/touch /home/alice/touch
start_sshd

enter() {
	open_session alice
	say 'exec 2>/dev/null; echo rea""dy'
	expect 'a shell' heard ready
}

leave() {
	say exit
	close_session
	expect 'no guard' guards_gone
}

# try NAME CMD...: what alice's shell says of it, once it is over.
try() {
	rm -f /home/alice/ran
	name=$1
	shift
	say "$*; echo $name \$?"
	expect "an end of $name" heard "$name "
}

runs() {
	try "$@"
	expect_exists /home/alice/ran
}

is_refused() {
	try "$@"
	expect_missing /home/alice/ran
}

reloaded() {
	run "$CTL" reload
	expect_status 0
	expect_stdout_has alice
}

it "what the new policy permits runs, and what it refuses does not"
students 'tpe { roots = {"/usr"} }'
enter
is_refused first "$TOOL" /home/alice/ran
students 'tpe { roots = {"/usr", "'"$TRUSTED"'"} }'
is_refused second "$TOOL" /home/alice/ran
reloaded
runs third "$TOOL" /home/alice/ran
students 'tpe { roots = {"/usr"} }'
reloaded
is_refused fourth "$TOOL" /home/alice/ran
expect_event '.event == "session" and .state == "reload"
	and .policy == "students"'

it "a wrong policy changes nothing, and says where it is wrong"
policy 'policy "students" {
	groups = {"students"}
	tpe { rotos = {"/usr", "'"$TRUSTED"'"} }
}'
run "$CTL" reload
expect_status 1
expect_stderr "/etc/execguard.d/test.conf:4: "
expect_stderr rotos
expect_stderr 'no session has been changed'
is_refused fifth "$TOOL" /home/alice/ran
expect 'a guard' [ -n "$(guards)" ]

it "what was counted stays: a suspended program stays suspended"
students 'segvguard { maxcrashes = 2 }'
reloaded
try once "$crash"
students 'segvguard { maxcrashes = 2  expiry = 100 }'
reloaded
try twice "$crash"
is_refused sixth "$VICTIM -c 'touch /home/alice/ran'"
reloaded
is_refused seventh "$VICTIM -c 'touch /home/alice/ran'"
expect_event '.check == "segvguard" and .reason == "suspended"'

it "who is named by no policy any more is judged by none, and by one again"
policy 'policy "others" { users = {"bob"}  tpe { roots = {"/usr"} } }'
run "$CTL" reload
expect_status 0
expect_stdout_has none
runs eighth /home/alice/touch /home/alice/ran
students 'tpe { roots = {"/usr"} }'
reloaded
is_refused ninth /home/alice/touch /home/alice/ran

it "what the filter lacks is refused, and the old policy stays whole"
students 'tpe { roots = {"/usr", "'"$TRUSTED"'"}  libraries = true }'
run "$CTL" reload
expect_status 1
expect_stderr 'tpe.libraries, and the filter of this session has not'
is_refused tenth "$TOOL" /home/alice/ran
students 'on_logout = kill  tpe { roots = {"/usr", "'"$TRUSTED"'"} }'
run "$CTL" reload
expect_status 1
expect_stderr 'has given up what they need'
is_refused eleventh "$TOOL" /home/alice/ran
leave

it "a manifest is read again"
install -m 0755 /usr/bin/touch "$TRUSTED/other"
"$CTL" manifest create "$TOOL" >"$TRUSTED/manifest"
students 'integrity { manifest = {"'"$TRUSTED/manifest"'"}  unlisted = allow }'
enter
runs twelfth "$TOOL" /home/alice/ran
sed -i 's/[0-9a-f]\{8\}$/00000000/' "$TRUSTED/manifest"
reloaded
is_refused thirteenth "$TOOL" /home/alice/ran
leave

it "users keep the groups of their login, and so do their sessions"
students 'tpe { roots = {"/usr"} }'
enter
sed -i 's/^\(students:.*\)alice/\1/' /etc/group
reloaded
is_refused fourteenth "$TOOL" /home/alice/ran
leave

it "no exec slips through, and none waits, while policies change"
policy 'policy "students" { users = {"alice"}  tpe { roots = {"/usr"} } }'
enter
say 'i=0; while [ $i -lt 600 ]; do
	/home/alice/touch /home/alice/ran; /usr/bin/true || echo wro""ng
	i=$((i + 1)); done; echo o""ver'
n=0
until grep -qaF over "$talk" || [ $n = 400 ]; do
	policy 'policy "students" { users = {"alice"}
		tpe { roots = {"/usr", "/opt/'$n'"} } segvguard { } }'
	timeout 10 "$CTL" reload >/dev/null || break
	n=$((n + 1))
done
expect 'an end' heard over
expect 'many changes' [ $n -gt 20 ]
expect_missing /home/alice/ran
expect 'no permitted program was refused' [ "$(grep -c wrong "$talk")" = 0 ]
leave

it "another guard than root's own cannot be told by anybody else"
enter
run setpriv --reuid alice --regid alice --clear-groups "$CTL" reload
expect_status 1
leave

done_testing
