#!/bin/sh
# scp, sftp and rsync through a guarded login: what they carry arrives whole,
# and what the policy refuses at the other end is refused in their own words.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

SFTP_SERVER=$(sftp_server)
JAIL=${TRUSTED%/*}/jail
BIG=$T/big
ssh_command="ssh -F $T/ssh_config"

# students DENIED [SECTIONS]: a policy for alice and bob.
students() {
	policy "policy \"students\" {
		users = {\"alice\", \"bob\"}
		${2:-}
		exec { default = allow deny = {${1:-\"/nowhere\"}} }
		tpe { roots = {\"/usr\", \"/bin\", \"/lib\"} }
	}"
}

# scp_ and sftp_: with the port that sshd has.
scp_() {
	run scp -q -F "$T/ssh_config" -P "$sshd_port" "$@"
}

# sftp_ USER [OPTIONS]: with the commands of $T/batch.
sftp_() {
	sftp_user=$1
	shift
	run sftp -q -F "$T/ssh_config" -P "$sshd_port" -b "$T/batch" "$@" \
	    "$sftp_user@127.0.0.1"
}

# What sftp is to do: put and get one file, in folder $1.
there_and_back() {
	printf 'put %s %s/there\nget %s/there %s\n' "$BIG" "$1" "$1" "$T/back" \
	    >"$T/batch"
}

rsync_() {
	run rsync -e "$ssh_command -p $sshd_port" "$@"
}

has_rsync() {
	command -v rsync >/dev/null && return
	skip 'no rsync here'
	return 1
}

# It says 126 if the shell at the other end has ended when it looks, 12 (error
# in the stream) if it has not.
expect_rsync_failed() {
	expect 'status 12 or 126' test "$status" = 12 -o "$status" = 126
}

# begin SENTENCE
begin() {
	it "$1"
	rm -f "$THERE" "$T/back"
	forget_events
}

# Both copies are what was sent, and nothing is left of the session.
expect_whole() {
	expect_status 0
	expect 'the same file there' cmp "$BIG" "${1:-$THERE}"
	expect 'the same file back' cmp "$BIG" "$T/back"
	expect 'no guard' guards_gone
	expect_no_event '.event == "exec"'
}

expect_refused() {
	expect_missing "$THERE"
	expect 'no guard' guards_gone
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    .user == \"alice\" and .path == \"$1\""
	expect_no_event ".event == \"exec\" and .path != \"$1\""
}

head -c 20000000 /dev/urandom >"$BIG"
THERE=/home/alice/there

# A key that may do nothing but sftp, within sshd itself.
ssh-keygen -q -t ed25519 -N '' -C '' -f "$T/id_internal"
echo "restrict,command=\"internal-sftp\" $(cat "$T/id_internal.pub")" \
    >>"$SSHD_ETC/alice.keys"
sed "s|IdentityFile .*|IdentityFile $T/id_internal|" "$T/ssh_config" \
    >"$T/ssh_internal"

mkdir -m 0755 "$JAIL"
install -d -o bob "$JAIL/up"
sshd_more="Match User bob
	ChrootDirectory $JAIL
	ForceCommand internal-sftp"

for hold in '' 'segvguard { }'; do
	held=${hold:+ (held)}
	students '' "$hold"
	[ -n "$sshd_pid" ] || start_sshd

	begin "copies with scp$held"
	scp_ "$BIG" alice@127.0.0.1:there
	expect_status 0
	scp_ alice@127.0.0.1:there "$T/back"
	expect_whole

	begin "copies with scp and its old protocol$held"
	scp_ -O "$BIG" alice@127.0.0.1:there
	expect_status 0
	scp_ -O alice@127.0.0.1:there "$T/back"
	expect_whole

	begin "copies with sftp$held"
	there_and_back /home/alice
	sftp_ alice
	expect_whole
	expect_events 1 '.event == "session" and .state == "open"'

	begin "copies with rsync$held"
	if has_rsync; then
		rsync_ "$BIG" alice@127.0.0.1:there
		expect_status 0
		rsync_ alice@127.0.0.1:there "$T/back"
		expect_whole
	fi

	begin "copies only the difference with rsync$held"
	if has_rsync; then
		cp "$BIG" "$THERE"
		chown alice: "$THERE"
		printf x | dd of="$THERE" bs=1 seek=10000000 conv=notrunc \
		    status=none
		rsync_ -I --no-whole-file "$BIG" alice@127.0.0.1:there
		expect_status 0
		rsync_ --checksum alice@127.0.0.1:there "$T/back"
		expect_whole
	fi

	begin "copies with internal-sftp, which starts no program$held"
	students "\"$SFTP_SERVER\", \"/bin/*sh\", \"/usr/bin/*sh\"" "$hold"
	there_and_back /home/alice
	sftp_ alice -F "$T/ssh_internal"
	expect_whole
	expect_events 1 '.event == "session" and .state == "open"'

	begin "copies with internal-sftp in a chroot$held"
	there_and_back /up
	rm -f "$JAIL/up/there"
	sftp_ bob
	expect_whole "$JAIL/up/there"
	expect_events 1 '.event == "session" and .state == "open"'
done

# --- refused at the other end -------------------------------------------------

# sshd throws away what a subsystem says on stderr.
begin "closes the connection of sftp when its server is refused"
students "\"$SFTP_SERVER\""
there_and_back /home/alice
sftp_ alice
expect_status 255
expect_stderr 'Connection closed'
expect_refused "$SFTP_SERVER"

begin "and that of scp"
scp_ "$BIG" alice@127.0.0.1:there
expect_status 255
expect_stderr 'Connection closed'
expect_refused "$SFTP_SERVER"

begin "says of a refused scp, in the old protocol, that it is refused"
students '"/usr/bin/scp"'
scp_ -O "$BIG" alice@127.0.0.1:there
expect_status 1
expect_stderr 'scp: Permission denied'
expect_refused /usr/bin/scp

begin "says so of rsync"
students '"/usr/bin/rsync"'
if has_rsync; then
	rsync_ "$BIG" alice@127.0.0.1:there
	expect_rsync_failed
	expect_stderr 'rsync: Permission denied'
	expect_refused /usr/bin/rsync
fi

begin "does not run another rsync that the user brings"
students ''
copy alice "$B/tests/escape/forbidden" /home/alice/rsync
if has_rsync; then
	rsync_ --rsync-path="ESCAPE_MARK=$THERE /home/alice/rsync" \
	    "$BIG" alice@127.0.0.1:there
	expect_rsync_failed
	expect_stderr '/home/alice/rsync: Permission denied'
	expect_refused /home/alice/rsync
fi

# --- a chroot -----------------------------------------------------------------

begin "judges a program in a chroot by where it is outside"
students ''
sshd_more="Match User bob
	ChrootDirectory $JAIL"
kill "$sshd_pid"
start_sshd
for file in /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*'); do
	mkdir -p "$JAIL${file%/*}"
	cp -L "$file" "$JAIL$file"
done
login bob 'echo in the jail'
expect_status 1
expect_stderr '/bin/sh: Permission denied'
expect_stdout ''
expect_events 1 ".event == \"exec\" and .action == \"deny\" and
    .check == \"tpe\" and .user == \"bob\" and .path == \"$JAIL/bin/sh\""

begin "so a root of the policy can hold the chroot's programs"
policy "policy \"students\" { users = {\"bob\"}
	tpe { roots = {\"$JAIL\"} libraries = true }
}"
login bob 'echo in the jail'
expect_status 0
expect_stdout 'in the jail'

begin "and needs its loader and libraries there as well"
policy "policy \"students\" { users = {\"bob\"}
	tpe { roots = {\"$JAIL/bin\"} }
}"
login bob 'echo in the jail'
expect_stdout ''
expect_event '.event == "exec" and .action == "deny" and .role == "loader"'

# --- in the middle ------------------------------------------------------------

# cut_off PROGRAM ARGS...: start it, wait until some of the file is there, kill it.
cut_off() {
	"$@" >"$T/cut" 2>&1 &
	cut=$!
	expect 'a part of it' wait_until 20 test -s "$PART"
	kill -KILL "$cut"
	wait "$cut" 2>/dev/null || :
}

for hold in '' 'segvguard { }'; do
	begin "leaves a part and nobody behind when scp is killed${hold:+ (held)}"
	students '' "$hold"
	PART=$THERE
	cut_off scp -q -l 8000 -F "$T/ssh_config" -P "$sshd_port" "$BIG" \
	    alice@127.0.0.1:there
	expect 'no guard' guards_gone
	expect 'a part' test "$(stat -c %s "$THERE")" -lt 20000000

	begin "and when one that reads is${hold:+ (held)}"
	PART=$T/part
	rm -f "$PART"
	cut_off sh -c "exec ssh -F $T/ssh_config -p $sshd_port \
	    alice@127.0.0.1 cat /dev/zero >$PART"
	expect 'no guard' guards_gone
	rm -f "$PART"
done

done_testing
