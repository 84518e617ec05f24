#!/bin/sh
# The profile of conf/pam/pam-auth-update (Debian): where the line lands, and
# what is covered then by the machine's own stacks.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

PROFILES=/usr/share/pam-configs

# Copies of our own of what pam-auth-update writes to and reads.
private_profiles() {
	for folder in $PROFILES /var/lib/pam /var/cache/debconf; do
		cp -a "$folder" "$T/${folder##*/}"
		mount --bind "$T/${folder##*/}" "$folder"
	done
	cp -a "$T/pam.d/." /etc/pam.d
	example pam-auth-update/execguard >$PROFILES/execguard
}

update() {
	run env DEBIAN_FRONTEND=noninteractive pam-auth-update --force "$@"
}

# But for those of sshd here, and for those that --force saves.
files_with_line() {
	(cd /etc/pam.d && grep -l pam_execguard ./* | cut -c 3- |
	    grep -vx -e "$SSHD_SERVICE" -e '.*\.pam-old' | xargs)
}

# expect_last FILE: the session part of FILE ends with our line.
expect_last() {
	expect "it last in $1" test \
	    "$(grep '^session' "/etc/pam.d/$1" | tail -n 1 | xargs)" = \
	    "session required $MODULE guardd=$GUARDD"
}

# No case where there is no such program: it is Debian's alone.
PATH=$PATH:/usr/sbin
if ! command -v pam-auth-update >/dev/null; then
	it "needs no profile where there is no pam-auth-update"
	expect 'authselect, or nothing' [ ! -e $PROFILES ]
	done_testing
	exit
fi

private_profiles
two_policies ''
start_sshd

it "is a choice that nobody is given by default"
update
expect_status 0
cp -a /etc/pam.d "$T/before"
expect 'no line' test "$(files_with_line)" = ''

it "enabled, lands behind the others in the two files of sessions"
update --enable execguard
expect_status 0
expect 'two files' test "$(files_with_line)" = \
    'common-session common-session-noninteractive'
expect_last common-session
expect_last common-session-noninteractive

it "lands there with the other profiles, too"
update --enable mkhomedir
expect_status 0
expect 'mkhomedir' grep -q pam_mkhomedir /etc/pam.d/common-session
expect_last common-session
update --disable mkhomedir
expect_status 0

begin "covers su, sudo and sudo -i then, by the machine's own stacks"
printf 'swordfish\n' >/home/alice/password
login alice "su bob -c '$(try_as su)' <password
	sudo -n -u bob sh -c '$(try_as sudo)'
	sudo -n -i -u bob $(try_as sudo_i); $(try_as after)"
expect_status 0
for name in su sudo sudo_i; do
	expect_judged $name bob '.login == "alice"'
done
expect_judged after alice
expect_events 3 '.state == "nested" and .user == "bob"'
expect 'no guard' guards_gone

begin "and what root starts by su"
run su - alice -c "$(try_as su)"
expect_status 0
expect_judged su alice '.service == "su-l" and .login == "alice"'
expect 'no guard' guards_gone

begin "does no harm beside a line of the service's own"
example su >>/etc/pam.d/su
run su - alice -c "$(try_as su); exit 7"
expect_status 7
expect_judged su alice
expect_events 1 '.state == "open"'
expect 'no guard' guards_gone
cp "$T/pam.d/su" /etc/pam.d/su

it "disabled, leaves the stacks as they were"
update --disable execguard
expect_status 0
expect 'no line' test "$(files_with_line)" = ''
expect 'the same files' diff -rx '*.pam-old' "$T/before" /etc/pam.d

done_testing
