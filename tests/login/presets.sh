#!/bin/sh
# The policies of conf/presets, edited in the two places that they ask for: what
# each lets a student do, and what it refuses.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

PRESETS=$(cd "$(dirname "$0")/../../conf/presets" && pwd)
RAN=/home/alice/ran
VICTIM=/opt/victim
TMP=${TRUSTED%/*}/tmp # on the disk, as /tmp may be

# preset NAME [FILE]: as an administrator installs it, for alice's group.
preset() {
	sed -E 's/(groups +=) .*<--.*/\1 {"students"}/
		s/(message +=) .*<--.*/\1 "Ask help@example.edu"/' \
	    "$PRESETS/$1.conf" >"/etc/execguard.d/${2:-$1}.conf"
}

# What outlives a login is forgotten.
forgiven() {
	"$CTL" forgive -u alice --all >/dev/null 2>&1
}

only_preset() {
	forgiven
	rm -f /etc/execguard.d/*
	echo "events = \"$EVENTS\"" >/etc/execguard.d/events.conf
	preset "$1"
}

has() {
	for name; do
		command -v "$name" >/dev/null && continue
		skip "there is no $name"
		return 1
	done
}

begin() {
	it "$1"
	rm -f "$RAN"
	forget_events
}

nothing_refused() {
	expect_no_event '.event == "exec"'
}

# expect_refused PATH CHECK REASON
expect_refused() {
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    .path == \"$1\" and .check == \"$2\" and .reason == \"$3\" and
	    .user == \"alice\" and .message == \"Ask help@example.edu\""
}

# One file by sftp and one by scp, there and back.
transfers() {
	printf 'put %s there\nget there %s\n' "$T/own.c" "$T/back" >"$T/batch"
	run sftp -q -F "$T/ssh_config" -P "$sshd_port" -b "$T/batch" \
	    alice@127.0.0.1
	expect_status 0
	expect 'the same file' cmp "$T/own.c" "$T/back"
	run scp -q -O -F "$T/ssh_config" -P "$sshd_port" "$T/own.c" \
	    alice@127.0.0.1:again
	expect_status 0
	expect 'the same file' cmp "$T/own.c" /home/alice/again
}

no_transfers() {
	rm -f /home/alice/there /home/alice/again
	echo "put $T/own.c there" >"$T/batch"
	run sftp -q -F "$T/ssh_config" -P "$sshd_port" -b "$T/batch" \
	    alice@127.0.0.1
	expect 'a failure' test "$status" != 0
	run scp -q -O -F "$T/ssh_config" -P "$sshd_port" "$T/own.c" \
	    alice@127.0.0.1:again
	expect 'a failure' test "$status" != 0
	expect_missing /home/alice/there
	expect_missing /home/alice/again
	expect_refused "$(sftp_server)" exec not-allowed
}

# Of alice: a program and a library in C, and two scripts.
cat >"$T/own.c" <<'END_C'
#include <fcntl.h>
#include <signal.h>
#include <string.h>

int
main(int argc, char **argv)
{
	if (strcmp(argv[argc - 1], "crash") == 0)
		raise(SIGSEGV);
	return creat(argv[argc - 1], 0666) < 0;
}
END_C
cat >"$T/library.c" <<'END_C'
#include <fcntl.h>

static void __attribute__((constructor))
run(void)
{
	creat("/home/alice/ran", 0666);
}
END_C
"${CC:-cc}" -o "$T/own" "$T/own.c"
"${CC:-cc}" -shared -fPIC -o "$T/library" "$T/library.c"
copy alice "$T/own" /home/alice/own
copy alice "$T/own" /home/alice/kept
copy bob "$T/own" /home/bob/own
copy alice "$T/library" /home/alice/library.so
cp "$T/own.c" /home/alice/own.c
give alice /home/alice/task.py <<-END_PYTHON
	#!/usr/bin/python3
	open("$RAN", "w")
	print(6 * 7)
END_PYTHON
mkdir -m 1777 "$TMP"

# A set-id program of the system's.
lib_cover /opt ''
install -m 4755 "$T/own" "$VICTIM"
five="for i in 1 2 3 4 5; do $VICTIM crash; done 2>/dev/null"

# --- what they are ----------------------------------------------------------

for file in "$PRESETS"/*.conf; do
	name=${file##*/}
	it "$name is a policy, and has two places to edit"
	install -m 0644 "$file" "$T/$name"
	run "$CTL" check "$T/$name"
	expect_status 0
	expect 'one policy' test "$(grep -c '^policy "' "$stdout_file")" = 1
	for word in groups message; do
		expect "one place for $word" \
		    test "$(grep -cE "^	$word +=.*<--" "$file")" = 1
	done
	expect 'two places' test "$(grep -c '# <--' "$file")" = 2
done

it "they can all be installed together"
rm -f /etc/execguard.d/*
for file in "$PRESETS"/*.conf; do
	name=${file##*/}
	preset "${name%.conf}"
done
run "$CTL" check
expect_status 0
expect 'five of them' test "$(grep -c '^policy "' "$stdout_file")" = 5

# --- shell-host -------------------------------------------------------------

only_preset shell-host
start_sshd

begin "shell-host: a shell, git and a script that Python reads"
has git python3 && {
	login alice 'git init -q work && cd work &&
	    git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one &&
	    git log --format=%s && python3 ~/task.py && ls -a | grep git'
	expect_status 0
	expect_stdout "$(printf '%s\n' one 42 .git)"
	nothing_refused
}

begin "shell-host: files come and go by sftp and scp"
transfers
nothing_refused

begin "shell-host: what a user brought or built does not run"
login alice "cc -o built own.c && ./own $RAN; ./built $RAN; ./task.py"
expect_status 126
expect_exists /home/alice/built
expect_missing "$RAN"
for name in own built task.py; do
	expect_refused /home/alice/$name tpe outside-roots
done

begin "shell-host: a set-id program that crashes five times is refused"
login alice "$five; $VICTIM $RAN"
expect_status 126
expect_missing "$RAN"
expect_refused "$VICTIM" segvguard suspended

begin "shell-host: no debugger runs anything"
has gdb && {
	login alice "gdb -nx -batch -ex run --args /bin/touch $RAN"
	expect_stderr 'Operation not permitted'
	expect_missing "$RAN"
}

# --- lab --------------------------------------------------------------------

only_preset lab

begin "lab: a student compiles, runs what came out, and his scripts"
has make python3 && {
	login alice "rm -f own && make -s own && ./own $RAN && ./task.py"
	expect_status 0
	expect_stdout 42
	expect_exists "$RAN"
	nothing_refused
}

begin "lab: gdb stops in his program, and looks at it when it crashed"
has gdb && {
	login alice 'cc -g -o built own.c &&
	    gdb -nx -batch -ex "break main" -ex run -ex c -ex bt \
	        --args ./built crash'
	expect_status 0
	expect_stdout_has 'Breakpoint 1, main'
	expect_stdout_has 'received signal SIGSEGV'
	expect_stdout_has 'in main ('
	nothing_refused
}

begin "lab: homework comes and goes by sftp and scp"
transfers
nothing_refused

begin "lab: another student's program does not run, nor one in /tmp"
login alice "/home/bob/own $RAN; cp own $TMP/own; $TMP/own $RAN"
expect_status 126
expect_missing "$RAN"
expect_refused /home/bob/own tpe outside-roots
expect_refused "$TMP/own" tpe writable

begin "lab: his own program may crash as often as it likes"
login alice "for i in 1 2 3 4 5 6 7; do ./own crash; done 2>/dev/null
	./own $RAN"
expect_status 0
expect_exists "$RAN"
expect_no_event '.event != "session"'

begin "lab: a set-id program is refused after five crashes"
login alice "$VICTIM $RAN && rm -f $RAN && $five; $VICTIM $RAN"
expect_status 126
expect_missing "$RAN"
expect_events 5 ".event == \"crash\" and .path == \"$VICTIM\""
expect_refused "$VICTIM" segvguard suspended

begin "lab: and in a new login, until it is forgiven"
login alice "$VICTIM $RAN"
expect_status 126
expect_missing "$RAN"
forgiven
login alice "$VICTIM $RAN"
expect_status 0
expect_exists "$RAN"

# Whatever a pattern takes out of it, no set-id program is.
it "lab: no set-id program of this machine is taken out"
find /usr -xdev -type f -perm /6000 >"$T/setid" 2>/dev/null
expect 'some of them' test -s "$T/setid"
sed -n '/except *=/,/}/p' "$PRESETS/lab.conf" | grep -o '"[^"]*"' |
    tr -d '"' >"$T/except"
expect 'patterns' test -s "$T/except"
taken_out() {
	while read -r pattern; do
		while read -r path; do
			# shellcheck disable=SC2254 # a pattern
			case $path in $pattern) echo "$path" ;; esac
		done <"$T/setid"
	done <"$T/except"
}
expect 'none' test -z "$(taken_out)"

# --- bastion ----------------------------------------------------------------

only_preset bastion
install -m 0600 -o alice -g alice "$T/id" /home/alice/id
sed "s|IdentityFile .*|IdentityFile /home/alice/id|" "$T/ssh_config" \
    >/home/alice/ssh_config
onward="ssh -F ssh_config -p $sshd_port bob@127.0.0.1"

begin "bastion: who is there goes on by ssh"
login alice "id -un; $onward id -un"
expect_status 0
expect_stdout "$(printf '%s\n' alice bob)"
nothing_refused

begin "bastion: who passes goes on by ssh -J"
run ssh -F "$T/ssh_config" -o "ProxyCommand ssh -F $T/ssh_config \
    -p $sshd_port -W 127.0.0.1:$sshd_port alice@127.0.0.1" \
    bob@127.0.0.1 id -un
expect_status 0
expect_stdout bob
nothing_refused

begin "bastion: nothing else runs, not even what the system has"
login alice "./kept $RAN; ./task.py; python3 task.py; touch $RAN"
expect_status 126
expect_missing "$RAN"
expect_refused /home/alice/kept exec not-allowed
expect_refused "$(readlink -f /usr/bin/touch)" exec not-allowed

begin "bastion: ssh is not made to run a library"
login alice "LD_PRELOAD=/home/alice/library.so ssh -V"
expect_missing "$RAN"
expect_refused /home/alice/library.so tpe outside-roots

begin "bastion: no files come or go"
no_transfers

begin "bastion: what is left behind is ended"
mkfifo /home/alice/gate
chown alice: /home/alice/gate
login alice 'sh -c "echo \$\$ >pid; read line <gate" >/dev/null 2>&1 &
	until [ -s pid ]; do :; done'
expect_status 0
is_over() {
	! kill -0 "$(cat /home/alice/pid)"
}
expect 'its end' wait_until 5 is_over
expect 'no guard' guards_gone

it "bastion: each login is on record, with its end and what was refused"
expect_events 1 '.event == "session" and .state == "open" and
    .user == "alice" and .rhost == "127.0.0.1"'
expect_events 1 '.event == "session" and .state == "close" and
    .user == "alice" and .refused == 0'

# --- exam -------------------------------------------------------------------

only_preset lab
preset exam 00-exam

begin "exam: the programs that it names run"
has python3 && {
	login alice "id -un && mkdir -p exam && cp task.py exam/a && cd exam &&
	    mv a b && cat b | diff - ../task.py && less b >c && ls &&
	    rm b c && bash -c \"python3 ../task.py\""
	expect_status 0
	expect_stdout "$(printf '%s\n' alice b c 42)"
	nothing_refused
}

begin "exam: the editors that it names run"
for name in nano vim.basic vim.tiny; do
	[ -x /usr/bin/$name ] || continue
	login alice "/usr/bin/$name --version"
	expect_status 0
done
nothing_refused

begin "exam: nothing else runs, though the lab has it"
login alice "./kept $RAN; ./task.py; /usr/bin/touch $RAN; git init taken; cc own.c;
	ssh -V"
expect_status 126
expect_missing "$RAN"
expect_missing /home/alice/taken
expect_missing /home/alice/a.out
for path in /home/alice/kept /home/alice/task.py \
    "$(readlink -f /usr/bin/touch)" "$(readlink -f /usr/bin/git)" \
    "$(readlink -f /usr/bin/cc)"; do
	expect_refused "$path" exec not-allowed
done

begin "exam: Python loads no module in C of one's own"
has python3 && {
	login alice "python3 -c 'import ctypes; ctypes.CDLL(\"./library.so\")'"
	expect_status 1
	expect_missing "$RAN"
	expect_refused /home/alice/library.so tpe outside-roots
}

begin "exam: no files come or go"
no_transfers

begin "exam: a session of the lab stays the lab's, and reload says why"
rm /etc/execguard.d/00-exam.conf
open_session alice
say 'echo rea""dy'
expect 'a shell' heard ready
preset exam 00-exam
run "$CTL" reload
expect_status 1
expect_stderr libraries
say "./kept $RAN; echo status \$?"
expect 'a run' heard 'status 0'
expect_exists "$RAN"
close_session

begin "exam: without its file the next login is the lab's again"
rm /etc/execguard.d/00-exam.conf
login alice "./kept $RAN"
expect_status 0
expect_exists "$RAN"
nothing_refused

# --- permissive -------------------------------------------------------------

only_preset permissive

begin "permissive: everything runs, and an event says what would have been"
login alice "./kept $RAN && ./task.py"
expect_status 0
expect_stdout 42
expect_exists "$RAN"
for name in kept task.py; do
	expect_event ".event == \"exec\" and .path == \"/home/alice/$name\" and
	    .action == \"warn\" and .wanted == \"deny\" and
	    .policy == \"first-week\""
done

begin "permissive: what crashes goes on being run"
login alice "$five; $VICTIM $RAN"
expect_status 0
expect_exists "$RAN"
expect_event ".event == \"exec\" and .path == \"$VICTIM\" and
    .wanted == \"deny\" and .reason == \"suspended\""

begin "permissive: files come and go, and gdb debugs"
transfers
has gdb && {
	login alice "gdb -nx -batch -ex run --args /bin/touch $RAN"
	expect_stdout_has 'exited normally'
	expect_exists "$RAN"
}

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing
