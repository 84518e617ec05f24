#!/bin/sh
# execguardctl doctor: a healthy host is told so; each defect is found, with
# its remedy, and gone when it is mended; and nothing is changed.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

SERVICES='sshd login su sudo sudo-i cron atd systemd-user'

# --- a healthy host ------------------------------------------------------------

# Only root can have written it; the build may lie anywhere.
cp "$MODULE" "$TRUSTED/pam_execguard.so"
MODULE=$TRUSTED/pam_execguard.so

plain_stack() {
	cat <<-'END'
		auth required pam_unix.so
		account required pam_unix.so
		session required pam_permit.so
		session optional pam_limits.so
	END
}

make_stacks() {
	rm -f /etc/pam.d/*
	for service in $SERVICES; do
		plain_stack >/etc/pam.d/"$service"
		echo "session required $MODULE" >>/etc/pam.d/"$service"
	done
	printf 'auth include su\nsession include su\n' >/etc/pam.d/su-l
	plain_stack >/etc/pam.d/other
}

# Settings of a kernel as it should be: this one's may be anything.
make_settings() {
	mount -t tmpfs -o mode=0755 tmpfs /proc/sys
	mkdir -p /proc/sys/kernel/yama /proc/sys/fs/binfmt_misc
	for setting in kernel/yama/ptrace_scope=1 kernel/ns_last_pid=7 \
	    kernel/unprivileged_userns_clone=0 fs/suid_dumpable=0 \
	    fs/protected_hardlinks=1 fs/protected_symlinks=1 \
	    fs/protected_fifos=1 fs/protected_regular=2; do
		echo "${setting#*=}" >"/proc/sys/${setting%=*}"
	done
}

make_host() {
	make_stacks
	make_settings
	mkdir "$TRUSTED/root" "$TRUSTED/root/inner"
	# Nobody else who may log in, but root.
	awk -F : '$1 ~ /^(root|alice|bob)$/ || $7 ~ /(nologin|false|sync)$/' \
	    /etc/passwd | grep -v ^execguard: >"$T/passwd"
	cp "$T/passwd" /etc/passwd
	echo 'execguard:x:61020:61020::/:/usr/sbin/nologin' >>/etc/passwd
	mkdir -p /etc/ssh
	echo 'UsePAM yes' >/etc/ssh/sshd_config
	rm -f /etc/fuse.conf
	if [ -d /var/lib/systemd ]; then
		mount -t tmpfs -o mode=0755 tmpfs /var/lib/systemd
	fi
}

healthy_policy() {
	policy 'policy "students" {
		users = {"alice", "bob"}
		tpe { roots = {"/usr", "'"$TRUSTED/root/inner"'"} }
	}'
}

# --- cases ---------------------------------------------------------------------

# Keep a file as it is until mend().
kept=''
keep() {
	kept="$kept $1"
	cp -a "$1" "$T/kept.$(echo "$1" | tr / @)"
}

mend() {
	for file in $kept; do
		cp -a "$T/kept.$(echo "$file" | tr / @)" "$file"
	done
	kept=''
}

# found LEVEL WHAT REMEDY: among the findings of the last run is one like this.
found() {
	awk -v level="$1" -v what="$2" -v remedy="$3" '
		/^[a-z]+ +[a-z]+ / {
			is_it = $1 == level && index($0, what)
			if (is_it && (remedy == "" || level == "ok"))
				found = 1
		}
		/^ +-> / && is_it && index($0, remedy) { found = 1 }
		END { exit !found }' "$stdout_file"
}

# holds CONDITION: for the answer of the last run.
holds() {
	jq -e "$1" "$stdout_file" >/dev/null
}

# Nothing is worse than a hint, and nothing is told of $1.
is_well() {
	! grep -E '^(error|warning|hint) ' "$stdout_file" |
	    grep -e '^error' -e '^warning' -e "$1"
}

doctor() {
	run "$CTL" doctor
}

level_status() {
	case $1 in
	error) echo 3 ;;
	warning) echo 1 ;;
	*) echo 0 ;;
	esac
}

# defect SENTENCE LEVEL WHAT REMEDY MAKE [UNDO]: MAKE makes it, and UNDO and
# mend() take it away.
defect() {
	it "$2: $1"
	eval "$5"
	doctor
	expect_status "$(level_status "$2")"
	expect "$2 '$3', remedy '$4'" found "$2" "$3" "$4"
	[ "$lib_state" = ok ] ||
	    lib_detail "$(grep -A 1 -v '^ok' "$stdout_file" | tail -n 30)"
	mend
	eval "${6:-}"
	doctor
	expect_status 0
	expect 'nothing of it any more' is_well "$3"
}

# in_stack SERVICE SED: change a stack.
in_stack() {
	keep "/etc/pam.d/$1"
	sed -i "$2" "/etc/pam.d/$1"
}

write_policy() {
	keep /etc/execguard.d/test.conf
	policy "$1"
}

sysctl_is() {
	keep "/proc/sys/$1"
	echo "$2" >"/proc/sys/$1"
}

make_host
healthy_policy

it "says that a healthy host is one, and of each service that it has the line"
run "$CTL" doctor
expect_status 0
expect_stdout_has 'errors: 0, warnings: 0,'
for service in $SERVICES su-l; do
	file=$service
	[ "$service" != su-l ] || file=su
	expect_stdout_has "$service (/etc/pam.d/$file:5): has the line"
done
expect_stdout_has 'can ask a guard about an exec'
expect 'no colours in a file' sh -c "! grep -q '$(printf '\033')' $stdout_file"

n_findings=$(grep -cE '^(hint|ok) ' "$stdout_file")

it "says it in JSON: level, part, sentence, and the remedy of all that is not ok"
run "$CTL" doctor --json
expect_status 0
expect 'as many of them, and the worst' holds "(.findings | length) == $n_findings and
    (.worst | IN(\"ok\", \"hint\"))"
expect 'all fields' holds '.findings | length > 20 and all(.[];
    (.level | IN("ok", "hint", "warning", "error")) and .about != "" and
    .what != "" and ((.level == "ok") == (has("remedy") | not)))'

# --- PAM -----------------------------------------------------------------------

for service in sshd login cron atd systemd-user; do
	defect "$service lacks the line" error "$service lacks the line" \
	    "to the end of /etc/pam.d/$service" \
	    'in_stack $service /pam_execguard/d'
done
for service in su sudo sudo-i; do
	defect "$service lacks the line" warning "$service lacks the line" \
	    "to the end of /etc/pam.d/$service" \
	    'in_stack $service /pam_execguard/d'
done

defect "a display manager lacks the line" error 'lightdm lacks the line' \
    'end of /etc/pam.d/lightdm' 'plain_stack >/etc/pam.d/lightdm' \
    'rm /etc/pam.d/lightdm'

it "finds the line in what a service includes, by all three ways"
for way in '@include common-session' 'session include common-session' \
    'session substack common-session'; do
	keep /etc/pam.d/sshd
	echo "session required $MODULE" >/etc/pam.d/common-session
	printf '%s\n' "auth required pam_unix.so" "$way" >/etc/pam.d/sshd
	doctor
	expect_status 0
	expect "the line by '$way'" found ok \
	    'sshd (/etc/pam.d/common-session:1): has the line' ''
	mend
done
rm /etc/pam.d/common-session

if [ -e "$T/pam.d/common-session-noninteractive" ]; then
	it "is content with the stacks of this machine and the line in common-session"
	mv /etc/pam.d "$T/ours"
	cp -a "$T/pam.d" /etc/pam.d
	for file in common-session common-session-noninteractive; do
		echo "session required $MODULE" >>/etc/pam.d/$file
	done
	doctor
	expect_status 0
	for service in sshd login su sudo cron atd; do
		expect_stdout_has " $service (/etc/pam.d/common-session"
	done
	rm -r /etc/pam.d
	mv "$T/ours" /etc/pam.d
fi

defect "a service without a file in /etc has the vendor's" error \
    'systemd-user lacks the line' 'copy /usr/lib/pam.d/systemd-user to /etc' \
    'keep /etc/pam.d/systemd-user; rm /etc/pam.d/systemd-user
    mkdir "$T/vendor"; plain_stack >"$T/vendor/systemd-user"
    mount --bind "$T/vendor" /usr/lib/pam.d' 'umount /usr/lib/pam.d'
defect "a service without sessions has those of other" error \
    'sshd lacks the line' 'session required pam_execguard.so' \
    'in_stack sshd /session/d'

defect "an optional line refuses nobody" error 'nobody is refused' \
    'session required' 'in_stack sshd "/execguard/s/required/optional/"'
defect "nor does one whose brackets ignore a failure" error \
    'nobody is refused' 'session required' \
    'in_stack su "/execguard/s/required/[success=ok default=ignore]/"'
defect "-session is silent where there is no module" warning \
    'with -session' 'session required' 'in_stack su "/execguard/s/^/-/"'
defect "sufficient ends a stack before the line" error \
    'passed over by pam_permit.so' 'stand before it' \
    'in_stack sshd "s/required pam_permit/sufficient pam_permit/"'
defect "a jump over the line for some" warning \
    'passes over this one: pam_succeed_if.so' 'stand before it' \
    'in_stack sshd "/execguard/i session [success=1 default=ignore] pam_succeed_if.so user = bob"'
defect "there is no such module" error 'there is no such module' 'make install' \
    'in_stack sshd "s|$MODULE|pam_execguard_none/pam_execguard.so|"'
defect "others can write to the module" error 'the module is not safe' \
    "chmod go-w $MODULE" 'chmod o+w "$MODULE"' 'chmod o-w "$MODULE"'
defect "an argument that the module does not know" error \
    'does not know the argument onerror=fail' 'pam_execguard(8)' \
    'in_stack sshd "/execguard/s/$/ onerror=fail/"'
defect "onerr=succeed" warning 'let in unguarded' 'take it away' \
    'in_stack sshd "/execguard/s/$/ onerr=succeed/"'
defect "onerr=succeed behind pam_systemd" warning 'fill his cgroup' \
    'stand before it' 'in_stack sshd "/execguard/s/$/ onerr=succeed/
    /execguard/i session optional pam_systemd.so"'
defect "another policy" hint 'another policy' 'execguardctl check /root/p' \
    'in_stack sshd "/execguard/s|$| conf=/root/p|"'
defect "another guard, which is not there" error 'the guard: /root/guardd: No such' \
    'install it' 'in_stack sshd "/execguard/s|$| guardd=/root/guardd|"'
defect "pam_namespace behind the line" warning 'pam_namespace.so stands behind' \
    'at the end of /etc/pam.d/login' \
    'in_stack login "\$a session required pam_namespace.so"'
defect "pam_limits behind the line" hint 'pam_limits.so stands behind' \
    'at the end of /etc/pam.d/cron' \
    'in_stack cron "\$a session required pam_limits.so"'
defect "a stack that PAM does not understand" error \
    "/etc/pam.d/atd:6: PAM does not know the control 'requird'" 'correct it' \
    'in_stack atd "\$a session requird pam_permit.so"'

defect "sshd does not ask PAM" error 'has UsePAM no' 'UsePAM yes in' \
    'keep /etc/ssh/sshd_config; echo "UsePAM=no" >/etc/ssh/sshd_config'
defect "sshd is not told to ask PAM, but in an included file that comes too late" \
    error 'has UsePAM no' 'UsePAM yes in' \
    'keep /etc/ssh/sshd_config; mkdir /etc/ssh/more
    echo "usepam no" >/etc/ssh/more/a.conf; echo "UsePAM yes" >/etc/ssh/more/b.conf
    printf "Include more/*.conf\nUsePAM yes\n" >/etc/ssh/sshd_config'
defect "sudo opens no session" warning 'sudo opens no session' 'visudo' \
    'echo "Defaults !pam_session" >/etc/sudoers.d/none' 'rm /etc/sudoers.d/none'

# --- policy --------------------------------------------------------------------

defect "the policy is broken" error 'test.conf:2:' 'execguardctl check' \
    'write_policy "policy \"x\" { user = {\"alice\"} }"'
defect "others can write to the policy" error 'may be written by others' \
    'execguardctl check' 'chmod g+w /etc/execguard.d/test.conf' \
    'chmod g-w /etc/execguard.d/test.conf'
defect "there is no policy" warning 'nobody is guarded' 'execguard.conf(5)' \
    'keep /etc/execguard.d/test.conf; rm /etc/execguard.d/test.conf'
defect "there is no folder of policies" error 'policy is broken' \
    'install -d -m 0755 /etc/execguard.d' \
    'mv /etc/execguard.d /etc/moved' 'mv /etc/moved /etc/execguard.d'
defect "a policy is permissive" warning 'policy "soft" is permissive' \
    'mode = enforce' \
    'write_policy "policy \"soft\" { users = {\"alice\", \"bob\"} mode = permissive segvguard { } }"'
defect "a policy names nobody who exists" warning 'there is no user nobody-here' \
    'correct it' \
    'write_policy "policy \"x\" { users = {\"nobody-here\"} segvguard { } }"'
defect "users match no policy" hint 'match no policy' 'without users' \
    'write_policy "policy \"x\" { users = {\"alice\"} segvguard { } }"' \
    'expect "bob by name" found hint bob ""'

defect "others can write to a root" warning "nothing below root $TRUSTED/root/inner" \
    "chmod go-w $TRUSTED/root/inner" 'chmod o+w "$TRUSTED/root/inner"' \
    'chmod o-w "$TRUSTED/root/inner"'
defect "somebody owns a folder above a root" warning \
    "is trusted: $TRUSTED/root belongs to" "chown root $TRUSTED/root; or say so in tpe.owners" \
    'chown bob "$TRUSTED/root"' 'chown root "$TRUSTED/root"'
defect "an ACL lets somebody write to a root" warning 'is trusted' \
    "setfacl -b $TRUSTED/root" 'setfacl -m u:bob:rwx "$TRUSTED/root"' \
    'setfacl -b "$TRUSTED/root"'
defect "there is no such root" warning 'there is no root /nowhere' 'correct it' \
    'write_policy "policy \"x\" { users = {\"alice\", \"bob\"}
        tpe { roots = {\"/usr\", \"/nowhere\"} } }"'
defect "events go nowhere" warning 'events: there is no folder /nowhere' \
    'correct it' 'keep /etc/execguard.d/test.conf
    sed -i "s|^events.*|events = \"/nowhere/events\"|" /etc/execguard.d/test.conf'

it "finds nothing in a root that policy lets others write to"
write_policy 'policy "x" { users = {"alice", "bob"}
    tpe { roots = {"'"$TRUSTED/root/inner"'"} writers = {"students"} } }'
chgrp students "$TRUSTED/root/inner"
chmod g+w "$TRUSTED/root/inner"
doctor
expect_status 0
chmod g-w "$TRUSTED/root/inner"
mend

# --- kernel ----------------------------------------------------------------------

defect "Yama is off" warning 'kernel.yama.ptrace_scope is 0' \
    'sysctl kernel.yama.ptrace_scope=1' 'sysctl_is kernel/yama/ptrace_scope 0'
defect "there is no Yama" warning 'there is no Yama' CONFIG_SECURITY_YAMA \
    'mv /proc/sys/kernel/yama /proc/sys/kernel/none' \
    'mv /proc/sys/kernel/none /proc/sys/kernel/yama'
defect "sessions cannot be ended whole" warning 'cannot find all processes' \
    CONFIG_CHECKPOINT_RESTORE 'write_policy "policy \"x\" {
	users = {\"alice\", \"bob\"} on_logout = kill segvguard { } }"
    keep /proc/sys/kernel/ns_last_pid; rm /proc/sys/kernel/ns_last_pid'
defect "set-id programs leave cores" warning 'leave cores' \
    'sysctl fs.suid_dumpable=0' 'sysctl_is fs/suid_dumpable 1'
defect "users can make user namespaces" hint 'user namespaces' \
    'sysctl kernel.unprivileged_userns_clone=0' \
    'sysctl_is kernel/unprivileged_userns_clone 1'
for file in hardlinks symlinks fifos regular; do
	it "hint: protected_$file is off"
	sysctl_is fs/protected_$file 0
	doctor
	expect_status 0
	expect 'its remedy' found hint '' "sysctl fs.protected_$file=1"
	mend
done
defect "binfmt_misc has a handler" hint 'kind odd by /opt/odd' \
    'echo -1 >/proc/sys/fs/binfmt_misc/odd' \
    'printf "enabled\ninterpreter /opt/odd\nflags: \n" >/proc/sys/fs/binfmt_misc/odd' \
    'rm /proc/sys/fs/binfmt_misc/odd'

it "tries what proc_mem.force_override says, and tells of it"
run "$CTL" doctor --json
if grep -qE 'proc_mem.force_override=(never|ptrace)' /proc/cmdline; then
	expect 'no write' holds 'any(.findings[];
	    .what | startswith("/proc/PID/mem writes only"))'
else
	expect 'an ok, or a hint with its remedy' holds '.findings | any(
	    .about == "kernel" and (.what | contains("/proc/PID/mem")) and
	    (.level == "ok" or (.remedy | contains("force_override=never"))))'
fi

it "says within a guarded session that the kernel has guarded it"
cp "$CTL" "$TRUSTED/root/inner/execguardctl"
guarded alice "$TRUSTED/root/inner/execguardctl" doctor
expect 'an ok' found ok 'has guarded the session that you are in' ''

# --- host ------------------------------------------------------------------------

defect "there is no guard" error "guardd: $GUARDD: No such file" 'make install' \
    'mv "$GUARDD" "$GUARDD.away"' 'mv "$GUARDD.away" "$GUARDD"'
defect "the guard cannot be run" error 'guardd cannot be run' "chmod 0755 $GUARDD" \
    'chmod 0644 "$GUARDD"' 'chmod 0755 "$GUARDD"'
defect "others can write to the guard" error 'guardd is not safe' \
    "chmod go-w $GUARDD" 'chmod g+w "$GUARDD"' 'chmod g-w "$GUARDD"'
defect "others can write beside the guard" error 'inspector is not safe' \
    "chmod go-w ${GUARDD%/*}" 'chmod o+w "${GUARDD%/*}"' 'chmod o-w "${GUARDD%/*}"'
defect "there is no inspector" error 'inspector: /' 'make install' \
    'mv "${GUARDD%/*}/inspector" "$T/away"' 'mv "$T/away" "${GUARDD%/*}/inspector"'
defect "there is no user execguard" hint 'no user execguard' systemd-sysusers \
    'keep /etc/passwd; sed -i /^execguard/d /etc/passwd; chown root /run/execguard'
defect "others can write where guards are asked" warning 'no guard can be asked' \
    'move it away' 'chmod 0777 /run/execguard' 'chmod 0755 /run/execguard'
defect "it belongs to somebody" warning 'no guard can be asked' 'move it away' \
    'chown bob /run/execguard' 'chown root /run/execguard'
defect "FUSE has allow_other" hint user_allow_other 'take the line out' \
    'printf "# user_allow_other\n user_allow_other \n" >/etc/fuse.conf' \
    'echo "#user_allow_other" >/etc/fuse.conf'
rm -f /etc/fuse.conf

it "hint: guarded users linger"
if [ -d /var/lib/systemd ]; then
	mkdir /var/lib/systemd/linger
	: >/var/lib/systemd/linger/alice
	: >/var/lib/systemd/linger/root
	doctor
	expect_status 0
	expect 'alice' found hint '1 guarded users linger' disable-linger
	rm /var/lib/systemd/linger/alice
	doctor
	expect 'nobody' found ok 'no guarded user lingers' ''
else
	skip 'there is no /var/lib/systemd'
fi

# --- processes ---------------------------------------------------------------------

as() {
	setpriv --reuid "$1" --regid "$1" --clear-groups -- sleep 100 &
	pid=$!
	wait_until 5 grep -q "^Uid:.$(id -u "$1")" /proc/$pid/status
}

# end PID...: what we started, without a word of the shell.
end() {
	{
		kill "$@"
		wait
	} 2>/dev/null
}

it "error: a process of a guarded user has no guard"
as alice
doctor
expect_status 3
expect 'it by its pid' found error "process $pid (sleep) of uid 61001" 'log in anew'
end $pid
doctor
expect_status 0

it "finds none that is guarded, nor one of whom no policy names"
write_policy 'policy "x" { users = {"alice"} segvguard { } }'
"$CTL" run -u alice -- sleep 100 &
ctl=$!
is_there() {
	pid=$(pgrep -u alice -x sleep)
}
expect 'a guarded process' wait_until 5 is_there
as bob
doctor
expect_status 0
expect 'none' found ok 'none lacks a guard' ''
end $pid $ctl "$(pgrep -u alice -x sleep)"
mend

it "tells a login that sshd opened with the line from one without it"
start_sshd
open_session alice
say 'echo rea""dy'
expect 'a shell' heard ready
doctor
expect_status 0
expect 'none' found ok 'none lacks a guard' ''
close_session
no_pam_line $SSHD_SERVICE
open_session alice
say 'echo rea""dy'
expect 'a shell' heard ready
doctor
expect_status 3
expect 'the shell' found error '(sh) of uid 61001 has no guard' 'log in anew'
close_session

# --- who asks, and how ---------------------------------------------------------------

it "answers an ordinary user, and says what only root could see"
cp "$CTL" "$TRUSTED/execguardctl"
run setpriv --reuid 65534 --regid 65534 --clear-groups -- \
    "$TRUSTED/execguardctl" doctor
expect_status 0
expect 'the line' found ok 'sshd (/etc/pam.d/sshd:5): has the line' ''
expect 'sudoers' found hint '/etc/sudoers cannot be read' 'again as root'
keep /etc/execguard.d/test.conf
chmod 0600 /etc/execguard.d/test.conf
run setpriv --reuid 65534 --regid 65534 --clear-groups -- \
    "$TRUSTED/execguardctl" doctor
expect 'the policy' found hint 'Permission denied' 'again as root'
mend

it "changes nothing"
picture() {
	find /etc /run/execguard "$TRUSTED" "${GUARDD%/*}" -printf '%p %m %u %g %s %T@ %C@\n' |
	    LC_ALL=C sort
	find /etc -type f -exec sha256sum {} + | LC_ALL=C sort
}
picture >"$T/before"
doctor
picture >"$T/after"
expect 'the same files' cmp "$T/before" "$T/after"

writes_nothing() {
	! grep -v '"/proc/self/mem", O_RDWR|O_CLOEXEC' "$1" |
	    grep -E -e 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC' -e '^[0-9]+ +(creat|f?ch(mod|own)|(sym)?link|mk|mount|re(name|move)|(f?trunc)|u(nlink|time)|rmdir|f?setxattr)'
}

it "opens no file for writing, but its own memory, which is tried"
if command -v strace >/dev/null; then
	run strace -f -q -o "$T/trace" -e trace=%file,openat2,ftruncate,fchmod,fchown \
	    "$CTL" doctor
	expect_status 0
	expect 'a trace' grep -q 'openat(.*"/etc/pam.d/sshd", O_RDONLY' "$T/trace"
	expect 'no file opened for writing, made or changed' writes_nothing "$T/trace"
else
	skip 'there is no strace'
fi

it "is used without arguments"
run "$CTL" doctor everything
expect_status 2
expect_stderr "what is 'everything'"
run "$CTL" doctor -x
expect_status 2
run "$CTL" doctor --help
expect_status 0
expect_stdout_has Example

done_testing
