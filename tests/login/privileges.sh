#!/bin/sh
# What a steady guard holds: identity, capabilities, limits, descriptors,
# mappings; as root, and as the user execguard where there is one; and that
# what it has to do it can do with that.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

GUARD_UID=61090 GUARD_GID=61091

students() {
	policy 'policy "students" {
		users = {"alice", "bob"}
		'"$1"'
		tpe { roots = {"/usr"} }
	}'
}

# /etc is the test's own.
no_such_user() {
	sed -i '/^execguard:/d' /etc/passwd /etc/group
}

such_a_user() {
	no_such_user
	echo "execguard:x:$1:$2::/:/usr/sbin/nologin" >>/etc/passwd
	echo "execguard:x:$GUARD_GID:" >>/etc/group
}

# --- what is known of a guard -----------------------------------------------

# The bits of capability.h, as /proc shows a set of them.
mask() {
	sum=0
	for name; do
		bit=$(awk -v name="CAP_$name" '
			$1 == "#define" && $2 == name { print $3 }' \
		    /usr/include/linux/capability.h)
		sum=$((sum | 1 << bit))
	done
	printf '%016x' $sum
}

# has_field NAME VALUE: that line of the guard's status, blanks made one.
has_field() {
	[ "$(sed -n "s/^$1:[[:space:]]*//p" "/proc/$guard/status" |
	    tr -s '\t ' ' ' | sed 's/ $//')" = "$2" ]
}

expect_holds() {
	expect "permitted $1" has_field CapPrm "$1"
	expect "effective $1" has_field CapEff "$1"
	expect 'nothing inheritable' has_field CapInh "$(mask)"
	expect 'nothing ambient' has_field CapAmb "$(mask)"
}

descriptors() {
	for entry in "/proc/$guard/fd"/*; do
		readlink "$entry"
	done | sed 's/^socket:.*/socket/; s/.*pidfd.*/pidfd/' | LC_ALL=C sort
}

# has_limit NAME VALUE: for good, both soft and hard.
has_limit() {
	grep -qE "^$1 +$2 +$2( |\$)" "/proc/$guard/limits"
}

hard_limit() {
	sed -nE "s/^$1 +[^ ]+ +([^ ]+).*/\1/p" /proc/$$/limits
}

# Mappings whose permissions match the pattern $1.
mappings() {
	awk -v like="$1" '$2 ~ like' "/proc/$guard/maps"
}

# To become somebody of the guard's ids, and with none of its capabilities.
be_beside() {
	echo "setpriv --reuid $uid --regid $gid --clear-groups" \
	    --bounding-set=-all --inh-caps=-all --
}

# shellcheck disable=SC2046 # several words
can_be_read() {
	$(be_beside) dd "if=/proc/$1/environ" of=/dev/null 2>/dev/null
}

# --- a session of alice, with a terminal ---------------------------------------

open_quietly() {
	open_session alice -tt
	say 'PS1=; stty -echo; echo rea""dy'
	expect 'a shell' heard ready
	guard=$(guards)
	expect 'one guard' test -e "/proc/${guard:-none}"
}

leave() {
	say exit
	close_session
	expect 'no guard' guards_gone
}

BASE='SYS_PTRACE CHECKPOINT_RESTORE KILL DAC_READ_SEARCH SETUID SETGID'
tty=$(sed -n 's/^tty:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)

copy alice /usr/bin/touch /home/alice/touch
pam_line su
pam_line sudo
students ''
# As pam_limits would do it.
prlimit --pid $$ --cpu=250: --fsize=250000000: --nproc=250: || exit 1
start_sshd

# expect_identity: the four uids, the four gids, the groups.
expect_identity() {
	expect "uid $uid" has_field Uid "$uid $uid $uid $uid"
	expect "gid $gid" has_field Gid "$gid $gid $gid $gid"
	expect 'group tty alone' has_field Groups "$tty"
}

# shellcheck disable=SC2046,SC2086 # several words
examine() {
	it "holds the capabilities that it needs and no others, as $who"
	students ''
	open_quietly
	expect_holds "$(mask $BASE)"
	expect 'nothing that an exec could give' has_field CapBnd "$(mask)"
	expect 'no new privileges' has_field NoNewPrivs 1

	it "has the ids of $who, and group tty"
	expect_identity

	it "cannot be looked into by a process of the same uid, as $who"
	expect 'entries of root' \
	    test "$(stat -c %u:%g "/proc/$guard/environ")" = 0:0
	mkfifo "$T/gate"
	$(be_beside) sh -c 'read -r go' <"$T/gate" &
	neighbour=$!
	exec 6>"$T/gate"
	expect 'a neighbour that can' wait_until 5 can_be_read $neighbour
	expect 'a guard that cannot' eval '! can_be_read "$guard"'
	exec 6>&-
	wait $neighbour
	rm "$T/gate"

	it "holds these descriptors and no others, as $who"
	{
		printf '%s\n' /dev/null /dev/null /dev/null /proc "$EVENTS"
		echo 'anon_inode:[signalfd]'
		echo 'anon_inode:seccomp notify'
		# The inspector: its program, itself, and how to ask it.
		printf '%s\n' "${GUARDD%/*}/inspector" pidfd socket
		# Where an administrator finds it, and what he talks to.
		printf '%s\n' /run/execguard socket
	} | LC_ALL=C sort >"$T/expected"
	descriptors >"$stdout_file"
	expect 'its descriptors' diff "$T/expected" "$stdout_file"

	it "has no memory that is writable and executable, or shared, as $who"
	expect 'memory that is writable' test -n "$(mappings '^rw-p')"
	expect 'code' test -n "$(mappings '^r-xp')"
	expect 'none that is both' test -z "$(mappings '^.w.*x|^.wx')"
	expect 'no file that it could write' test -z "$(mappings '^.w.s')"
	expect 'no memory of others' test -z "$(mappings 's$')"

	it "has limits that the user's do not change, as $who"
	for limit in 'Max core file size=0' 'Max open files=1024' \
	    'Max locked memory=0' 'Max msgqueue size=0' \
	    'Max realtime priority=0' 'Max nice priority=0'; do
		expect "$limit" has_limit "${limit%=*}" "${limit#*=}"
	done
	say 'grep -E "^Max (cpu time|processes) +250" /proc/self/limits'
	expect 'limits of the user' heard 'Max processes'
	# A test that may not lift limits has a guard that may not, either.
	for limit in 'Max cpu time' 'Max file size' 'Max processes'; do
		expect "$limit as it can be" \
		    has_limit "$limit" "(unlimited|$(hard_limit "$limit"))"
	done

	it "tells the user's terminal of a refusal, as $who"
	forget_events
	say './touch ran; echo status $?'
	expect 'a refusal' heard 'status 126'
	expect 'a line' heard 'execguard: ./touch was refused'
	expect_missing /home/alice/ran
	expect_event '.event == "exec" and .action == "deny" and
	    .phase == "ask" and .path == "/home/alice/touch"'
	leave
	expect_event '.event == "session" and .state == "close"'

	it "judges in a folder that only its owner may enter, as $who"
	chmod 0700 /home/alice
	forget_events
	login alice './touch ran; echo status $?'
	chmod 0755 /home/alice
	expect_stdout 'status 126'
	expect_missing /home/alice/ran
	expect_event '.event == "exec" and .phase == "ask" and
	    .reason == "outside-roots" and .path == "/home/alice/touch"'

	it "takes no privilege from set-id programs, as $who"
	login alice 'sudo -n id -u'
	expect_stdout 0
	forget_events
	login alice "sudo -n su bob -c 'id -un; /home/alice/touch /home/bob/ran'"
	expect_status 126
	expect_stdout bob
	expect_missing /home/bob/ran
	expect_event '.event == "session" and .state == "nested" and
	    .user == "bob"'
	expect_event '.event == "exec" and .action == "deny" and
	    .user == "bob"'

	it "reads filters where a policy may end a session, as $who"
	students 'on_logout = kill'
	open_quietly
	expect_holds "$(mask $BASE SYS_ADMIN)"
	leave
	students 'exec { action = exit default = allow deny = {"/usr/bin/env"} }'
	open_quietly
	expect_holds "$(mask $BASE SYS_ADMIN)"

	it "ends such a session, and what root let bob run in it, as $who"
	say 'sudo -n -u bob sh -c "echo \$\$; read go" & echo star""ted'
	expect 'a job' heard started
	say '/usr/bin/env'
	expect 'the end of the session' wait_until 10 talk_is_over
	close_session
	expect 'no guard' guards_gone
}

who=root uid=0 gid=0
no_such_user
examine

who=execguard uid=$GUARD_UID gid=$GUARD_GID
such_a_user $uid $gid
examine

# --- who cannot be one --------------------------------------------------------

it "does not begin as a user whose ids would change nothing"
students ''
such_a_user 4294967295 $GUARD_GID
login alice true
expect_shut_out 'the user execguard of /etc/passwd has no usable ids'
expect 'no guard' guards_gone

it "does not begin where it cannot lock what it keeps"
no_such_user
run setpriv --bounding-set=-setpcap --inh-caps=-setpcap -- \
    "$CTL" run -u alice -- /usr/bin/touch /home/alice/ran
expect_status 125
expect_stderr 'the guard cannot lock its capabilities'
expect_stderr CAP_SETPCAP
expect_missing /home/alice/ran
expect 'no guard' guards_gone

it "goes on as root without group tty, and then tells no terminal"
no_such_user
sed -i 's/^tty:/other:/' /etc/group
guard='' uid=0 gid=0 tty=''
open_quietly
expect_identity
sed -i 's/^other:/tty:/' /etc/group
leave

# --- a user's own -------------------------------------------------------------

it "holds nothing at all as a user's own guard"
such_a_user $GUARD_UID $GUARD_GID
printf 'policy "mine" { tpe { roots = {"/usr"} } }\n' >"$T/mine.conf"
chown alice: "$T/mine.conf"
mkfifo "$T/gate"
setpriv --reuid alice --regid alice --init-groups -- \
    "$CTL" run -p "$T/mine.conf" -- \
    sh -c '/home/alice/touch /home/alice/ran; echo status $?; read -r go' \
    <"$T/gate" >"$stdout_file" 2>"$stderr_file" &
session=$!
exec 6>"$T/gate"
is_refused() {
	grep -q 'status 126' "$stdout_file"
}
expect 'a refusal' wait_until 5 is_refused
expect_missing /home/alice/ran
guard=$(guards)
expect_holds "$(mask)"
expect 'no new privileges' has_field NoNewPrivs 1
expect "alice's uid" has_field Uid '61001 61001 61001 61001'
echo go >&6
exec 6>&-
expect 'a good end' wait $session
session=''
expect 'no guard' guards_gone

done_testing
