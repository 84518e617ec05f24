#!/bin/sh
# 200 sessions opened, used and closed leave nothing behind.

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

no_socket() {
	[ -z "$(find /run/execguard -mindepth 1)" ]
}

# A guard that nobody reaped is a child of init or of sshd, named like it.
no_zombie() {
	! ps -A -o stat=,ppid=,comm= | awk -v sshd="$sshd_pid" '
		/^Z/ && ($3 == "guardd" || $2 == sshd) { found = 1 }
		END { exit !found }'
}

start_sshd

it "guards the first"
login alice '/usr/bin/id -un; cp /usr/bin/id .; ./id; echo $?'
expect_stdout 'alice
126'
expect 'no guard' guards_gone
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

it "leaves no guard"
expect 'no guard' guards_gone

it "leaves no socket"
expect 'an empty /run/execguard' wait_until 5 no_socket

it "leaves no zombie"
expect 'no zombie' wait_until 5 no_zombie

it "leaves sshd no descriptor"
expect "at most $before descriptors" wait_until 5 as_few_descriptors

it "has told of 201 sessions that opened and closed"
expect_events 201 '.event == "session" and .state == "open"'
expect_events 201 '.event == "session" and .state == "close"'

done_testing
