#!/bin/sh
# 200 sessions opened, used and closed beside one that stays, and 50 within
# that one, leave nothing behind.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy 'policy "students" {
	groups = {"students"}
	segvguard { }
	tpe { roots = {"/usr"} }
}'

descriptors() {
	find "/proc/$sshd_pid/fd" -mindepth 1 | wc -l
}

as_few_descriptors() {
	[ "$(descriptors)" -le "$before" ]
}

# The inodes of the unix sockets that our guards hold, one a line.
sockets() {
	for guard in $(guards); do
		find "/proc/$guard/fd" -lname 'socket:*' -printf '%l\n'
	done 2>/dev/null | tr -dc '0-9\n' | LC_ALL=C sort -u >"$T/held"
	awk '{ print $7 }' /proc/net/unix | LC_ALL=C sort -u |
	    LC_ALL=C comm -12 - "$T/held"
}

n_sockets() {
	sockets | wc -l
}

# The one that stays, and no socket more than it had.
one_guard() {
	[ "$(guards | wc -w)" = 1 ] && [ "$(n_sockets)" -le "$sockets_before" ]
}

# What nobody reaps is a child of sshd, or a guard of somebody who is not
# init: that one reaps, when it comes to it.
no_zombie() {
	! ps -A -o stat=,ppid=,comm= | awk -v sshd="$sshd_pid" '
		/^Z/ && ($2 == sshd || ($2 != 1 && $3 == "guardd")) { found = 1 }
		END { exit !found }'
}

pam_line sudo
start_sshd

it "guards the first"
login alice '/usr/bin/id -un; cp /usr/bin/id .; ./id; echo $?'
expect_stdout 'alice
126'
expect 'no guard' guards_gone

it "guards one that stays"
open_session alice 'echo started; exec sh'
expect 'a session' heard started
expect 'one guard' [ "$(guards | wc -w)" = 1 ]
sockets_before=$(n_sockets)
before=$(descriptors)

it "opens, uses and closes 200 sessions, four at a time"
cat >"$T/one" <<-END
	#!/bin/sh
	[ "\$(ssh -F $T/ssh_config -p $sshd_port alice@127.0.0.1 \
	    '/usr/bin/id -un; ./id; echo \$?' 2>/dev/null)" = \
	    "\$(printf 'alice\n126')" ] && echo good
END
seq 200 | timeout 150 xargs -P 4 -I{} sh "$T/one" >"$stdout_file"
expect '200 good ones' test "$(grep -c good "$stdout_file")" = 200

it "leaves one guard, of the session that stays, and no socket"
expect "one guard, $sockets_before sockets" wait_until 10 one_guard

it "opens and closes 50 sessions within that one"
say 'n=0; while [ $n -lt 50 ]; do
	sudo -n -u alice /usr/bin/id -un && n=$((n + 1)) || break
done; echo within $n'
expect '50 good ones' heard 'within 50'
expect_events 50 '.event == "session" and .state == "nested"'

it "leaves its guard no socket"
expect "one guard, $sockets_before sockets" wait_until 10 one_guard

it "leaves no guard when that one has closed"
close_session
expect 'no guard' guards_gone

it "leaves no zombie"
expect 'no zombie' wait_until 5 no_zombie

it "leaves sshd no descriptor"
expect "at most $before descriptors" wait_until 5 as_few_descriptors

it "has told of 202 sessions that opened and closed"
expect_events 202 '.event == "session" and .state == "open" and
	.service == "execguard-sshd"'
expect_events 202 '.event == "session" and .state == "close" and
	.service == "execguard-sshd"'

done_testing
