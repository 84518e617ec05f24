#!/bin/sh
# The inspector: fed with what is wrong, killed, stopped, replaced by a liar.
# Rows G1, G4, R7, S9 and S11.

. "$(dirname "$0")/lib.sh"

INSPECTOR=${GUARDD%/*}/inspector
GOOD=$BIN/held
EVIL=$BIN/forbidden_static
KILLS=60 SPOILT=10000
[ "${FULL:-0}" != 1 ] || KILLS=1000 SPOILT=100000

install -m 0755 "$(readlink -f /bin/true)" "$GOOD"
mkdir -m 0755 /home/alice/storm
chown alice: /home/alice/storm

# inspected [TEXT]: programs must have PIE, and TEXT.
inspected() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		elf { pie = require }
		${1:-}
	}"
}

# The one guard's inspector; it has no other child.
inspector() {
	inspector=
	# shellcheck disable=SC2013 # numbers in one line
	for inspector_pid in $(cat "/proc/$(guards)/task/"*/children); do
		[ "$(cat "/proc/$inspector_pid/comm")" != inspector ] ||
		    inspector=$inspector_pid
	done 2>/dev/null
	[ -n "$inspector" ]
}

# fresh NAME: a program of alice's that nobody has read.
fresh() {
	copy alice "$GOOD" "/home/alice/$1"
}

# storm WORKERS SECONDS, in the background: half of it may run.
storm() {
	rm -f "$MARK"
	forget_events
	(cd /home/alice/storm && exec timeout -k 5 90 "$CTL" run -u alice \
	    -p /etc/execguard.d -- "$BIN/barrage" "$@" "$GOOD" "$EVIL") \
	    >"$stdout_file" 2>"$stderr_file" </dev/null 6<&- 7<&- &
	session=$!
	expect 'a storm' printed begun
}

# What is true after each storm, whatever befell the inspector.
weathered() {
	session_ends
	echo "# $1: $(tail -n 1 "$stdout_file")"
	expect_status 0
	expect_missing "$MARK"
	expect 'some that ran' [ "$(sed -n 's/^\([0-9]*\) ran.*/\1/p' \
	    "$stdout_file")" -gt 20 ]
	expect 'some that were refused' [ "$(score 'bad refused')" -gt 20 ]
	expect_stdout_has ' 0 ended otherwise'
	# Three seconds for the inspector, and some for the machine.
	expect 'an end of each in time' [ "$(score ms)" -lt 12000 ]
	expect_event '.event == "exec" and .reason == "not-pie"'
	expect 'the guard ends with its session' guards_gone
}

# --- what it reads -----------------------------------------------------------

it "G4: files that are wrong end it never, and each is answered"
patient_inspect() {
	timeout -k 5 100 "$BIN/inspect" "$B/guardd/inspector" "$@"
}
patient_inspect -m $SPOILT 1 "$BIN/forbidden" "$EVIL" "$BIN"/*_32 \
    >"$stdout_file" 2>"$stderr_file"
status=$?
echo "# $(cat "$stdout_file")"
expect_status 0
expect_stdout_has "$SPOILT files: $SPOILT answered"
expect_stdout_has ' 0 deaths'
expect 'more than a tenth of them malformed' \
    [ "$(score malformed)" -gt $((SPOILT / 10)) ]

# --- what it may do ------------------------------------------------------------

# By the inspector's own code, as nobody: who is root is not taken in.
confined() {
	run setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$BIN/confined" "$1"
}

it "G4: it may end"
confined none
expect_stdout returned

it "G4: and make no other system call than its few"
confined list
calls=$(cat "$stdout_file")
expect 'a list' [ "$(echo "$calls" | wc -l)" -gt 20 ]
for call in $calls; do
	confined "$call"
	expect "an end by SIGSYS of $call" \
	    grep -qx 'killed by signal 31' "$stdout_file"
done

it "G4: root is not confined, and ends"
run "$BIN/confined" none
expect_stdout unconfined

# --- stopped -----------------------------------------------------------------

# field NAME: of the inspector's status.
field() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$inspector/status" |
	    tr '\t' ' ' | sed 's/ *$//'
}

n_descriptors() {
	find "/proc/$(guards)/fd" -type l | wc -l
}

ticks() {
	awk '{ print $14 + $15 }' "/proc/$(guards)/stat"
}

is_late() {
	[ "$(date +%s)" -gt $late ]
}

# The guard did next to nothing while a second went by.
expect_idle() {
	idle_before=$(ticks)
	late=$(($(date +%s) + 1))
	wait_until 5 is_late
	expect 'an idle guard' [ $(($(ticks) - idle_before)) -le 2 ]
}

for hold in '' 'segvguard { }'; do
	it "a stopped inspector is late: refused, and a fresh one works\
${hold:+ (held)}"
	inspected "$hold"
	fresh one
	fresh two
	fresh three
	forget_events
	# shellcheck disable=SC2016 # for the shell of the session
	session alice sh -c '
		/home/alice/one; echo "one $?"; read -r line <"$GO.alice"
		/home/alice/two; echo "two $?"
		/home/alice/three; echo "three $?"; read -r line <"$GO.alice"'
	expect 'the first to run' printed 'one 0'
	expect 'an inspector' inspector
	before=$(n_descriptors)
	first=$inspector
	kill -STOP "$first"
	expect_idle
	go alice
	expect 'an answer to the second' printed two
	expect_stdout_has 'two 126'
	expect 'the third to run' printed 'three 0'
	expect_event '.event == "inspector" and .why == "late"'
	expect_event '.event == "exec" and .reason == "uninspected"'
	expect 'another inspector' inspector
	expect 'another one indeed' [ "$inspector" != "$first" ]
	expect 'no trace of the first' [ ! -e "/proc/$first" ]
	expect 'no descriptor more' [ "$(n_descriptors)" = "$before" ]
	expect_idle

	it "it is nobody, and holds nothing${hold:+ (held)}"
	expect 'uid 65534' [ "$(field Uid)" = '65534 65534 65534 65534' ]
	expect 'gid 65534' [ "$(field Gid)" = '65534 65534 65534 65534' ]
	expect 'no group' [ -z "$(field Groups)" ]
	for set in CapInh CapPrm CapEff CapAmb; do
		expect "no capability in $set" \
		    [ "$(field $set)" = 0000000000000000 ]
	done
	expect 'no_new_privs' [ "$(field NoNewPrivs)" = 1 ]
	expect 'a filter' [ "$(field Seccomp)" = 2 ]
	expect 'a process that is not dumpable' \
	    [ "$(stat -c %U "/proc/$inspector/environ")" = root ]
	expect 'its socket alone' \
	    [ "$(ls "/proc/$inspector/fd")" = 3 ]
	expect 'no core, no file, no child' [ "$(grep -cE \
	    '^Max (core file size|file size|processes) +0 +0 ' \
	    "/proc/$inspector/limits")" = 3 ]
	go alice
	session_ends
	expect_status 0
	expect 'the guard ends with its session' guards_gone
done

it "an answer that the guard was too busy to hear is not late"
inspected 'segvguard { }'
fresh one
fresh two
forget_events
# shellcheck disable=SC2016
session alice sh -c '
	/home/alice/one; (read -r line <"$GO.bob") & echo "other $!"
	read -r line <"$GO.alice"
	sh -c "echo asker \$\$; exec /home/alice/two"; echo "two $?"'
expect 'a process beside' printed other
expect 'an inspector' inspector
guard=$(guards)
kill -STOP "$inspector"
go alice
expect 'an asker' printed asker
asker=$(sed -n 's/^asker //p' "$stdout_file")
# In its question, of which the guard has heard.
asker_waits() {
	grep -q seccomp "/proc/$asker/wchan" &&
	    grep -q '^State:.S' "/proc/$guard/status"
}
expect 'a question' wait_until 2 asker_waits
kill -STOP "$guard"
kill -CONT "$inspector"
kill -KILL "$(sed -n 's/^other //p' "$stdout_file")"
late=$(($(date +%s) + 4))
expect 'four seconds' wait_until 10 is_late
kill -CONT "$guard"
session_ends
expect_stdout_has 'two 0'
expect_no_event '.event == "inspector"'

# --- killed ------------------------------------------------------------------

it "an inspector that died while it had nothing to do is not missed"
inspected
fresh one
fresh two
forget_events
# shellcheck disable=SC2016
session alice sh -c '/home/alice/one; echo one; read -r line <"$GO.alice"
	/home/alice/two; echo "two $?"'
expect 'the first to run' printed one
expect 'an inspector' inspector
kill -KILL "$inspector"
expect 'its end' wait_until 5 [ ! -e "/proc/$inspector" ]
go alice
session_ends
expect_stdout_has 'two 0'
expect_no_event '.event == "inspector"'

for hold in '' 'segvguard { }'; do
	it "G1, G4: killed $KILLS times in a storm of execs: nothing runs \
unread${hold:+ (held)}"
	inspected "$hold"
	storm 6 $((KILLS / 12 + 3))
	kills=0
	while [ $kills -lt $KILLS ] && kill -0 "$session" 2>/dev/null; do
		inspector && kill -KILL "$inspector" 2>/dev/null &&
		    kills=$((kills + 1))
	done
	expect "$KILLS kills, or half of them on a busy machine" [ $kills -ge $((KILLS / 2)) ]
	weathered "killed $kills times"
	expect_event '.event == "inspector" and .why == "died"'
	expect_event '.event == "exec" and .reason == "uninspected"'
done

# --- replaced ------------------------------------------------------------------

# lying WORD: from now on the inspector of a new session does that.
lying() {
	printf %s "$1" >"${GUARDD%/*}/lie"
	chmod 0644 "${GUARDD%/*}/lie"
	install -m 0755 "$BIN/liar" "$INSPECTOR"
}

printed_one() {
	grep -q '^one' "$stdout_file"
}

# Not "no guard": that is also true before the session begins.
is_answered() {
	printed_one || lib_has_event '.event == "session" and .state == "close"'
}

memory_of_guard() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(guards)/status"
}

cp "$INSPECTOR" "$T/honest"
inspected
for lie in nonsense ticket kind endless error alive short long empty close end \
    deaf mute flood twice gifts; do
	it "G4: an inspector that was taken over: $lie"
	lying $lie
	fresh one
	rm -f "$MARK"
	forget_events
	# shellcheck disable=SC2016
	session alice sh -c '/home/alice/one; echo "one $?"
		read -r line <"$GO.alice"'
	# The shell itself must be read, too: to most lies it is the end.
	expect 'an answer in time' wait_until 20 is_answered
	if printed_one; then
		expect 'little memory' [ "$(memory_of_guard)" -lt 65536 ]
		go alice
	else
		expect_event '.event == "exec" and .reason == "uninspected"'
	fi
	[ $lie = twice ] || [ $lie = gifts ] ||
	    expect_event '.event == "inspector"'
	session_ends
	expect 'a guard that says goodbye' wait_until 3 lib_has_event \
	    '.event == "session" and .state == "close"'
	expect 'the guard ends with its session' guards_gone
done

it "permissive: an inspector that ends at once blocks nothing"
lying end
inspected 'mode = permissive'
fresh one
guarded alice /home/alice/one
expect_status 0
expect_event '.event == "exec" and .action == "warn" and
    .reason == "uninspected"'

it "without an inspector nothing runs that must be read"
inspected
rm -f "$INSPECTOR"
forget_events
guarded alice /home/alice/one
expect_status 126
expect_event '.event == "exec" and .reason == "uninspected"'
install -m 0755 "$T/honest" "$INSPECTOR"

it "the real one back: it runs"
guarded alice /home/alice/one
expect_status 0

done_testing
