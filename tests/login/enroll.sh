#!/bin/sh
# execguardctl enroll and unenroll: what they change, what they refuse, and that
# nobody is locked out.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

KEPT=/var/lib/execguard/pam
LINE='session    required    pam_execguard.so'

# --- what there is ---------------------------------------------------------------

# A folder of PAM's modules of our own, in which ours is.
private_modules() {
	for modules in /lib/*/security /usr/lib/*/security /lib64/security \
	    /usr/lib64/security /lib/security /usr/lib/security; do
		[ -e "$modules/pam_unix.so" ] || continue
		lib_cover "$(readlink -f "$modules")" pam_execguard.so
		cp "$MODULE" "$modules/"
		return
	done
	exit 1
}

# The stacks as they are on this machine, and that of sshd for our own.
machine_stacks() {
	rm -rf /etc/pam.d/* "$T/machine"
	cp -a "$T/pam.d/." /etc/pam.d/
	sed -i '/pam_execguard/d' /etc/pam.d/*
	cp -a /etc/pam.d "$T/machine"
	cp -a /etc/pam.d/sshd /etc/pam.d/$SSHD_SERVICE
	rm -rf ${KEPT:?}
}

# The stack of a service, from stdin.
stack() {
	cat >"/etc/pam.d/$1"
}

plain_stack() {
	stack "$1" <<-'END'
		auth     required pam_unix.so
		account  required pam_unix.so
		session  required pam_permit.so
	END
}

# All that can be told of the files, but for when they were read.
snapshot() {
	(cd /etc/pam.d && find . -printf '%p %i %m %u:%g %l %T@\n' |
	    LC_ALL=C sort)
	find /etc/pam.d -type f -exec cat {} +
	ls -A $KEPT 2>/dev/null
	ls -d /etc/.execguardctl* 2>/dev/null
}

# Begin a case; expect_unchanged() compares with now.
begin_case() {
	it "$1"
	forget_events
	snapshot >"$T/before"
}

expect_unchanged() {
	snapshot >"$T/after"
	expect 'no change in /etc/pam.d' cmp -s "$T/before" "$T/after"
}

enroll() {
	run "$CTL" enroll -y "$@"
}

unenroll() {
	run "$CTL" unenroll -y "$@"
}

# The one copy that was kept of a service.
copy_of() {
	find $KEPT -name "$1.2*"
}

# What alice may not run when she is guarded.
FORBIDDEN=/home/alice/tool
alice_runs_it() {
	rm -f /home/alice/ran
	login alice $FORBIDDEN
}

private_modules
machine_stacks
policy 'policy "students" { groups = {"students"} tpe { roots = {"/usr"} } }'
give alice $FORBIDDEN <<'END'
#!/bin/sh
echo ran
: >/home/alice/ran
END
start_sshd

# --- sshd ------------------------------------------------------------------------

begin_case "with -n shows the change, as diff -u does, and does nothing"
run "$CTL" enroll -n $SSHD_SERVICE
expect_status 0
{ cat /etc/pam.d/$SSHD_SERVICE; echo "$LINE"; } >"$T/new"
diff -u /etc/pam.d/$SSHD_SERVICE "$T/new" | tail -n +3 >"$T/wanted"
tail -n +3 "$stdout_file" >"$T/shown"
expect 'the same diff' cmp "$T/wanted" "$T/shown"
expect_unchanged

begin_case "without a terminal and without -y changes nothing"
run "$CTL" enroll $SSHD_SERVICE
expect_status 1
expect_stdout_has "+$LINE"
expect_stderr 'nothing is changed: there is no terminal to ask on, and no -y'
expect_unchanged

# ask ANSWER VERB: on a terminal.
ask() {
	run sh -c "echo $1 | script -qec '$CTL $2 $SSHD_SERVICE' /dev/null"
}

begin_case "on a terminal takes no for an answer"
ask n enroll
expect_status 1
expect_stdout_has 'change it? [y/N]'
expect_stdout_has 'nothing is changed'
expect_unchanged

it "and yes; the login is not guarded before"
alice_runs_it
expect_status 0
expect_stdout ran
ask y enroll
expect_status 0
expect_stdout_has "$SSHD_SERVICE is enrolled"
expect 'our line at the end' cmp "$T/new" /etc/pam.d/$SSHD_SERVICE

it "a real login is guarded then"
forget_events
alice_runs_it
expect_status 126
expect_missing /home/alice/ran
expect_event ".event == \"exec\" and .action == \"deny\" and
    .path == \"$FORBIDDEN\" and .service == \"$SSHD_SERVICE\""

it "keeps the old file, for root alone"
expect 'the same bytes' cmp "$T/machine/sshd" "$(copy_of $SSHD_SERVICE)"
expect 'mode 600 of root' test \
    "$(stat -c %a:%u:%g "$(copy_of $SSHD_SERVICE)")" = 600:0:0
expect 'a folder of mode 700' test "$(stat -c %a:%u $KEPT)" = 700:0
expect 'nothing else there' test "$(ls -A $KEPT)" = \
    "$(basename "$(copy_of $SSHD_SERVICE)")"

begin_case "says that a service is enrolled already"
enroll $SSHD_SERVICE
expect_status 0
expect_stdout ''
expect_stderr "$SSHD_SERVICE is enrolled already by /etc/pam.d/$SSHD_SERVICE:"
expect_unchanged

begin_case "but not with other arguments: it says what is there"
enroll -o debug $SSHD_SERVICE
expect_status 1
expect_stderr "/etc/pam.d/$SSHD_SERVICE:$(wc -l <"$T/new"): the line is here \
already, as 'session required pam_execguard.so'"
expect_unchanged

it "unenroll puts back what it was, to the byte"
rm $KEPT/*
unenroll $SSHD_SERVICE
expect_status 0
expect_stdout_has "-$LINE"
expect 'the old bytes' cmp "$T/machine/sshd" /etc/pam.d/$SSHD_SERVICE
expect 'a copy of the other' cmp "$T/new" "$(copy_of $SSHD_SERVICE)"

it "a real login is not guarded then"
forget_events
alice_runs_it
expect_status 0
expect_stdout ran
expect_no_event true

begin_case "says that a service is not enrolled"
unenroll $SSHD_SERVICE
expect_status 0
expect_stderr "$SSHD_SERVICE is not enrolled"
expect_unchanged

# --- this machine's own stacks ------------------------------------------------

services=
for name in login su sudo sudo-i cron crond atd; do
	[ ! -f /etc/pam.d/$name ] || services="$services $name"
done

it "enrolls all of this machine's services at once, and tries a user's session"
machine_stacks
# shellcheck disable=SC2086 # words
enroll -u alice $services
expect_status 0
for name in $services; do
	expect "our line in $name" test \
	    "$(tail -n 1 "/etc/pam.d/$name")" = "$LINE"
	expect_stderr "$name: a session of root opens and is not guarded"
	expect_stderr "$name: a session of alice opens and is guarded"
done
expect 'no guard' guards_gone

it "su is guarded then"
forget_events
rm -f /home/alice/ran
run su alice -c $FORBIDDEN
expect_status 126
expect_missing /home/alice/ran
expect_event ".action == \"deny\" and .service == \"su\""

begin_case "su -, which includes su, needs no line of its own"
grep -q 'include.*su$' /etc/pam.d/su-l || skip 'su-l includes no su here'
enroll su-l
expect_status 0
expect_stderr 'su-l is enrolled already by /etc/pam.d/su:'
expect_unchanged

begin_case "and has none to take away"
grep -q 'include.*su$' /etc/pam.d/su-l || skip 'su-l includes no su here'
unenroll su-l
expect_status 1
expect_stderr 'su-l has the line from here'
expect_unchanged

it "unenrolls them all"
# shellcheck disable=SC2086 # words
unenroll $services
expect_status 0
rm /etc/pam.d/$SSHD_SERVICE
expect 'the old stacks' diff -r "$T/machine" /etc/pam.d

# --- a file stays what it is -----------------------------------------------------

it "owner, mode and access list stay, and a last line without newline"
plain_stack kept
printf '\tsession\toptional  pam_permit.so \t# x' >>/etc/pam.d/kept
chown root:alice /etc/pam.d/kept
chmod 0640 /etc/pam.d/kept
setfacl -m u:bob:r /etc/pam.d/kept
getfacl -p /etc/pam.d/kept >"$T/acl"
cp /etc/pam.d/kept "$T/kept"
enroll kept
expect_status 0
expect_stdout_has '\ No newline at end of file'
{ cat "$T/kept" && printf '\n%s' "$LINE"; } >"$T/new"
expect 'one more line' cmp "$T/new" /etc/pam.d/kept
getfacl -p /etc/pam.d/kept | diff "$T/acl" - >"$T/difference"
expect 'the same attributes' test ! -s "$T/difference"
unenroll kept
expect_status 0
expect 'the old bytes' cmp "$T/kept" /etc/pam.d/kept
getfacl -p /etc/pam.d/kept | diff "$T/acl" - >"$T/difference"
expect 'the same attributes' test ! -s "$T/difference"

it "takes away a line that goes on over others, and its options"
plain_stack kept
cp /etc/pam.d/kept "$T/kept"
printf 'session required \\\n pam_execguard.so \\\n debug\n' >>/etc/pam.d/kept
unenroll kept
expect_status 0
expect 'the old bytes' cmp "$T/kept" /etc/pam.d/kept

it "with onerr=succeed the line stands before pam_systemd, wherever that is included"
stack kept <<'END'
session required pam_permit.so
@include kept-more
session optional pam_keyinit.so
END
stack kept-more <<'END'
session optional pam_permit.so
-session optional pam_systemd.so
END
enroll -o onerr=succeed kept
expect_status 0
expect 'it second' test "$(sed -n 2p /etc/pam.d/kept)" = "$LINE onerr=succeed"
expect 'three others' test "$(grep -vc execguard /etc/pam.d/kept)" = 3
rm /etc/pam.d/kept*

# --- what is refused ----------------------------------------------------------

# refused SENTENCE TEXT: the stack of stdin is not enrolled, for that reason.
refused() {
	stack odd
	begin_case "refuses $1"
	enroll odd
	expect_status 1
	expect_stderr "$2"
	expect_unchanged
}

refused 'a line that it does not understand' \
    '/etc/pam.d/odd:2: there is no such control word' <<'END'
session required pam_permit.so
session needed pam_permit.so
END
refused 'one in an included file' \
    "/etc/pam.d/odd:1: cannot read nothing-here: No such file" <<'END'
session include nothing-here
END
refused 'files that include each other' 'too many files' <<'END'
@include odd
END
refused 'a service without session lines' \
    '/etc/pam.d/odd has no session line' <<'END'
auth required pam_permit.so
END
refused 'a module that is there twice' \
    '/etc/pam.d/odd:3: pam_execguard.so is here a second time' <<'END'
session required pam_execguard.so
session required pam_permit.so
session required /usr/lib/pam_execguard.so debug
END
refused 'a line with other options' \
    "/etc/pam.d/odd:2: the line is here already, as 'session optional \
pam_execguard.so debug'" <<'END'
session required pam_permit.so
session optional pam_execguard.so  debug
END
refused 'a line of another type' \
    '/etc/pam.d/odd:1: pam_execguard.so is for session lines alone' <<'END'
auth required pam_execguard.so
session required pam_permit.so
END
refused 'a stack that may end before the line' \
    "/etc/pam.d/odd:1: 'session sufficient pam_permit.so' may end the stack \
early" <<'END'
session sufficient pam_permit.so
session required pam_permit.so
END
refused 'a stack that may skip the line' \
    "/etc/pam.d/odd:2: 'session [default=2] pam_permit.so' may end" <<'END'
session required pam_permit.so
session [default=2] pam_permit.so
session required pam_permit.so
END
refused 'a file of authselect' 'make a profile' <<'END'
# Generated by authselect on Tue
session required pam_permit.so
END

plain_stack odd
ln -s odd /etc/pam.d/link
begin_case 'refuses a symbolic link'
enroll link
expect_status 1
expect_stderr '/etc/pam.d/link is a symbolic link to odd'
expect_unchanged
rm /etc/pam.d/link

begin_case 'refuses a file that has another name'
ln /etc/pam.d/odd /etc/odd
snapshot >"$T/before"
enroll odd
expect_status 1
expect_stderr 'has another name as well'
expect_unchanged
rm /etc/odd

chown alice /etc/pam.d/odd
begin_case "refuses a file that is not root's"
enroll odd
expect_status 1
expect_stderr '/etc/pam.d/odd belongs to uid 61001'
expect_unchanged
chown root /etc/pam.d/odd

chmod g+w /etc/pam.d/odd
begin_case 'refuses a file that others may write'
enroll odd
expect_status 1
expect_stderr 'may be written by others'
expect_unchanged
chmod g-w /etc/pam.d/odd

begin_case 'refuses what is no service, but included by services'
cp /etc/pam.d/odd /etc/pam.d/common-odd
snapshot >"$T/before"
enroll common-odd
expect_status 1
expect_stderr 'is no service, but what services include'
enroll system-auth
expect_status 1
expect_unchanged
rm /etc/pam.d/common-odd

begin_case 'refuses a service that is not there, and what is no name of one'
enroll nothing-here
expect_status 1
expect_stderr 'there is no /etc/pam.d/nothing-here'
for name in ../pam.d/odd .hidden '' 'a b'; do
	enroll "$name"
	expect_status 2
done
enroll odd odd
expect_status 2
enroll
expect_status 2
enroll -o 'a b' odd
expect_status 2
expect_unchanged

plain_stack fine
begin_case 'changes none of two when one is refused'
echo 'session required pam_execguard.so debug' >>/etc/pam.d/odd
snapshot >"$T/before"
enroll fine odd
expect_status 1
expect_stderr 'nothing is changed'
expect_unchanged

begin_case 'unenroll refuses where another line counts ours among those it skips'
stack odd <<'END'
session [default=1] pam_permit.so
session required pam_execguard.so
session required pam_permit.so
END
snapshot >"$T/before"
unenroll odd
expect_status 1
expect_stderr '/etc/pam.d/odd:1:'
expect_unchanged
rm /etc/pam.d/odd

begin_case "says that pam-auth-update's profile covers a service, and leaves that to it"
cp -a /etc/pam.d/common-session "$T/common-session" 2>/dev/null
echo "$LINE" >>/etc/pam.d/common-session
echo '@include common-session' >>/etc/pam.d/fine
snapshot >"$T/before"
enroll fine
expect_status 0
expect_stderr 'fine is enrolled already by /etc/pam.d/common-session:'
unenroll fine
expect_status 1
expect_stderr 'let that take it away'
expect_unchanged
rm /etc/pam.d/common-session
cp -a "$T/common-session" /etc/pam.d/ 2>/dev/null
plain_stack fine

# --- what a guard stands on ------------------------------------------------------

begin_case 'refuses with a broken policy'
echo 'policy "x" { nonsense = 1 }' >/etc/execguard.d/broken.conf
enroll fine
expect_status 1
expect_stderr '/etc/execguard.d/broken.conf:1:'
expect_unchanged
rm /etc/execguard.d/broken.conf

for program in guardd inspector; do
	begin_case "refuses without $program"
	mv "${GUARDD%/*}/$program" "$T/"
	enroll fine
	expect_status 1
	expect_stderr "${GUARDD%/*}/$program"
	expect_unchanged
	mv "$T/$program" "${GUARDD%/*}/"
done

begin_case 'refuses with a guard that does not start'
cp "$GUARDD" "$T/guardd"
cp /bin/false "$GUARDD"
enroll fine
expect_status 1
expect_stderr 'ended instead of answering'
expect_unchanged
cp "$T/guardd" "$GUARDD"

begin_case 'refuses without the module'
module=$(readlink -f "$modules")/pam_execguard.so
mv "$module" "$T/"
enroll fine
expect_status 1
expect_stderr 'Module is unknown'
expect_unchanged
mv "$T/pam_execguard.so" "$module"

begin_case 'refuses arguments that the module does not know'
enroll -o guard=no fine
expect_status 1
expect_stderr "unknown option 'guard=no'"
expect_unchanged

begin_case 'refuses in a guarded session, where it cannot try'
printf 'policy "root" { users = {"root"} exec { default = allow } }\n' \
    >"$T/root.conf"
run "$CTL" run -p "$T/root.conf" -- "$CTL" enroll -y fine
expect_status 1
expect_stderr 'this is a guarded session'
expect_unchanged
expect 'no guard' guards_gone

begin_case 'refuses a policy by which root could run nothing'
mv /etc/execguard.d/test.conf "$T/"
echo 'policy "root" { users = {"root"} exec { default = deny } }' \
    >/etc/execguard.d/root.conf
enroll fine
expect_status 1
expect_stderr '/bin/true did not run'
expect_unchanged
rm /etc/execguard.d/root.conf
mv "$T/test.conf" /etc/execguard.d/
expect 'no guard' guards_gone

begin_case 'changes nothing for who is not root'
run setpriv --reuid alice --regid alice --clear-groups "$CTL" enroll -y fine
expect_status 1
expect_stdout_has "+$LINE"
expect_stderr 'only root can'
expect_unchanged

# --- other modules ------------------------------------------------------------

it "a stack that opens no session without the line either is told from ours"
plain_stack fine
echo 'session required pam_deny.so' >>/etc/pam.d/fine
enroll fine
expect_status 0
expect_stderr 'fine: warning: no session of root can be opened from here, with this change or without it'
expect 'it last' test "$(tail -n 1 /etc/pam.d/fine)" = "$LINE"

it "a stack that lets root in by no way is tried by another user"
plain_stack fine
echo 'session required pam_succeed_if.so quiet user != root' >>/etc/pam.d/fine
enroll -u alice fine
expect_status 0
expect_stderr 'fine: warning: no session of root can be opened'
expect_stderr 'fine: a session of alice opens and is guarded'
unenroll -u bob fine
expect_status 0
expect_stderr 'fine: a session of bob opens and is not guarded'

it "says when a user gets in and may not run so much as true"
plain_stack fine
policy 'policy "students" { groups = {"students"} exec { default = deny } }'
enroll -u alice fine
expect_status 0
expect_stderr 'alice opens and is guarded, and /bin/true does not run in it'
expect_event '.action == "deny" and .service == "fine" and .user == "alice"'
policy 'policy "students" { groups = {"students"} tpe { roots = {"/usr"} } }'

begin_case "puts the old file back when the new one opens no session in its place"
rm -rf ${KEPT:?}/*
plain_stack fine
give root "$TRUSTED/refuses" <<'END'
#!/bin/sh
! grep -q pam_execguard.so /etc/pam.d/fine
END
echo "session required pam_exec.so quiet $TRUSTED/refuses" >>/etc/pam.d/fine
plain_stack fine2
cp -a /etc/pam.d/. "$T/stacks"
enroll fine2 fine
expect_status 1
expect_stderr 'fine: in its place the new stack opens no session of root'
expect_stderr 'nothing is changed'
expect 'the old files' diff -r "$T/stacks" /etc/pam.d
expect 'nothing kept' test -z "$(ls -A $KEPT)"
rm /etc/pam.d/fine2

# --- at any moment --------------------------------------------------------------

plain_stack fine
cp /etc/pam.d/fine "$T/old"
{ cat "$T/old" && echo "$LINE"; } >"$T/new"

# The file is the old or the new one, and so are the others.
is_whole() {
	{ cmp -s "$T/old" /etc/pam.d/fine && n_old=$((n_old + 1)); } ||
	    { cmp -s "$T/new" /etc/pam.d/fine && n_new=$((n_new + 1)); }
}

others() {
	(cd /etc/pam.d && find . ! -name fine ! -name . -exec cksum {} + |
	    LC_ALL=C sort)
}

# at_any_moment SIGNAL: so many times, each a little later.
at_any_moment() {
	n_old=0 n_new=0
	others >"$T/before"
	for ms in 01 04 07 10 13 16 19 22 25 28 31 34 37 40 43 46 49 52 55 58 \
	    70 90; do
		cp "$T/old" /etc/pam.d/fine
		timeout -s "$1" 0.0$ms "$CTL" enroll -y fine >/dev/null 2>&1
		expect "all of it after $ms ms" is_whole
	done
	others >"$T/after"
	expect 'no other file' cmp "$T/before" "$T/after"
}

it "killed at any moment leaves the old file or the new one"
at_any_moment KILL
expect 'both seen' test "$n_old" -gt 0

it "and the next one cleans up"
cp "$T/old" /etc/pam.d/fine
enroll fine
expect_status 0
expect 'no draft' test -z "$(find /etc -maxdepth 1 -name '.execguardctl*')"
expect 'no trial' test -z "$(find $KEPT -name '.*' ! -path $KEPT)"
expect 'no guard' guards_gone

it "a SIGTERM at any moment leaves nothing behind as well"
rm -f $KEPT/*
at_any_moment TERM
expect 'no draft' test -z "$(find /etc -maxdepth 1 -name '.execguardctl*')"
expect 'no trial' test -z "$(find $KEPT -name '.*' ! -path $KEPT)"
expect 'as many copies as changes' test "$(find $KEPT -type f | wc -l)" = $n_new

it "of many at once one does it, and the others say so or find it done"
cp "$T/old" /etc/pam.d/fine
rm -f $KEPT/* "$T"/many.*
pids=
for i in 1 2 3 4 5 6 7 8; do
	"$CTL" enroll -y fine >/dev/null 2>"$T/many.$i" &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid"
done
expect 'one line' cmp "$T/new" /etc/pam.d/fine
expect 'one that did it' test "$(grep -l 'fine is enrolled;' "$T"/many.* |
    wc -l)" = 1
expect 'a word of each other' test "$(grep -lE \
    'is at work|enrolled already|not any more what' "$T"/many.* | wc -l)" = 7
expect 'one copy' test "$(find $KEPT -type f | wc -l)" = 1

done_testing
