#!/bin/sh
# demo.sh - a guarded login, end to end, as a transcript: what is tried, and
# what came of it.
#
# Needs root.  All of it happens in private mounts (see ../lib.sh): a user
# alice, a sshd on loopback with a PAM service of its own, a policy.  Nothing
# is left behind, however it ends.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/../login/lib.sh"

steps=0 wrong=0

title() {
	steps=$((steps + 1))
	printf '\n%d. %s\n' "$steps" "$1"
}

# Show what alice types, have her session do it, and show what came.
alice() {
	printf '   alice$ %s\n' "$1"
	login alice "$1"
	cat "$stdout_file" "$stderr_file" | head -n 20 | cat -v |
	    sed 's/^/          /'
}

# promised WHAT CMD...: say whether it came as promised.
promised() {
	promise=$1
	shift
	if "$@"; then
		printf '   [ok] %s\n' "$promise"
	else
		printf '   [NOT AS PROMISED] %s (status %s)\n' \
		    "$promise" "$status"
		wrong=$((wrong + 1))
	fi
}

stdout_is() {
	[ "$status" = 0 ] && [ "$(cat "$stdout_file")" = "$1" ]
}

was_refused() {
	[ "$status" = 126 ] && grep -q 'Permission denied' "$stderr_file" &&
	    [ ! -e /home/alice/ran ]
}

event_says() {
	wait_until 3 lib_has_event "$1"
}

race_was_lost() {
	[ "$status" = 0 ] && grep -q ' 0 forbidden ran' "$stdout_file" &&
	    [ ! -e /home/alice/ran ]
}

job_was_refused() {
	wait_until 5 test -s /home/alice/status &&
	    [ "$(cat /home/alice/status)" = 126 ] && [ ! -e /home/alice/ran ]
}

# --- the stage -------------------------------------------------------------

policy 'policy "students" {
    groups    = {"students"}
    tpe       { roots = {"/usr", "'"$TRUSTED"'"} }
    segvguard { maxcrashes = 5  suspension = 600 }
    message   = "Ask help@example.edu"
}'
cp "$B/tests/escape/race" "$TRUSTED/race" || exit 1
[ -x "$B/tests/escape/forbidden" ] || exit 1
cp /bin/sh "$TRUSTED/fragile"
mkfifo /home/alice/gate
chown alice: /home/alice/gate
pam_line sudo
start_sshd

cat <<END
A guarded login, end to end.

The policy, /etc/execguard.d/test.conf:

$(sed 's/^/    /' /etc/execguard.d/test.conf)

The line in /etc/pam.d/$SSHD_SERVICE (and one in /etc/pam.d/sudo):

    $(grep execguard "/etc/pam.d/$SSHD_SERVICE")

sshd listens on 127.0.0.1 port $sshd_port; alice logs in with a key.
END

# --- the play --------------------------------------------------------------

title 'A program of the system runs.'
alice '/usr/bin/id -un'
promised 'it ran, as alice' stdout_is alice

title 'A copy of a program in the home directory does not.'
alice 'cp /usr/bin/touch . && ./touch ran'
promised 'refused, and it did not run' was_refused
promised 'an event names the check, the reason and the keyword' \
    event_says '.action == "deny" and .check == "tpe"
	and .reason == "outside-roots" and .path == "/home/alice/touch"'

title 'A race does not get it run: the path changes while it is judged.'
copy alice "$B/tests/escape/forbidden" /home/alice/wins
alice "ESCAPE_MARK=/home/alice/ran $TRUSTED/race \\
          2000 /usr/bin/true /home/alice/wins"
promised '2,000 races, and the forbidden program never ran' race_was_lost

title 'The same race without a guard, to see that it is one.'
printf '   alice$ (unguarded) race 2000 /usr/bin/true /home/alice/wins\n'
run setpriv --reuid=61001 --regid=61001 --clear-groups env \
    ESCAPE_MARK=/home/alice/ran "$TRUSTED/race" \
    2000 /usr/bin/true /home/alice/wins
sed 's/^/          /; q' "$stdout_file"
promised 'there the forbidden program does run' test -e /home/alice/ran
rm -f /home/alice/ran

title 'A program that crashes five times is suspended, then refused.'
alice "for i in 1 2 3 4 5; do $TRUSTED/fragile -c 'kill -SEGV \$\$'; done
          $TRUSTED/fragile -c 'touch /home/alice/ran'"
promised 'refused after the fifth crash' was_refused
promised 'events tell of five crashes' \
    lib_events_are 5 '.event == "crash" and .signal == 11'
promised 'and of the suspension' event_says '.event == "suspended"'
promised 'and of the refusal' event_says '.check == "segvguard"
	and .reason == "suspended" and .action == "deny"'

title 'sudo still becomes root.'
alice 'sudo id -un'
promised 'it is root' stdout_is root

title 'A background job survives logout, and stays guarded.'
alice 'nohup setsid sh -c "read go <gate; ./touch ran; echo \$? >status" \
          </dev/null >/dev/null 2>&1 &'
promised 'logout does not wait for it' test "$status" = 0
promised 'its guard is still there' test "$(guards | wc -l)" = 1
printf '   (the job is told to go on, and tries ./touch ran)\n'
run sh -c 'echo go >/home/alice/gate'
promised 'still refused the forbidden program' job_was_refused
promised 'the guard ends with the job' guards_gone

title 'What was written about it.'
jq -r 'select(.event != "session") |
	[.event, .action // "", .check // "", .reason // "", .path // "",
	 .user // "", .policy // ""] | @tsv' <"$EVENTS" | sort | uniq -c |
    sort -rn | head -n 12 | sed 's/^/   /'
echo '   and one of them in full:'
jq -n '[inputs | select(.path == "/home/alice/touch")] | first' <"$EVENTS" |
    sed 's/^/   /'
promised 'every session was told of' event_says \
    '.event == "session" and .state == "close"'

printf '\n%d steps shown, %d outcomes not as promised; nothing is left behind\n' \
    "$steps" "$wrong"
[ "$wrong" = 0 ]
