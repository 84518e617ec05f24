#!/bin/sh
# X2: su, su -, sudo, sudo -i, newgrp and login in a session, with the lines of
# conf/pam: whoever one becomes is judged by his own policy.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

for service in su sudo sudo-i login; do
	pam_example $service
done
{
	pam_stack $SSHD_SERVICE
	example sshd
} >/etc/pam.d/$SSHD_SERVICE
printf '%s include su\n' auth account session >/etc/pam.d/su-l
echo swordfish >/home/alice/password
two_policies ''
give root "$TRUSTED/and_back" <<-END
	#!/bin/sh
	$(try_as root)
	su - alice -c '$(try_as again); kill -9 \$\$'
	echo status \$?
	exit 7
END
start_sshd

# How many sessions of $2 were opened inside of that of alice, by service $3.
expect_nested() {
	expect_events "$1" ".event == \"session\" and .state == \"nested\" and
	    .login == \"alice\" and .user == \"$2\" and .service == \"$3\""
}

# One session was opened from outside, and it has closed.
expect_closed() {
	for state in open close; do
		expect_events 1 ".event == \"session\" and .state == \"$state\"
		    and .user == \"$1\" and .service == \"$2\""
	done
	expect 'no guard' guards_gone
}

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	two_policies "$hold"

	begin "X2: su$held"
	login alice "su bob -c 'pwd; $(try_as su); exit 7' <password
		echo status \$?; $(try_as after)"
	expect_stdout '/home/alice
status 7'
	expect_judged su bob '.service == "su" and .login == "alice"'
	expect_judged after alice
	expect_nested 1 bob su
	expect_closed alice execguard-sshd

	begin "X2: su -$held"
	login alice "su - bob -c 'pwd; $(try_as su); exit 7' <password
		echo status \$?; $(try_as after)"
	expect_stdout '/home/bob
status 7'
	expect_judged su bob '.service == "su-l"'
	expect_judged after alice
	expect_nested 1 bob su-l
	expect_closed alice execguard-sshd

	begin "X2: sudo -u$held"
	login alice "sudo -n -u bob sh -c '$(try_as sudo); exit 7'
		echo status \$?; $(try_as after)"
	expect_stdout 'status 7'
	expect_judged sudo bob '.service == "sudo"'
	expect_judged after alice
	expect_nested 1 bob sudo
	expect_closed alice execguard-sshd

	begin "X2: sudo -i -u$held"
	login alice "sudo -n -i -u bob sh -c 'pwd; $(try_as sudo); exit 7'
		echo status \$?; $(try_as after)"
	expect_stdout '/home/bob
status 7'
	expect_judged sudo bob '.service | startswith("sudo")'
	expect_judged after alice
	expect_closed alice execguard-sshd

	begin "X2: sudo -i, a su - back from there, and a signal on the way$held"
	login alice "sudo -n -i $TRUSTED/and_back
		echo status \$?; $(try_as after)"
	expect_stdout 'status 137
status 7'
	expect_judged root root
	expect_judged again alice
	expect_judged after alice
	expect_nested 1 alice execguard-sshd
	expect_closed alice execguard-sshd

	begin "X2: newgrp within a su$held"
	login alice "su bob -c 'echo \"$(try_as newgrp); exit 7\" |
			newgrp; echo status \$?' <password"
	expect_stdout 'status 7'
	expect_judged newgrp bob
	expect_closed alice execguard-sshd

	begin "X2: login -f from a shell of root's$held"
	open_session root -tt
	say 'stty -echo; PS1=; echo rea""dy'
	expect 'a shell' heard ready
	say 'login -f alice; echo back to $(id -un)'
	say "stty -echo; PS1=; $(try_as login); tty; echo in \$(id -un)"
	expect "alice's shell" heard 'in alice'
	expect 'a terminal' heard /dev/pts/
	expect 'one guard' test "$(guards | wc -l)" = 1
	say 'exit 7'
	expect "root's shell" heard 'back to root'
	expect 'no guard' guards_gone
	say "$(try_as after); exit 7"
	close_session
	expect_status 7
	expect_judged after root
	expect_judged login alice '.service == "login" and
	    (.tty | test("pts/"))'
	expect_closed alice login

	begin "X2: login -f from a guarded shell, by sudo$held"
	open_session alice -tt
	say 'stty -echo; PS1=; echo rea""dy'
	expect 'a shell' heard ready
	say 'sudo -n login -f bob; echo back to $(id -un)'
	say "stty -echo; PS1=; $(try_as login); echo in \$(id -un)"
	expect "bob's shell" heard 'in bob'
	expect 'one guard' test "$(guards | wc -l)" = 1
	say 'exit 7'
	expect "alice's shell" heard 'back to alice'
	say "$(try_as after); exit 7"
	close_session
	expect_status 7
	expect_judged login bob '.service == "login" and .login == "alice"'
	expect_judged after alice
	expect_nested 1 bob login
	expect_closed alice execguard-sshd
done

begin "X2: a documented limit: without a line, by the policy of the login"
no_pam_line sudo-i
no_pam_line su
login alice "su bob -c '$(try_as su)' <password"
expect_exists "$MARKS/su.his"
expect_missing "$MARKS/su.hers"
expect_event '.action == "deny" and .user == "alice" and .policy == "hers"'
expect_no_event '.state == "nested"'

done_testing
