#!/bin/sh
# A session runs what its policy trusts and nothing else, and hears so.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy 'policy "students" {
	groups = {"students"}
	tpe { roots = {"/usr", "'"$TRUSTED"'"} }
	message = "Ask help@example.edu"
}'
copy alice /usr/bin/touch /home/alice/touch
copy bob /usr/bin/touch /home/bob/touch
start_sshd

it "runs a program of the system"
login alice /usr/bin/id -un
expect_status 0
expect_stdout alice
expect_no_event '.event == "exec"'

it "passes the status of the command on"
login alice 'exit 7'
expect_status 7

it "answers for a program that is not there as the kernel does"
login alice /home/alice/nothing
expect_status 127
expect_no_event '.event == "exec"'

it "answers for a directory, a pipe and a device as the kernel does"
run mkfifo -m 0777 /home/alice/pipe
for name in /home/alice /home/alice/pipe /dev/null; do
	login alice "$name"
	expect_status 126
	expect_no_event '.event == "exec"'
done

it "refuses a copy of a program in the home directory"
login alice /home/alice/touch /home/alice/ran
expect_status 126
expect_stderr 'Permission denied'
expect_missing /home/alice/ran
expect_event '.event == "exec" and .action == "deny" and .check == "tpe"
	and .reason == "outside-roots" and .path == "/home/alice/touch"'

it "says in the event who, by which policy, and whom to ask"
login alice /home/alice/touch /home/alice/ran
expect_event '.event == "exec" and .user == "alice" and .uid == 61001
	and .policy == "students" and .message == "Ask help@example.edu"
	and .service == "execguard-sshd" and .rhost == "127.0.0.1"
	and .owner == 61001 and .mode == "0755" and .tip == "tpe.roots"'

it "says in the event which line of which file decided"
login alice /home/alice/touch /home/alice/ran
expect_event '.event == "exec"
	and .policy_line == "/etc/execguard.d/test.conf:4"'

it "leaves the session alive after a refusal"
login alice '/home/alice/touch ran; echo still here'
expect_status 0
expect_stdout 'still here'
expect_missing /home/alice/ran

it "refuses a script in the home directory"
give alice /home/alice/script <<-'END'
	#!/bin/sh
	touch /home/alice/ran
END
login alice /home/alice/script
expect_status 126
expect_stderr 'Permission denied'
expect_missing /home/alice/ran
expect_event '.path == "/home/alice/script" and .action == "deny"'

it "runs a script below a trusted root"
give root "$TRUSTED/script" <<-'END'
	#!/bin/sh
	echo script ran
END
login alice "$TRUSTED/script"
expect_status 0
expect_stdout 'script ran'

it "runs a trusted script whose interpreter is a trusted script"
give root "$TRUSTED/outer" <<-END
	#!$TRUSTED/script
END
login alice "$TRUSTED/outer"
expect_status 0
expect_stdout 'script ran'

it "refuses a trusted script whose interpreter lies in the home directory"
give root "$TRUSTED/borrowed" <<-'END'
	#!/home/alice/script
END
login alice "$TRUSTED/borrowed"
expect_status 126
expect_missing /home/alice/ran
expect_event '.asked == "'"$TRUSTED"'/borrowed" and .action == "deny"
	and .path == "/home/alice/script"'

it "refuses the last link of a chain of scripts"
give root "$TRUSTED/link1" <<-END
	#!$TRUSTED/link2
END
give root "$TRUSTED/link2" <<-END
	#!$TRUSTED/link3
END
give root "$TRUSTED/link3" <<-'END'
	#!/home/alice/touch /home/alice/ran
END
login alice "$TRUSTED/link1"
expect_status 126
expect_missing /home/alice/ran
expect_event '.asked == "'"$TRUSTED"'/link1" and .action == "deny"
	and .path == "/home/alice/touch"'

it "judges a symbolic link as what it leads to"
ln -s /home/alice/touch "$TRUSTED/trojan"
ln -s /usr/bin/id /home/alice/id
login alice "/home/alice/id -un; $TRUSTED/trojan /home/alice/ran"
expect_status 126
expect_stdout alice
expect_missing /home/alice/ran

it "tells the terminal whom to ask"
open_session alice -tt
say './touch ran; echo status $?'
expect 'a refusal' heard 'status 126'
expect 'the message of the policy' heard 'Ask help@example.edu'
say exit
close_session
expect_missing /home/alice/ran

# A program whose name would clear the screen, and go to another line.
EVIL=$(printf 'evil\033[2J\nexecguard: a lie')
EVIL_ESCAPED='evil\x1b[2J\x0aexecguard: a lie'
copy alice /usr/bin/touch "/home/alice/$EVIL"

# The lines of the guard on the terminal of the open session.
notices() {
	grep -a '^execguard: ' "$talk" | tr -d '\r'
}

notices_are() {
	[ "$(notices | wc -l)" = "$1" ]
}

no_control_byte() {
	! notices | LC_ALL=C grep -q '[[:cntrl:]]'
}

it "shows a name that a terminal would obey escaped, in one line"
forget_events
open_session alice -tt
say './evil* ran 2>/dev/null; echo status $?' # the shell escapes nothing
expect 'a refusal' heard 'status 126'
expect 'the name, escaped' \
    heard "execguard: ./$EVIL_ESCAPED was refused"
say exit
close_session
expect 'no control byte in it' no_control_byte
expect 'one line of the guard' notices_are 1
expect_missing /home/alice/ran
expect_events 1 '.event == "exec" and .path ==
	"/home/alice/evil\u001b[2J\nexecguard: a lie"'

it "is silent where mesg says no, and speaks again where it says yes"
forget_events
open_session alice -tt
say 'mesg n; ./touch ran; echo status $?'
expect 'a refusal' heard 'status 126'
expect_event '.event == "exec" and .path == "/home/alice/touch"'
say 'mesg y; ./touch ran; echo again $?'
expect 'a refusal' heard 'again 126'
expect 'one line of the guard' wait_until 5 notices_are 1
say exit
close_session
expect 'and no other' notices_are 1
expect_missing /home/alice/ran
expect_events 2 '.event == "exec" and .path == "/home/alice/touch"'

# Five at once, and one more for each two seconds (guardd/notice.h).
it "does not let a burst of refusals flood the terminal"
forget_events
open_session alice -tt
expect 'a prompt' heard '$'
began=$(date +%s)
say 'for n in $(seq 100); do ./touch ran; done 2>/dev/null; echo status $?'
expect 'the end of the burst' heard 'status 126'
most=$((5 + ($(date +%s) - began) / 2 + 1))
say exit
close_session
expect 'five lines of the guard' [ "$(notices | wc -l)" -ge 5 ]
expect "at most $most lines of the guard" [ "$(notices | wc -l)" -le $most ]
expect_missing /home/alice/ran
expect_events 100 '.event == "exec" and .path == "/home/alice/touch"'

it "leaves a user whom no policy names alone"
login bob '/home/bob/touch /home/bob/ran; echo $?'
expect_stdout 0
expect_exists /home/bob/ran
expect_no_event '.user == "bob"'

it "only warns where the policy is permissive"
policy 'policy "students" {
	groups = {"students"}
	mode = permissive
	tpe { roots = {"/usr"} }
}'
login alice '/home/alice/touch /home/alice/ran; echo $?'
expect_stdout 0
expect_exists /home/alice/ran
expect_event '.action == "warn" and .wanted == "deny"
	and .path == "/home/alice/touch"'

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing
