#!/bin/sh
# X2: systemd --user, with the line of conf/pam and started as pid 1 does it: the
# user's manager and its units have a session and a guard of their own.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

for SYSTEMD in /usr/lib/systemd/systemd /lib/systemd/systemd; do
	[ ! -x "$SYSTEMD" ] || break
done
CGROUP=/sys/fs/cgroup/execguard-test.$$
RUNTIME=/home/alice/.runtime
UNITS=/home/alice/.config/systemd/user
manager=''

# A folder for alice in a unified hierarchy, as a unit with Delegate= has it;
# and what systemd looks at to learn whether it is in charge.
make_place() {
	mkdir -p /run/systemd $UNITS
	mount -t tmpfs -o mode=0755 tmpfs /run/systemd
	mkdir /run/systemd/system
	mkdir -m 0700 $RUNTIME
	for service in "try $(try_as unit)" "refused $HERS $MARKS/refused" \
	    'seven /bin/sh -c "exit 7"'; do
		printf '[Service]\nType=oneshot\nExecStart=%s\n' \
		    "${service#* }" >"$UNITS/${service%% *}.service"
	done
	chown -R alice: /home/alice
	mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir "$CGROUP" &&
	    chown -R alice: "$CGROUP"
}

clean_place() {
	find "$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null
}

# start_manager COMMAND...: alice's, of that command.
start_manager() {
	env -i sh -c 'echo $$ >$0/cgroup.procs || :; exec "$@"' "$CGROUP" \
	    env XDG_RUNTIME_DIR=$RUNTIME HOME=/home/alice PATH=/usr/bin:/bin \
	    "$B/tests/login/manager" systemd-user alice "$@" \
	    >"$T/manager.log" 2>&1 &
	manager=$!
}

manager_is_over() {
	! kill -0 "$manager"
}

# Wait for its end: $status.
wait_for_manager() {
	wait_until 10 manager_is_over || kill -KILL "$manager"
	status=0
	wait "$manager" || status=$?
}

# Her processes that we can see and are not in a container.
alices() {
	pgrep -u alice --ns $$ --nslist pid
}

# Its helper as well, which ends after it.
all_is_gone() {
	! alices >/dev/null
}

# Somebody whom a command left behind says who he is.
LEFT=$MARKS/left
one_is_left() {
	[ "$(alices)" = "$(cat $LEFT)" ]
}

expect_sessions() {
	for state in open close; do
		expect_events "$1" ".event == \"session\" and
		    .state == \"$state\" and .service == \"systemd-user\" and
		    .user == \"alice\" and .login == \"alice\""
	done
}

ready() {
	setpriv --reuid alice --regid alice --init-groups -- env \
	    XDG_RUNTIME_DIR=$RUNTIME systemctl --user is-system-running |
	    grep -q 'running\|degraded'
}

start_systemd() {
	start_manager "$SYSTEMD" --user
	expect "a user's manager" wait_until 10 ready
}

has_systemd() {
	if [ ! -x "$SYSTEMD" ]; then
		skip 'no systemd here'
	elif [ ! -d "$CGROUP" ]; then
		skip 'no unified control groups here'
	else
		return 0
	fi
	return 1
}

two_policies ''
trap clean_place EXIT
make_place
no_pam_line systemd-user
start_sshd
bus="export XDG_RUNTIME_DIR=$RUNTIME"

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	two_policies "$hold"

	begin "X2: without a line, systemd --user runs what a login refuses$held"
	no_pam_line systemd-user
	if has_systemd; then
		start_systemd
		login alice "$(try_as direct); $bus
			systemctl --user start try; echo status \$?"
		expect_stdout 'status 0'
		expect_judged direct alice
		expect_exists $MARKS/unit.hers
		kill "$manager"
		wait_for_manager
		expect_status 0
	fi

	begin "X2: with it, units are judged, by the manager's guard$held"
	pam_example systemd-user
	if has_systemd; then
		start_systemd
		expect 'one guard' test "$(guards | wc -w)" = 1
		login alice "$bus
			systemctl --user start try; echo status \$?"
		expect_stdout 'status 0'
		expect_judged unit alice '.service == "systemd-user" and
		    .login == "alice"'
	fi

	begin "X2: a unit's refused program fails as one that cannot run$held"
	if has_systemd; then
		login alice "$bus
			systemctl --user start refused; echo status \$?
			systemctl --user show -p ExecMainStatus refused"
		expect_stdout 'status 1
ExecMainStatus=203'
		expect_missing $MARKS/refused
		expect_event ".action == \"deny\" and .path == \"$HERS\" and
		    .service == \"systemd-user\""
	fi

	begin "X2: so with systemd-run; and statuses are right$held"
	if has_systemd; then
		login alice "$bus
			systemd-run --user --wait -q $(try_as run)
			systemd-run --user --wait -q sh -c 'exit 7'
			echo status \$?
			systemctl --user start seven
			systemctl --user show -p ExecMainStatus seven"
		expect_stdout 'status 7
ExecMainStatus=7'
		expect_judged run alice '.service == "systemd-user"'
	fi

	begin "X2: its guard ends with it, and nobody else is left$held"
	if has_systemd; then
		kill "$manager"
		wait_for_manager
		expect_status 0
		expect 'nobody' wait_until 5 all_is_gone
		expect 'no guard' guards_gone
		expect_event '.state == "close" and .service == "systemd-user"'
	fi

	begin "X2: any command with such a session, and its status$held"
	start_manager /bin/sh -c "$(try_as sh); exit 7"
	wait_for_manager
	expect_status 7
	expect_judged sh alice '.service == "systemd-user"'
	expect 'nobody' wait_until 5 all_is_gone
	expect 'no guard' guards_gone
	expect_sessions 1

	begin "X2: a documented limit: on_logout = kill ends nobody there$held"
	two_policies "$hold" 'on_logout = kill'
	start_manager /bin/sh -c "setsid -f \\
	        sh -c 'echo \$\$ >$LEFT; exec tail -f /dev/null'
	    until [ -s $LEFT ]; do :; done"
	wait_for_manager
	expect_status 0
	expect 'his helper gone' wait_until 5 one_is_left
	expect 'one guard' test "$(guards | wc -w)" = 1
	kill "$(cat $LEFT)"
	expect 'no guard' guards_gone
done

done_testing
