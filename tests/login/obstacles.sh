#!/bin/sh
# G6: a terminal that takes nothing, a disk that is full, and a /proc that hides
# processes: decisions go on.  (A log that is full, or gone: events.sh.)

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

segvguard='segvguard { maxcrashes = 5 }'

students() {
	policy "policy \"students\" {
		users = { \"alice\" }
		${1:-}
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
	}"
}

MARK=/home/alice/mark
copy alice "$B/tests/escape/forbidden" /home/alice/forbidden
install -m 0755 "$B/tests/escape/forbidden" "$TRUSTED/forbidden"
try="ESCAPE_MARK=$MARK /home/alice/forbidden 2>/dev/null"
# Small, so that it can be full; at the end it goes with all that is mounted.
mount -t tmpfs -o mode=0755,size=1M tmpfs /run || exit 1
mkdir -m 0755 /run/execguard /run/sshd "$LIB_MARK"
: >/run/utmp
students
start_sshd

# heard(), on a machine that has much to do.
heard_at_last() {
	wait_until 20 grep -qaF -e "$1" "$talk"
}

# twenty FILE: words for a shell that tries twenty times, and what may run each
# time, then says so in a file.
twenty() {
	echo "n=0; while [ \$n -lt 20 ]; do
		$try; /usr/bin/true && n=\$((n + 1)) || exit; done
		echo \$n >$1"
}

# --- a terminal ------------------------------------------------------------------

STOP=$(printf '\023') # ^S
START=$(printf '\021') # ^Q

terminal_is_stopped() {
	grep -q . /home/alice/stopped
}

for hold in '' "$segvguard"; do
	it "G6: a terminal that ^S has stopped, and that is full besides\
${hold:+ (held)}"
	students "$hold"
	rm -f /home/alice/done /home/alice/stopped "$MARK"
	forget_events
	open_session alice -tt
	say 'PS1=; PS2=; stty -echo; echo rea""dy'
	expect 'a shell' heard_at_last ready
	press "$STOP"
	# What it cannot take waits in a process of its own.
	say 'seq 1 40000 & echo $! >/home/alice/stopped'
	expect 'a stopped terminal' wait_until 10 terminal_is_stopped
	say "$(twenty /home/alice/done)"
	expect '20 answers' wait_until 20 grep -qx 20 /home/alice/done
	expect 'a terminal that is still stopped' sh -c \
	    '! grep -qx 40000 "$0"' "$talk"
	press "$START"
	say 'echo go""es'
	expect 'what waited' wait_until 10 grep -qa '^40000' "$talk"
	expect 'a shell' heard_at_last goes
	say exit
	close_session
	expect 'no guard' guards_gone
	expect_missing "$MARK"
	expect_events 20 '.event == "exec" and .action == "deny"'
done

# --- a disk ------------------------------------------------------------------------

fill_run() {
	dd if=/dev/zero of=/run/fill bs=1k count=2048 2>/dev/null
	expect 'a full /run' sh -c '! echo x >/run/one 2>/dev/null ||
	    ! head -c 8192 /dev/zero >/run/two 2>/dev/null'
}

empty_run() {
	rm -f /run/fill /run/one /run/two
}

# Each line is one event: also the one that a full disk tore begins a new line.
whole_lines() {
	jq -Rc 'fromjson? // empty' <"$EVENTS"
}

all_is_told() {
	dropped=$(whole_lines | jq -n '[inputs | .count // 0] | add // 0')
	[ "$dropped" -gt 0 ]
}

it "G6: /run is full, where the events go: decisions go on, and what was lost \
is counted"
students
forget_events
open_session alice sh
say 'exec 2>/dev/null; echo started'
expect 'a shell' heard_at_last started
fill_run
rm -f /home/alice/done
say "$(twenty /home/alice/done)"
expect '20 answers' wait_until 20 grep -qx 20 /home/alice/done
empty_run
say "$try; echo status \$?"
expect 'a refusal' heard_at_last 'status 126'
expect 'a word about it' wait_until 5 all_is_told
expect_missing "$MARK"
close_session
expect_status 0
expect 'no guard' guards_gone
# A torn line is in the count, too.
told=$(whole_lines | jq -n '[inputs | select(.event == "exec")] | length')
expect "21 refusals, $told of them written and $dropped counted" \
    [ $((told + dropped)) = 21 ]

it "G6: /run is full: a login is guarded"
forget_events
fill_run
login alice "/usr/bin/id -un; $try; echo status \$?"
expect_stdout 'alice
status 126'
expect_missing "$MARK"
empty_run
expect 'no guard' guards_gone

# --- /proc -------------------------------------------------------------------------

# Seen in our mount namespace alone, sshd and all.
for option in hidepid=2 subset=pid; do
	for hold in '' "$segvguard"; do
		it "G6: /proc with $option${hold:+ (held)}"
		students "$hold"
		forget_events
		if ! mount -t proc -o "$option" proc /proc 2>/dev/null; then
			skip "no $option in this kernel"
			continue
		fi
		login alice "[ ! -e /proc/1/status ] && echo hidden
			$try; echo status \$?
			ESCAPE_MARK=$MARK $TRUSTED/forbidden; echo status \$?
			sh -c 'kill -SEGV \$\$'; echo crash \$?"
		if [ $option = hidepid=2 ]; then
			expect_stdout_has hidden
		fi
		expect_stdout_has 'status 126
status 0
crash 139'
		expect 'one mark' [ "$(stat -c %s "$MARK")" = 1 ]
		expect_events 1 '.event == "exec"'
		expect_event '.event == "exec" and .check == "tpe" and
		    .path == "/home/alice/forbidden"'
		if [ -n "$hold" ]; then
			expect_events 1 '.event == "crash"'
		fi
		expect 'no guard' guards_gone
		umount -l /proc
		rm -f "$MARK"
	done
done

it "G6: /proc with hidepid=2, for a user who guards himself"
echo 'policy "own" { tpe { roots = {"/usr", "'"$TRUSTED"'"} } }' \
    >/home/alice/own.conf
chown alice: /home/alice/own.conf
if mount -t proc -o hidepid=2 proc /proc 2>/dev/null; then
	run setpriv --reuid alice --regid alice --init-groups -- \
	    "$CTL" run -p /home/alice/own.conf -- \
	    sh -c "$try; echo status \$?; /usr/bin/id -un"
	expect_stdout 'status 126
alice'
	expect_missing "$MARK"
	expect 'no guard' guards_gone
	umount -l /proc
else
	skip 'no hidepid in this kernel'
fi

done_testing
