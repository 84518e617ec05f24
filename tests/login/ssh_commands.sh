#!/bin/sh
# What a guarded sshd starts besides a shell: remote commands, forced ones, a
# user's rc file, xauth.  Each is judged, and ends as it does without a guard.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

MARK=/home/alice/mark
FORBIDDEN=/home/alice/forbidden
copy alice "$B/tests/escape/forbidden" $FORBIDDEN
try="ESCAPE_MARK=$MARK $FORBIDDEN"

students() {
	policy "policy \"students\" {
		users = {\"alice\", \"bob\"}
		${1:-}
		tpe { roots = {\"/usr\", \"/bin\", \"/lib\"} }
	}"
}

# begin SENTENCE
begin() {
	it "$1"
	rm -f "$MARK"
	forget_events
}

# The forbidden program did not run, was refused once, and nobody is left.
expect_refused() {
	expect_missing "$MARK"
	expect 'no guard' guards_gone
	expect_events 1 ".event == \"exec\""
	expect_events 1 ".event == \"exec\" and .action == \"deny\" and
	    .check == \"tpe\" and .path == \"$FORBIDDEN\""
}

# forced COMMAND [OPTIONS]: alice's second key may do only that.
forced() {
	{
		cat "$T/id.pub"
		echo "command=\"$1\"${2:+,$2} $(cat "$T/id_forced.pub")"
	} >"$SSHD_ETC/alice.keys"
}

# with_forced CMD...: log in by that key.
with_forced() {
	run ssh -F "$T/ssh_forced" -p "$sshd_port" alice@127.0.0.1 "$@"
}

ssh-keygen -q -t ed25519 -N '' -C '' -f "$T/id_forced"
sed "s|IdentityFile .*|IdentityFile $T/id_forced|" "$T/ssh_config" \
    >"$T/ssh_forced"
sshd_more="X11Forwarding yes
Match User bob
	ForceCommand echo forced; ESCAPE_MARK=$MARK $FORBIDDEN; echo status \$?"

# --- how commands end ---------------------------------------------------------

endings="exit 7
kill -SEGV \$\$
/usr/bin/nowhere
exec /usr
echo out; echo err >&2; exit 3
sh -c 'kill -ABRT \$\$'; echo \$?
echo 'exit 9' | sh"

# Print status, stdout and stderr of each, without a terminal and with one.
how_they_end() {
	printf '%s\n' "$endings" >"$T/endings"
	while read -r ending; do
		for tty in -T -tt; do
			login alice $tty "$ending"
			echo "$tty $ending: $status"
			cat "$stdout_file" "$stderr_file"
		done
	done <"$T/endings"
}

students
no_pam_line execguard-sshd
start_sshd
how_they_end >"$T/bare"
pam_line execguard-sshd

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	students "$hold"

	begin "ends a command as it ends without a guard$held"
	how_they_end >"$T/guarded"
	expect 'statuses that differ' grep -q 'exit 7: 7' "$T/bare"
	expect 'the same' diff "$T/bare" "$T/guarded"
	expect 'no guard' guards_gone
	expect_events 14 '.event == "session" and .state == "open"'

	begin "refuses a command in the shell's words, with its status$held"
	login alice "$try"
	expect_status 126
	expect_stdout ''
	expect_stderr "$FORBIDDEN: Permission denied"
	expect_refused

	begin "says why on the terminal, where there is one$held"
	login alice -tt "$try"
	expect_status 126
	expect_stdout_has "$FORBIDDEN: Permission denied"
	expect_stdout_has "execguard: $FORBIDDEN was refused"
	expect_refused

	begin "refuses a forced command, and its original does not run$held"
	login bob "touch $MARK"
	expect_status 0
	expect_stdout 'forced
status 126'
	expect_stderr "$FORBIDDEN: Permission denied"
	expect_refused

	begin "runs the command of a key, that hears of the original$held"
	forced 'echo of the key: $SSH_ORIGINAL_COMMAND; exit 4'
	with_forced "$try"
	expect_status 4
	expect_stdout "of the key: $try"
	expect_missing "$MARK"
	expect_no_event '.event == "exec"'

	begin "refuses the command of a key$held"
	forced "$try" restrict
	with_forced 'echo the original'
	expect_status 126
	expect_stdout ''
	expect_stderr "$FORBIDDEN: Permission denied"
	expect_refused
done

begin "says which shell was refused, when it was that"
policy 'policy "students" { users = {"alice"}
	exec { default = deny allow = {"/usr/bin/id"} } }'
login alice "touch $MARK"
expect_status 1
expect_stdout ''
expect_stderr '/bin/sh: Permission denied'
expect_missing "$MARK"
expect 'no guard' guards_gone

# --- what sshd starts of its own ------------------------------------------------

begin "judges what the user's rc file starts, and logs in all the same"
students
mkdir /home/alice/.ssh
echo "$try; echo rc \$? >&2" >/home/alice/.ssh/rc
login alice 'echo logged in'
expect_status 0
expect_stdout 'logged in'
expect_stderr 'rc 126'
expect_refused
rm -r /home/alice/.ssh

# A display that nobody needs to answer: sshd asks xauth, not the display.
begin "forwards a display"
if command -v xauth >/dev/null; then
	DISPLAY=127.0.0.1:77 login alice -Y \
	    'echo $DISPLAY; xauth list $DISPLAY | wc -l'
	expect_status 0
	expect_stdout_has localhost:
	expect_stdout_has '
1'
	expect_no_event '.event == "exec"'

	it "and says of a refused xauth that it is refused"
	xauth=$(readlink -f "$(command -v xauth)")
	policy "policy \"students\" { users = {\"alice\"}
		exec { default = allow deny = {\"$xauth\"} } }"
	DISPLAY=127.0.0.1:77 login alice -Y 'echo logged in'
	expect_status 0
	expect_stdout 'logged in'
	expect_stderr 'xauth: Permission denied'
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    .path == \"$xauth\""
else
	skip 'no xauth here'
fi

begin "forwards an agent"
students
eval "$(ssh-agent -s)" >/dev/null
ssh-add -q "$T/id_forced"
ssh-add -l >"$T/identities"
login alice -A 'ssh-add -l'
expect_status 0
expect 'one identity' test "$(wc -l <"$T/identities")" = 1
expect_stdout "$(cat "$T/identities")"
expect_no_event '.event == "exec"'
expect 'no guard' guards_gone
login alice 'ssh-add -l'
expect_status 2
kill "$SSH_AGENT_PID"
unset SSH_AUTH_SOCK SSH_AGENT_PID

# --- what is not guarded --------------------------------------------------------

guards_gone
begin "is a documented limit: without UsePAM there is no session to guard"
first_port=$sshd_port
random_port
sshd_options second | sed 's/^UsePAM .*/UsePAM no/' >"$T/second_config"
"$SSHD" -f "$T/second_config" -E "$T/second.log"
expect 'a second sshd' wait_until 20 test -s "$T/second.pid"
login alice "$try"
expect_status 0
expect_exists "$MARK"
expect_no_event .
kill "$(cat "$T/second.pid")"
sshd_port=$first_port

done_testing
