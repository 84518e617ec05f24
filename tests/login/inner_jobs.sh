#!/bin/sh
# X2: jobs of cron and at do not run in the login that handed them over: with
# the lines of conf/pam each has a session and a guard of its own.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

# Debian's cron; and cronie, as Fedora has it.
PATH=$PATH:/usr/sbin
cron=cron stays=-f daemon=''
if command -v crond >/dev/null; then
	cron=crond stays=-n
fi

# The spool and the crontabs of the machine are none of ours.
private_spool() {
	cp -a /var/spool/cron "$T/spool"
	find "$T/spool" -type f ! -name .SEQ -delete
	mount --bind "$T/spool" /var/spool/cron
	rm -rf /etc/crontab /etc/cron.d /etc/anacrontab /run/*cron*
	mkdir /etc/cron.d
}

has_all() {
	for program; do
		command -v "$program" >/dev/null && continue
		skip "no $program here"
		return 1
	done
}

# start_daemon WORDS: as on a machine that boots.
start_daemon() {
	rm -f /run/crond.reboot /run/cron.reboot
	env -i --default-signal=INT,QUIT PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    "$@" 2>>"$T/$1.log" &
	daemon=$!
}

stop_daemon() {
	kill "$daemon"
	wait "$daemon" 2>/dev/null
}

# One job of USER, run once when cron starts.
crontab_of() {
	echo "@reboot $2" | crontab -u "$1" -
}

# The line of conf/pam/cron, whatever the service is called here.
guard_cron() {
	pam_example cron
	[ $cron = cron ] || mv /etc/pam.d/cron /etc/pam.d/$cron
}

# Each session of $1, of $2 users, was opened from outside and has closed.
expect_sessions() {
	expect 'no guard' guards_gone
	for state in open close; do
		expect_events "$2" ".event == \"session\" and
		    .state == \"$state\" and .service == \"$1\" and
		    .user == .login"
	done
}

private_spool
two_policies ''
no_pam_line $cron
no_pam_line atd
pam_example sudo
start_sshd

# Where a job leaves somebody behind, who says who he is.
LEFT=$MARKS/left
give root "$TRUSTED/leave" <<-END
	#!/bin/sh
	setsid -f sh -c 'echo \$\$ >$LEFT; exec tail -f /dev/null' \
	    </dev/null >/dev/null 2>&1
	until [ -s $LEFT ]; do :; done
END

left_is_gone() {
	[ -s $LEFT ] && [ ! -e "/proc/$(cat $LEFT)/exe" ]
}

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	two_policies "$hold"

	begin "X2: without a line, cron runs what the login refuses$held"
	no_pam_line $cron
	if has_all $cron crontab; then
		login alice "$(try_as direct)
			echo '@reboot $(try_as cron)' | crontab -"
		expect_judged direct alice
		start_daemon $cron $stays
		expect 'a try' wait_until 10 test -e $MARKS/cron
		expect_exists $MARKS/cron.hers
		stop_daemon
	fi

	begin "X2: with it, the job of each user is judged by his policy$held"
	guard_cron
	if has_all $cron crontab; then
		login alice "echo '@reboot $(try_as cron); exit 7' | crontab -"
		expect_status 0
		expect 'no guard' guards_gone
		forget_events
		crontab_of bob "$(try_as bobs)"
		crontab_of root "$(try_as roots)"
		start_daemon $cron $stays
		expect_judged cron alice ".service == \"$cron\" and
		    .login == \"alice\" and .tty == \"cron\""
		expect_judged bobs bob ".service == \"$cron\" and
		    .login == \"bob\""
		expect_judged roots root
		expect_sessions $cron 2
		stop_daemon
		crontab -u bob -r
		crontab -u root -r
	fi

	begin "X2: what a job of cron leaves behind stays guarded$held"
	if has_all $cron crontab; then
		crontab_of alice "$TRUSTED/leave"
		start_daemon $cron $stays
		expect 'somebody' wait_until 10 test -s $LEFT
		stop_daemon
		expect 'one guard' test "$(guards | wc -w)" = 1
		kill "$(cat $LEFT)"
		expect_sessions $cron 1
	fi

	begin "X2: on_logout = kill ends it with the job$held"
	if has_all $cron crontab; then
		two_policies "$hold" 'on_logout = kill'
		start_daemon $cron $stays
		expect 'his end' wait_until 10 left_is_gone
		expect_sessions $cron 1
		stop_daemon
		two_policies "$hold"
	fi

	begin "X2: cron restarted from a guarded shell: jobs by its guard$held"
	if has_all $cron crontab; then
		crontab_of alice "$(try_as hers)"
		crontab_of bob "$(try_as bobs)"
		rm -f /run/crond.reboot /run/cron.reboot
		login alice "sudo -n $cron && echo started"
		expect_stdout started
		expect_judged hers alice '.login == "alice"'
		expect_judged bobs bob '.login == "alice"'
		expect 'one guard' test "$(guards | wc -w)" = 1
		expect_event ".state == \"nested\" and .user == \"bob\" and
		    .service == \"$cron\""
		kill "$(cat /run/crond.pid)"
		expect 'no guard' guards_gone
		crontab -u alice -r
		crontab -u bob -r
	fi

	begin "X2: without a line, at runs what the login refuses$held"
	no_pam_line atd
	if has_all atd at; then
		start_daemon atd -f
		login alice "$(try_as direct); echo '$(try_as at)' | at now"
		expect_judged direct alice
		expect 'a try' wait_until 10 test -e $MARKS/at
		expect_exists $MARKS/at.hers
	fi

	begin "X2: with it, the job of each user is judged by his policy$held"
	pam_example atd
	if has_all atd at; then
		for user in alice bob; do
			login $user "echo '$(try_as $user); exit 7' | at now"
			expect_status 0
		done
		expect_judged alice alice '.service == "atd" and
		    .login == "alice"'
		expect_judged bob bob '.service == "atd" and .login == "bob"'
		expect_sessions atd 2
	fi

	begin "X2: on_logout = kill ends what a job of at leaves behind$held"
	if has_all atd at; then
		two_policies "$hold" 'on_logout = kill'
		login alice "echo $TRUSTED/leave | at now"
		expect_status 0
		expect 'his end' wait_until 10 left_is_gone
		expect_sessions atd 1
		stop_daemon
	fi
done

done_testing
