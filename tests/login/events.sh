#!/bin/sh
# Events in the system log, where they go unless the policy names a file: what
# they hold, and what becomes of them when the log does not listen.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

log=$T/log
wake=$T/wake

# From here on /dev/log is our own, or nobody's.
lib_cover /dev log
mkfifo "$wake"
exec 8<>"$wake"

# start_log [STDIN]: a log that listens when a line comes from STDIN, or at
# once.
start_log() {
	rm -f "$log" "$EVENTS"
	"$B/tests/escape/syslogd" /dev/log "$log" "$EVENTS" \
	    <"${1:-/dev/null}" 5>&- 8>&- &
	log_pid=$!
	wait_until 5 test -S /dev/log
}

stop_log() {
	kill "$log_pid"
	wait "$log_pid" 2>/dev/null
	rm -f /dev/log
}

wake_log() {
	echo >&8
}

cat >/etc/execguard.d/test.conf <<-END
	policy "students" {
		groups = {"students"}
		tpe { roots = {"/usr", "$TRUSTED"} }
	}
END

# Owner, group and mode are unlike those of all that is around it.
tool=/home/alice/touch
copy alice /usr/bin/touch $tool
chown alice:students $tool
chmod 2711 $tool
try="$tool /home/alice/ran"

# Refused at confirm: root's trusted program, whose loader is alice's.
loader=/home/alice/ld.so
borrowed=$TRUSTED/borrowed
real=$(grep -aoE '/lib[a-z0-9]*/ld-[a-z]+[-_.a-z0-9]*' /usr/bin/touch |
    head -n 1)
fill=$(printf "%$((${#real} - ${#loader}))s" '' | tr ' ' /)
copy alice "$real" $loader
chmod 0511 $loader
sed "s|$real|/home/alice$fill/ld.so|" /usr/bin/touch | give root "$borrowed"

start_log
start_sshd

# --- a line ----------------------------------------------------------------

# Heads of execguard's lines, and of nobody else's.
heads() {
	sed -n 's/^\(<[0-9]*>execguard\[[0-9]*\]: \){.*}$/\1/p' "$log"
}

logged() {
	grep -q "$@" "$log"
}

it "writes a refusal to authpriv, as a warning"
login alice "$try"
expect_status 126
expect_missing /home/alice/ran
expect_events 1 '.event == "exec"'
# 10 (authpriv) * 8 + 4 (warning), 6 (info): syslog(3).
expect 'one line' [ "$(grep -c '"event":"exec"' "$log")" = 1 ]
expect 'priority 84' \
    logged '^<84>execguard\[[0-9]*\]: {.*"event":"exec".*}$'

it "writes that a session opens and closes to authpriv, as information"
for state in open close; do
	expect_events 1 '.event == "session" and .state == "'$state'"'
	expect 'priority 86' \
	    logged '^<86>execguard\[[0-9]*\]: {.*"state":"'$state'".*}$'
done

it "writes each event as one line of JSON, and nothing else"
expect 'three lines' [ "$(heads | wc -l)" = 3 ]
expect 'no other line of ours' [ "$(grep -c execguard "$log")" = 3 ]
expect 'JSON' [ "$(jq -n '[inputs] | length' <"$EVENTS")" = 3 ]

it "keeps one line one, whatever the file is called"
odd=$(printf '/home/alice/a\nb\033[31m')
cp "$tool" "$odd"
login alice 'exec ./a*'
expect_status 126
expect_events 1 '.event == "exec" and (.path | startswith("/home/alice/a\n"))'
expect 'no line without a priority' sh -c '! grep -qav "^<[0-9]*>" "$0"' "$log"
expect 'no control character' sh -c '! LC_ALL=C tr -d "\n" <"$0" |
	LC_ALL=C grep -qa "[[:cntrl:]]"' "$log"
rm -f "$odd"

it "names itself, and the guard of the session by its pid"
open_session alice sh
say 'echo started'
expect 'a shell' heard started
pid=$(guards)
say "$try; echo status \$?"
expect 'a refusal' heard 'status 126'
close_session
three_of_this_pid() {
	[ "$(heads | grep -c ">execguard\[$pid\]: ")" = 3 ]
}
expect 'three events of this pid' wait_until 5 three_of_this_pid

# --- what it holds ---------------------------------------------------------

device() {
	device=$(stat -c %d "$1")
	echo "$((device >> 8 & 0xfff)):$((device & 0xff | device >> 12 & 0xfff00))"
}

# Of the session that logs in now: one refusal, of file $2, in phase $1.
expect_all_of() {
	expect_missing /home/alice/ran
	expect_events 1 '.event == "exec"'
	expect_event '.event == "exec" and .phase == "'"$1"'" and
	    .action == "deny" and .policy == "students" and
	    .check == "tpe" and .reason == "outside-roots" and
	    .tip == "tpe.roots" and
	    .policy_line == "/etc/execguard.d/test.conf:3"'
	expect_event ".path == \"$2\" and .device == \"$(device "$2")\" and
	    .inode == $(stat -c %i "$2") and .owner == $(stat -c %u "$2") and
	    .group == $(stat -c %g "$2") and
	    .mode == \"$(printf %04d "$(stat -c %a "$2")")\""
	expect_event '.event == "exec" and .user == "alice" and
	    .login == "alice" and .uid == '"$(id -u alice)"' and
	    .service == "execguard-sshd" and .tty == "ssh" and
	    .rhost == "127.0.0.1" and (.pid | type == "number")'
}

it "holds all there is to say of a refusal at ask"
forget_events
login alice "$try"
expect_status 126
expect_all_of ask $tool
expect_event '.event == "exec" and .role == "program" and .asked == .path'

it "holds all there is to say of a refusal at confirm"
forget_events
login alice "$borrowed /home/alice/ran; echo status \$?"
expect_stdout 'status 137'
expect_all_of confirm $loader
expect_event '.event == "exec" and .role == "loader" and
	.asked == "'"$borrowed"'"'

sessions() {
	jq -r .session <"$EVENTS" | sort | uniq -c | awk '{ print $1 }' |
	    tr '\n' ' '
}

it "names the session in each, and no two by the same name"
forget_events
login alice "$try"
login alice "$try"
expect_events 2 '.event == "exec"'
expect_events 6 '.session | test("^[0-9a-f]{16}$")'
expect 'three events of each of two' [ "$(sessions)" = '3 3 ' ]

it "says when"
began=$(date -u +%FT%T)
forget_events
login alice "$try"
expect_events 1 '.event == "exec"'
expect_events 3 ".time >= \"$began\" and
	.time <= \"$(date -u +%FT%T.999Z)\" and (.time | endswith(\"Z\"))"

# --- a log that does not listen --------------------------------------------

# try_again N: N refusals in the open session, within 5 s.
try_again() {
	n=$1
	tried=$((tried + n)) due=$((due + n))
	say "n=$n; while [ \$n -gt 0 ]; do $try; n=\$((n - 1)); done
	    /usr/bin/echo tried $tried"
	heard "tried $tried"
}

# Each event that is due is in the log, or in the number of those that are not.
all_is_accounted_for() {
	dropped=$(jq -n '[inputs | .count // 0] | add' <"$EVENTS")
	written=$(count_events '.event != "dropped"')
	[ $((dropped + written)) = $due ]
}

drop_is_told() {
	try_again 1 && lib_has_event '.event == "dropped"'
}

expect_account() {
	expect 'a word about it' wait_until 5 drop_is_told
	expect_event '.event == "dropped" and .user == "alice" and
	    .service == "execguard-sshd" and .policy == "students" and
	    (.session | length == 16)'
	expect 'a warning' logged '^<84>execguard.*"event":"dropped"'
	wait_until 3 all_is_accounted_for
	expect "$due events, and not $written written, $dropped counted" \
	    all_is_accounted_for
	expect_missing /home/alice/ran
	close_session
	expect_status 0
	expect 'no guard' guards_gone
}

# Its opening is the first event that is due.
begin_session() {
	tried=0 due=1
	open_session alice sh
	say 'exec 2>/dev/null; echo started'
	expect 'a shell' heard started
}

it "decides at once while the log is full, and counts what it loses"
stop_log
start_log "$wake"
begin_session
# More than any queue of datagrams takes: unix(7), max_dgram_qlen.
many=$(($(cat /proc/sys/net/unix/max_dgram_qlen) + 30))
expect "$many decisions" try_again $many
wake_log
expect_account

it "decides while there is no log, and counts what it loses"
stop_log
begin_session
expect 'five decisions' try_again 5
start_log
expect_account

it "speaks to a log that comes back, and counts what it lost"
begin_session
expect 'a decision' try_again 1
stop_log
due=0
expect 'another' try_again 1
start_log
expect_account

stop_log
done_testing
