#!/bin/sh
# One connection is one session and has one guard, however many commands and
# forwardings it carries, and however it ends.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

MARK=/home/alice/mark
FORBIDDEN=/home/alice/forbidden
BIG=/home/bob/big
JOB=/home/alice/job
CONTROL=$T/control
copy alice "$B/tests/escape/forbidden" $FORBIDDEN
try="ESCAPE_MARK=$MARK $FORBIDDEN"

students() {
	policy "policy \"students\" {
		users = {\"alice\", \"bob\"}
		${1:-}
		tpe { roots = {\"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\"} }
	}"
}

# begin SENTENCE
begin() {
	it "$1"
	rm -f "$MARK" $JOB
	forget_events
}

# A job that says who it is, waits for a word, and then tries.
waiting="sh -c 'echo \$\$ >$JOB; read go <$JOB.gate; $try; echo >$JOB.end'"
until_there="until [ -s $JOB ]; do :; done"
in_background="setsid nohup $waiting </dev/null >/dev/null 2>&1 & $until_there"
mkfifo $JOB.gate
chown alice: $JOB.gate

job_lives() {
	[ -s $JOB ] && [ -e "/proc/$(cat $JOB)/exe" ]
}

job_is_gone() {
	[ -s $JOB ] && ! job_lives
}

is_guarded() {
	[ "$(guards | wc -l)" = "$1" ]
}

expect_opened() {
	expect_events "$1" '.event == "session" and .state == "open"'
}

# Somebody was served without asking for one program.
expect_nothing_started() {
	expect_events 1 '.event == "session" and .state == "close" and
	    .login == "alice" and .asked == 0'
}

# --- clients in the background ------------------------------------------------

# client OPTIONS...: ssh, its pid in $session.  With -v: what it says is how we
# know where it stands.
client() {
	ssh -v -F "$T/ssh_config" -p "$sshd_port" -o ExitOnForwardFailure=yes \
	    "$@" </dev/null >"$T/client" 2>&1 &
	session=$!
}

client_said() {
	grep -qaF -e "$1" "$T/client"
}

# Kill it with the signal $1, unless it ends by itself.
end_client() {
	[ -z "${1:-}" ] || kill -"$1" "$session" 2>/dev/null || :
	wait "$session" 2>/dev/null || :
	session=
}

# A connection with the socket $CONTROL for others.
start_master() {
	client -M -S "$CONTROL" alice@127.0.0.1 "$@"
	expect 'a master' wait_until 20 test -S "$CONTROL"
}

# Over that connection, and over no other.
through() {
	run ssh -F "$T/ssh_config" -S "$CONTROL" -o ProxyCommand=false \
	    alice@127.0.0.1 "$@"
}

master() {
	run ssh -F "$T/ssh_config" -S "$CONTROL" -O "$1" alice@127.0.0.1
}

# --- several sessions in one connection ---------------------------------------

students
start_sshd
head -c 20000000 /dev/urandom >$BIG

for hold in '' 'segvguard { maxcrashes = 2 }'; do
	held=${hold:+ (held)}
	students "$hold"

	begin "guards all that one connection carries as one session$held"
	start_master -N
	through "$try; exit 3"
	expect_status 3
	expect_stderr "$FORBIDDEN: Permission denied"
	through -tt "$try"
	expect_status 126
	expect_stdout_has "execguard: $FORBIDDEN was refused"
	through 'kill -KILL $$'
	expect_status 255
	through "cat $BIG"
	expect_status 0
	expect 'the same file' cmp $BIG "$stdout_file"
	expect_missing $MARK
	expect 'one guard' is_guarded 1
	expect_events 2 '.event == "exec" and .action == "deny"'
	expect_opened 1

	it "guards another connection of the same user by itself$held"
	login alice id -un
	expect_stdout alice
	expect_opened 2

	it "ends what runs when the connection ends, as ssh does$held"
	open_session alice -S "$CONTROL" \
	    'echo here; cat; echo >/home/alice/end'
	expect 'a session' heard here
	master exit
	expect_status 0
	expect 'the end of it' wait_until 20 talk_is_over
	close_session
	expect_status 255
	end_client
	expect 'the end of its input' wait_until 20 test -e /home/alice/end
	rm -f /home/alice/end
	expect 'no guard' guards_gone

	begin "goes on when the master's own command ends before others$held"
	start_master "read go <$JOB.gate"
	open_session alice -S "$CONTROL" sh
	say 'echo started'
	expect 'a session' heard started
	echo go >$JOB.gate
	expect 'its end' wait_until 20 client_said 'rtype exit-status'
	say "$try; echo status \$?"
	expect 'a refusal' heard 'status 126'
	expect 'one guard' is_guarded 1
	close_session
	end_client
	expect 'no guard' guards_gone
	expect_missing $MARK
	expect_opened 1
done

begin "counts crashes over all commands of a connection"
install -m 0755 /bin/sh "$TRUSTED/sh"
crash="$TRUSTED/sh -c 'kill -SEGV \$\$'; echo \$?"
start_master -N
for answer in 139 139 126; do
	through "$crash"
	expect_stdout_has $answer
done
login alice "$crash"
expect_stdout_has 139
expect_events 1 '.event == "exec" and .reason == "suspended"'
master exit
end_client
expect 'no guard' guards_gone

begin "ends jobs with on_logout = kill when the connection ends, not before"
students 'on_logout = kill'
start_master -N
through "$in_background"
expect_status 0
through true
expect 'a job' job_lives
master exit
expect 'no job' wait_until 20 job_is_gone
end_client
expect 'no guard' guards_gone

# --- a connection that starts nothing -----------------------------------------

# forward OPTION FORMAT: forward a port of this host that is free; $port.
forward() {
	forward_tries=0
	while [ $forward_tries -lt 10 ]; do
		forward_tries=$((forward_tries + 1))
		port=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
		port=$((32000 + port % 12000))
		client -N "$1" "$port$2" alice@127.0.0.1
		wait_until 20 is_forwarding
		client_said 'Entering interactive session' && return
		end_client TERM
	done
}

is_forwarding() {
	client_said 'Entering interactive session' || ! kill -0 "$session"
}

# Bob's file, over what alice forwards.
expect_forwarded() {
	run ssh -F "$T/ssh_config" "$@" bob@127.0.0.1 "cat $BIG; $try"
	expect_status 126
	expect 'the same file' cmp $BIG "$stdout_file"
	expect_stderr "$FORBIDDEN: Permission denied"
	expect_missing $MARK
	expect 'one guard' wait_until 20 is_guarded 1
	end_client TERM
	expect 'no guard' guards_gone
	expect_opened 2
	expect_nothing_started
	expect_events 1 '.event == "exec" and .action == "deny" and
	    .login == "bob"'
}

# A SOCKS client, as ssh has none: PORT-OF-PROXY HOST PORT.
cat >"$T/socks.py" <<'END'
import os, socket, sys, threading

proxy = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
host = sys.argv[2].encode()

def say(what, expected):
    proxy.sendall(what)
    answer = proxy.recv(expected, socket.MSG_WAITALL)
    assert answer[:2] == b"\5\0", answer

def up():
    while data := os.read(0, 65536):
        proxy.sendall(data)
    proxy.shutdown(socket.SHUT_WR)

say(b"\5\1\0", 2)
say(b"\5\1\0\3" + bytes([len(host)]) + host +
    int(sys.argv[3]).to_bytes(2, "big"), 10)
threading.Thread(target=up, daemon=True).start()
while data := proxy.recv(65536):
    while data:
        data = data[os.write(1, data):]
END

# Not even a held session's sshd is held: it started nothing.
students 'segvguard { }'

begin "forwards a local port"
forward -L ":127.0.0.1:$sshd_port"
expect_forwarded -p "$port"

begin "forwards a remote port"
client -N -R "0:127.0.0.1:$sshd_port" alice@127.0.0.1
expect 'a port' wait_until 20 client_said 'Allocated port'
expect_forwarded -p "$(sed -n 's/.*Allocated port \([0-9]*\).*/\1/p' \
    "$T/client")"

begin "forwards what a SOCKS client asks for"
forward -D ''
expect_forwarded -p "$sshd_port" \
    -o "ProxyCommand=python3 $T/socks.py $port %h %p"

begin "is jumped through"
run ssh -F "$T/ssh_config" -J "alice@127.0.0.1:$sshd_port" \
    -p "$sshd_port" bob@127.0.0.1 "cat $BIG; $try"
expect_status 126
expect 'the same file' cmp $BIG "$stdout_file"
expect_missing $MARK
expect 'no guard' guards_gone
expect_opened 2
expect_nothing_started

begin "forwards without a session as well"
login alice -W "127.0.0.1:$sshd_port"
expect_stdout_has SSH-2.0
expect_opened 1
expect_nothing_started

begin "forwards nothing for one whose session is refused"
policy nonsense
login alice -W "127.0.0.1:$sshd_port"
expect_status 255
expect_stdout ''
expect_no_event .

# --- the client is killed -----------------------------------------------------

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	students "$hold"

	begin "hangs up a terminal's command when the client is killed$held"
	client -tt alice@127.0.0.1 "$waiting"
	expect 'a command' wait_until 20 job_lives
	end_client KILL
	expect 'no command' wait_until 20 job_is_gone
	expect 'no guard' guards_gone

	begin "leaves one without a terminal running, and guarded$held"
	client alice@127.0.0.1 "$waiting"
	expect 'a command' wait_until 20 job_lives
	end_client KILL
	expect 'its guard' is_guarded 1
	rm -f $JOB.end
	run sh -c "echo go >$JOB.gate"
	expect 'its end' wait_until 20 test -e $JOB.end
	expect_missing $MARK
	expect 'no guard' guards_gone
	expect_events 1 '.event == "exec" and .action == "deny"'

	begin "ends it with on_logout = kill$held"
	students "on_logout = kill $hold"
	client alice@127.0.0.1 "$waiting"
	expect 'a command' wait_until 20 job_lives
	end_client KILL
	expect 'no command' wait_until 20 job_is_gone
	expect 'no guard' guards_gone
done

# --- ssh from within, to another sshd -----------------------------------------

cp "$T/id" /home/alice/id
chown alice: /home/alice/id
chmod 0600 /home/alice/id
first_port=$sshd_port
random_port
sshd_options second >"$T/second_config"
"$SSHD" -f "$T/second_config" -E "$T/second.log"
to_bob="ssh -F none -i id -p $sshd_port -o BatchMode=yes -o LogLevel=ERROR \
	-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	bob@127.0.0.1"
sshd_port=$first_port

for hold in '' 'segvguard { maxcrashes = 1 }'; do
	held=${hold:+ (held)}
	policy "policy \"hers\" { users = {\"alice\"} $hold
		exec { default = allow deny = {\"/usr/bin/uptime\"} } }
	policy \"his\" { users = {\"bob\"} $hold
		exec { default = allow deny = {\"/usr/bin/whoami\"} } }"

	begin "gives a session of another sshd a guard of its own$held"
	expect 'a second sshd' wait_until 20 test -s "$T/second.pid"
	login alice "$to_bob '/usr/bin/whoami; echo \$?'
		whoami; /usr/bin/uptime; echo \$?"
	expect_status 0
	expect_stdout '126
alice
126'
	expect 'no guard' guards_gone
	expect_opened 2
	expect_events 1 '.event == "exec" and .login == "bob" and
	    .user == "bob" and .policy == "his"'
	expect_events 1 '.event == "exec" and .login == "alice" and
	    .user == "alice" and .policy == "hers"'

	begin "outlives the death of that guard$held"
	open_session alice sh
	say 'echo out""er'
	expect 'a session' heard outer
	outer=$(guards)
	say "$to_bob 'echo inner; read go; whoami; exit 4'; echo status \$?"
	expect 'one within' heard inner
	expect 'two guards' is_guarded 2
	for pid in $(guards); do
		[ "$pid" = "$outer" ] || kill -KILL "$pid"
	done
	say go
	expect 'its end' heard status
	say 'uptime; echo uptime $?; whoami'
	expect 'a refusal' heard 'uptime 126'
	expect 'an exec' heard alice
	close_session
	expect_status 0
	expect 'no guard' guards_gone
done

it "counts no crash of the one in the other"
login alice "$to_bob \"$TRUSTED/sh -c 'kill -SEGV \\\$\\\$'; echo \\\$?\"
	$TRUSTED/sh -c 'kill -SEGV \$\$'; echo \$?"
expect_stdout_has '139
139'
expect_events 0 '.event == "exec" and .reason == "suspended"'

done_testing
