# shellcheck shell=sh
# lib.sh - a private sshd, su and sudo for the login tests, on top of
# ../lib.sh (read that first).
#
#	pam_line SERVICE [OPTIONS]   give /etc/pam.d/SERVICE our session line
#	pam_example SERVICE          the same with the lines of conf/pam/SERVICE
#	no_pam_line SERVICE          take it away again
#	start_sshd                   sshd on 127.0.0.1, service execguard-sshd,
#	                             guarded unless no_pam_line says otherwise
#	sshd_options NAME            print the configuration of an sshd that
#	                             listens on $sshd_port; its last lines are
#	                             those of $sshd_more
#	login USER CMD...            over ssh with a key; as run()
#	expect_shut_out TEXT         the login was refused, with that word
#	open_session USER ARGS...    ssh in the background: say(), heard(),
#	                             close_session()
#	two_policies SECTIONS        who may run what is told from his marks:
#	                             try_as(), expect_judged()
#
# alice may run anything as anybody by sudo; bob's password is "swordfish";
# root's home is an empty one of our own.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

SSHD_SERVICE=execguard-sshd
SSHD_ETC=/etc/execguard-test
sshd_pid='' sshd_port=0 sshd_more='' sshd_log=$T/sshd.log

# --- PAM -------------------------------------------------------------------

# A stack without a word of the machine's own: nothing but what is tested.
pam_stack() {
	case $1 in
	su*) echo 'auth sufficient pam_rootok.so' ;;
	esac
	cat <<-'END'
		auth required pam_unix.so
		account required pam_unix.so
		session required pam_permit.so
	END
}

pam_line() {
	pam_service=$1
	shift
	{
		pam_stack "$pam_service"
		echo "session required $MODULE guardd=$GUARDD $*"
	} >"/etc/pam.d/$pam_service"
}

pam_example() {
	{
		pam_stack "$1"
		example "$1"
	} >"/etc/pam.d/$1"
}

# Print a file of conf/pam, with our module for the one that is installed.
example() {
	sed "s|pam_execguard\\.so|$MODULE guardd=$GUARDD|" \
	    "$(dirname "$0")/../../conf/pam/$1"
}

no_pam_line() {
	pam_stack "$1" >"/etc/pam.d/$1"
}

write_sudoers() {
	cat >/etc/sudoers <<-'END'
		Defaults !lecture, !requiretty
		Defaults secure_path = /usr/sbin:/usr/bin:/sbin:/bin
		root ALL = (ALL:ALL) ALL
		alice ALL = (ALL:ALL) NOPASSWD: ALL
	END
	chmod 0440 /etc/sudoers
}

# --- sshd ------------------------------------------------------------------

make_keys() {
	mkdir -m 0755 "$SSHD_ETC"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$SSHD_ETC/host"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$T/id"
	for key_user in root alice bob; do
		cp "$T/id.pub" "$SSHD_ETC/$key_user.keys"
	done
}

sftp_server() {
	for sftp_path in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh; do
		[ -x $sftp_path/sftp-server ] && echo $sftp_path/sftp-server
	done | head -n 1
}

sshd_options() {
	cat <<-END
		Port $sshd_port
		ListenAddress 127.0.0.1
		HostKey $SSHD_ETC/host
		AuthorizedKeysFile $SSHD_ETC/%u.keys
		PidFile $T/$1.pid
		UsePAM yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin yes
		PrintMotd no
		UseDNS no
		MaxStartups 100
		LogLevel VERBOSE
		Subsystem sftp $(sftp_server)
	END
	# Words that only newer versions of sshd know (9.8 and later).
	for sshd_word in "PAMServiceName $SSHD_SERVICE" \
	    'PerSourcePenalties no'; do
		"$SSHD" -T -f /dev/null -h "$SSHD_ETC/host" \
		    -o "$sshd_word" >/dev/null 2>&1 && echo "$sshd_word"
	done
	echo "$sshd_more"
}

random_port() {
	sshd_port=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
	sshd_port=$((20000 + sshd_port % 12000))
}

sshd_settled() {
	grep -q 'Server listening' "$sshd_log" || ! kill -0 "$sshd_pid"
}

start_sshd() {
	[ -e "/etc/pam.d/$SSHD_SERVICE" ] || pam_line "$SSHD_SERVICE"
	sshd_tries=0
	while [ $sshd_tries -lt 10 ]; do
		sshd_tries=$((sshd_tries + 1))
		random_port
		sshd_options sshd >"$T/sshd_config"
		: >"$sshd_log"
		env -i --default-signal=INT,QUIT PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		    "$SSHD" -D -f "$T/sshd_config" -E "$sshd_log" &
		sshd_pid=$!
		wait_until 10 sshd_settled
		kill -0 $sshd_pid 2>/dev/null && return
	done
	echo 'sshd does not start:' >&2
	cat "$sshd_log" >&2
	exit 1
}

# What every ssh, scp and sftp here is told, as a file for -F.
ssh_options() {
	cat <<-END
		Host *
		IdentityFile $T/id
		IdentitiesOnly yes
		BatchMode yes
		LogLevel ERROR
		StrictHostKeyChecking no
		UserKnownHostsFile /dev/null
	END
}

login() {
	ssh_user=$1
	shift
	run ssh -F "$T/ssh_config" -p "$sshd_port" "$ssh_user@127.0.0.1" "$@"
}

# Refused at login, before anything ran, and told $1: of a session that does
# not open sshd prints what PAM had to say, on the stdout of its child.
expect_shut_out() {
	expect_status 254
	expect_stdout_has "$1"
	expect_missing /home/alice/ran
}

# --- an open session -------------------------------------------------------

# Open a session of $1 that stays, with the rest as its command; say() types
# into it, and what it prints is in $talk.
talk=$T/talk
open_session() {
	rm -f "$T/typed"
	mkfifo "$T/typed"
	: >"$talk"
	ssh_user=$1
	shift
	ssh -F "$T/ssh_config" -p "$sshd_port" "$ssh_user@127.0.0.1" "$@" \
	    <"$T/typed" >"$talk" 2>&1 &
	talk_pid=$!
	exec 5>"$T/typed"
}

# Type $1 as it is: for the special characters of a terminal.  A session that
# has ended meanwhile is for the next expectation to notice.
press() {
	(
		trap '' PIPE
		printf '%s' "$1" >&5
	) 2>/dev/null || :
}

say() {
	press "$1
"
}

# Whether $1 was printed, and when not so far, within 15 s.
heard() {
	wait_until 15 grep -qaF -e "$1" "$talk"
}

talk_is_over() {
	! kill -0 "$talk_pid"
}

# Hang up (by closing the session's input) and wait for ssh to end: $status.
# One that does not within 10 s is cut off.
close_session() {
	exec 5>&-
	wait_until 10 talk_is_over || kill "$talk_pid"
	status=0
	wait "$talk_pid" || status=$?
}

# --- whose policy judges ---------------------------------------------------

# hers is refused to alice, and his to bob; root may run both.
HERS=$TRUSTED/hers
HIS=$TRUSTED/his
MARKS=/home/marks

# two_policies SECTIONS [WORDS]: policies of alice and bob, with these sections
# as well, and these words for alice.
two_policies() {
	policy "policy \"hers\" { users = {\"alice\"} ${2:-} $1
		exec { default = allow deny = {\"$HERS\"} } }
	policy \"his\" { users = {\"bob\"} $1
		exec { default = allow deny = {\"$HIS\"} } }"
	[ -e "$TRUSTED/try" ] && return
	mkdir -m 1777 $MARKS
	cp /usr/bin/touch "$HERS"
	cp /usr/bin/touch "$HIS"
	give root "$TRUSTED/try" <<-END
		#!/bin/sh
		# Run both, and say as whom, and how it went: try NAME
		{
			id -un
			$HERS $MARKS/\$1.hers && echo hers
			$HIS $MARKS/\$1.his && echo his
		} >$MARKS/\$1.saying 2>/dev/null
		mv $MARKS/\$1.saying $MARKS/\$1
	END
}

# Words for the shell of a session: try both, under this name.
try_as() {
	echo "$TRUSTED/try $1"
}

# Begin a case that has no mark and no event yet.
begin() {
	it "$1"
	rm -f $MARKS/*
	forget_events
}

# expect_judged NAME USER [CONDITION]: what was tried as NAME was so by USER and
# judged by his policy; the event of his refusal is one for which CONDITION
# holds.
expect_judged() {
	case $2 in
	alice) refused=hers ran=his ;;
	bob) refused=his ran=hers ;;
	*) refused='' ran='hers his' ;;
	esac
	expect "a try as $1" wait_until 10 test -e "$MARKS/$1"
	expect "it by $2, and no run but of $ran" \
	    test "$(xargs <"$MARKS/$1")" = "$2 $ran"
	for name in $ran; do
		expect_exists "$MARKS/$1.$name"
	done
	[ -n "$refused" ] || return 0
	expect_missing "$MARKS/$1.$refused"
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    .path == \"$TRUSTED/$refused\" and .user == \"$2\" and
	    .policy == \"$refused\" and (${3:-true})"
}

# --- as soon as this is sourced --------------------------------------------

SSHD=$T/$SSHD_SERVICE
ln -s "$(PATH=$PATH:/usr/sbin command -v sshd)" "$SSHD" || exit 1
echo 'bob:swordfish' | chpasswd || exit 1
sed -i 's|^root:.*|root:x:0:0::/home/root:/bin/sh|' /etc/passwd
mkdir -m 0700 /home/root
ssh_options >"$T/ssh_config"
cp -a /etc/pam.d "$T/pam.d" # the machine's own stacks
no_pam_line su
no_pam_line sudo
write_sudoers
make_keys
