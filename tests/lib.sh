# shellcheck shell=sh
# lib.sh - what the tests of tests/escape and tests/login stand on.
#
# Source it first.  It needs root, and starts the script again
#
#	script (outside)
#	  '-- keeper: private mounts; ends whatever is left in them
#	        '-- the script itself, from its first line
#
# inside a mount namespace in which /etc is a copy, and /home (on the local
# disk, as homes are: policies ask), /var/log, /var/lib/execguard,
# /run/execguard and the folder of guardd are empty ones of our own, so that
# nothing that a test writes there is ever seen, or left, outside.  The keeper
# stays to end every process of that namespace and to remove the scratch
# folders, however the script ends.
#
# Given: $B $CTL $MODULE (what was built), $GUARDD (the guard, installed where
# all the others look for it), $T (scratch, below /tmp, gone at the end),
# $TRUSTED (a folder on the local disk that only root can write, and so every
# folder above it), $EVENTS (the event file of policy()), the users alice
# (61001, in group students, 61010) and bob (61002) with a home each.
#
#	it SENTENCE          begin a case
#	run CMD...           run it, 30 s at most: $status, $stdout_file,
#	                     $stderr_file
#	guarded USER CMD...  the same, as USER under execguardctl run
#	policy TEXT          write /etc/execguard.d/test.conf
#	give USER FILE       make FILE, of USER, executable, from our stdin
#	copy USER FROM FILE  the same from another file
#	expect_...           see below; a case must hold at least one
#	wait_until S CMD...  until CMD succeeds, S seconds at most; else fails
#	skip WHY             end the case as skipped (MUST_RUN=1: as failed)
#	done_testing         closing line and exit status; the last command

# --- the keeper ------------------------------------------------------------

LIB_MARK=/run/execguard-test
LIB_STATE=/var/lib/execguard

# Pids of all processes of our mount namespace but the keeper.
lib_strays() {
	stat -L -c '%i %n' /proc/[0-9]*/ns/mnt 2>/dev/null |
	    awk -v ns="$(stat -L -c %i /proc/$$/ns/mnt)" -v keeper=$$ '
		{ split($2, part, "/") }
		$1 == ns && part[3] != keeper { print part[3] }'
}

# The pipeline that looks is itself in the namespace: what is listed may be
# gone a moment later, hence the rounds.
lib_end_strays() {
	lib_rounds=0
	while [ $lib_rounds -lt 20 ]; do
		lib_found=0
		for lib_pid in $(lib_strays); do
			kill -KILL "$lib_pid" 2>/dev/null && lib_found=1
		done
		[ $lib_found = 0 ] && return
		lib_rounds=$((lib_rounds + 1))
	done
}

lib_clean() {
	trap '' INT TERM HUP
	trap - EXIT
	lib_end_strays
	cd /
	umount -l "$T" 2>/dev/null
	umount -l /home 2>/dev/null
	umount -l $LIB_STATE 2>/dev/null
	[ -z "$lib_made_state" ] || rmdir $LIB_STATE 2>/dev/null
	rmdir "$T"
	rm -rf --one-file-system "$lib_disk"
	[ -z "$lib_made_libexec" ] || rmdir "$LIB_LIBEXEC" 2>/dev/null
}

# Cover folder $1 with one of our own that shows the same entries, but for
# the names in $2: what is made there from now on is private.
lib_cover() {
	mkdir "$T/under"
	mount --rbind "$1" "$T/under"
	mount -t tmpfs -o mode=0755 tmpfs "$1"
	for lib_entry in "$T/under"/* "$T/under"/.[!.]*; do
		lib_name=${lib_entry##*/}
		case " $2 " in *" $lib_name "*) continue ;; esac
		if [ -L "$lib_entry" ] || [ -f "$lib_entry" ]; then
			cp -a "$lib_entry" "$1/$lib_name"
		elif [ -d "$lib_entry" ]; then
			mkdir -p "$1/$lib_name"
			mount --rbind "$lib_entry" "$1/$lib_name"
		elif [ -e "$lib_entry" ]; then
			: >"$1/$lib_name"
			mount --bind "$lib_entry" "$1/$lib_name"
		fi
	done
	umount -l "$T/under"
	rmdir "$T/under"
}

lib_private_etc() {
	cp -a /etc "$T/etc"
	mount --bind "$T/etc" /etc
	rm -f /etc/nologin
	rm -rf /etc/execguard.d /etc/sudoers.d
	mkdir -m 0755 /etc/execguard.d
	mkdir -m 0750 /etc/sudoers.d
	for lib_file in passwd shadow group gshadow; do
		[ ! -e /etc/$lib_file ] ||
		    sed -i -E '/^(alice|bob|students):/d; /:610(01|02|10):/d' \
			/etc/$lib_file
	done
	cat >>/etc/passwd <<-EOF
		alice:x:61001:61001::/home/alice:/bin/sh
		bob:x:61002:61002::/home/bob:/bin/sh
	EOF
	cat >>/etc/group <<-EOF
		alice:x:61001:
		bob:x:61002:
		students:x:61010:alice
	EOF
	cat >>/etc/shadow <<-EOF
		alice:*:19000::::::
		bob:*:19000::::::
	EOF
}

lib_private_homes() {
	mkdir -m 0755 "$lib_disk/home"
	mount --bind "$lib_disk/home" /home
	for lib_user in alice bob; do
		mkdir -m 0755 /home/$lib_user
		chown $lib_user:$lib_user /home/$lib_user
	done
	mount -t tmpfs -o mode=0755 tmpfs /var/log
	: >/var/log/wtmp
	: >/var/log/lastlog
	lib_cover /run 'execguard execguard-test sshd sudo utmp'
	mkdir -m 0755 /run/execguard /run/sshd "$LIB_MARK"
	: >/run/utmp
}

lib_private_state() {
	[ -d $LIB_STATE ] || lib_made_state=yes
	mkdir -p $LIB_STATE && mount -t tmpfs -o mode=0755 tmpfs $LIB_STATE
}

lib_install_guard() {
	lib_made_libexec=
	[ -d "$LIB_LIBEXEC" ] || lib_made_libexec=yes
	mkdir -p "$LIB_LIBEXEC" && lib_cover "$LIB_LIBEXEC" execguard
	mkdir -m 0755 "${GUARDD%/*}"
	[ ! -e "$B/guardd/guardd" ] || cp "$B/guardd/guardd" "$B/guardd/inspector" \
	    "${GUARDD%/*}/"
}

lib_keep() {
	umask 022
	prlimit --core=0 --pid $$ # a crash is counted without a core
	mount --make-rprivate /
	T=$(mktemp -d /tmp/execguard.XXXXXX) || exit 1
	lib_disk=$(mktemp -d /var/lib/execguard-test.XXXXXX) || exit 1
	TRUSTED=$lib_disk/trusted
	lib_made_libexec='' lib_made_state=''
	trap lib_clean EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	chmod 0755 "$lib_disk"
	mkdir -m 0755 "$TRUSTED"
	(set -e
	mount -t tmpfs -o mode=0755 tmpfs "$T"
	lib_private_etc
	lib_private_homes) || exit 1
	lib_private_state || exit 1
	lib_install_guard || exit 1
	export T TRUSTED
	# A shell starts background commands with SIGINT ignored, and that
	# would be inherited by all that the test starts.
	LIB_STAGE=script env --default-signal=INT,QUIT sh "$0" "$@" &
	wait $!
	exit $?
}

# --- which of the three are we ---------------------------------------------

B=${B:-build/cc}
case $B in /*) ;; *) B=$PWD/$B ;; esac
CTL=$B/cli/execguardctl
MODULE=$B/pam_module/pam_execguard.so
LIB_LIBEXEC=${LIBEXECDIR:-/usr/libexec/execguard}
LIB_LIBEXEC=${LIB_LIBEXEC%/*}
GUARDD=${LIBEXECDIR:-/usr/libexec/execguard}/guardd
EVENTS=$LIB_MARK/events
export B CTL MODULE GUARDD EVENTS

# The leak detector of a build with SAN=1 traces, and in a guarded tree nobody
# may: it would end execguardctl with a status of its own.  A guard has no
# environment, so its leaks are looked for.
export ASAN_OPTIONS=detect_leaks=0

case ${LIB_STAGE:-outside} in
outside)
	if [ "$(id -u)" != 0 ]; then
		echo "skip - ${0##*/} needs root"
		[ "${MUST_RUN:-0}" != 1 ] || {
			echo "0 passed, 1 failed, 0 skipped"
			exit 1
		}
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
	LIB_STAGE=keeper exec unshare -m sh "$0" "$@"
	;;
keeper)
	lib_keep "$@"
	;;
esac
unset LIB_STAGE

# --- cases -----------------------------------------------------------------

lib_passed=0 lib_failed=0 lib_skipped=0
lib_case='' lib_state='' lib_checks=0
status='' stdout_file=$T/stdout stderr_file=$T/stderr

lib_end_case() {
	[ -n "$lib_case" ] || return 0
	if [ "$lib_state" = ok ] && [ $lib_checks = 0 ]; then
		lib_state='not ok'
		lib_details='# the case expects nothing'
	fi
	case $lib_state in
	ok)
		lib_passed=$((lib_passed + 1))
		;;
	skip)
		lib_skipped=$((lib_skipped + 1))
		;;
	*)
		lib_failed=$((lib_failed + 1))
		;;
	esac
	echo "$lib_state - $lib_case"
	[ -z "$lib_details" ] || printf '%s\n' "$lib_details"
	lib_case=''
}

it() {
	lib_end_case
	lib_case=$1 lib_state=ok lib_details='' lib_checks=0
	status='' lib_command=''
	: >"$stdout_file"
	: >"$stderr_file"
}

lib_detail() {
	lib_details="$lib_details${lib_details:+
}# $1"
}

# The case is not as expected: $1 says what was, $2 what came instead.
fail() {
	[ "$lib_state" != skip ] || return 0
	lib_checks=$((lib_checks + 1))
	[ "$lib_state" = ok ] && [ -n "$lib_command" ] &&
	    lib_detail "ran: $lib_command"
	lib_state='not ok'
	lib_detail "expected $1"
	lib_detail "but got ${2:-something else}"
}

lib_good() {
	lib_checks=$((lib_checks + 1))
}

skip() {
	if [ "${MUST_RUN:-0}" = 1 ]; then
		fail 'to run here (MUST_RUN=1)' "$1"
	else
		lib_state=skip
		lib_detail "$1"
	fi
}

done_testing() {
	lib_end_case
	echo "$lib_passed passed, $lib_failed failed, $lib_skipped skipped"
	[ $lib_failed = 0 ]
}

# --- what a case does ------------------------------------------------------

run() {
	lib_command=$*
	status=0
	timeout -k 5 30 "$@" >"$stdout_file" 2>"$stderr_file" </dev/null ||
	    status=$?
	[ "$status" != 124 ] || lib_detail "no end within 30 s: $lib_command"
}

guarded() {
	lib_user=$1
	shift
	run "$CTL" run -u "$lib_user" -p /etc/execguard.d -- "$@"
}

policy() {
	printf 'events = "%s"\n%s\n' "$EVENTS" "$1" \
	    >/etc/execguard.d/test.conf
	chmod 0644 /etc/execguard.d/test.conf
}

give() {
	cat >"$2" && chown "$1:" "$2" && chmod 0755 "$2"
}

copy() {
	cp "$2" "$3" && chown "$1:" "$3" && chmod 0755 "$3"
}

forget_events() {
	[ ! -e "$EVENTS" ] || : >"$EVENTS"
}

# How many events the jq condition $1 holds for.
count_events() {
	[ -e "$EVENTS" ] || { echo 0 && return; }
	jq -n "[inputs | select($1)] | length" <"$EVENTS" 2>&1
}

lib_events_are() {
	[ "$(count_events "$2")" = "$1" ]
}

lib_has_event() {
	[ "$(count_events "$1")" -gt 0 ] 2>/dev/null
}

# The deadline is in the clock, not in rounds: a slow machine gets as many
# rounds as it manages.
wait_until() {
	lib_deadline=$(($(date +%s) + $1))
	shift
	while ! "$@"; do
		[ "$(date +%s)" -le $lib_deadline ] || return 1
		sleep 0.02 # between two looks, and nowhere else
	done 2>/dev/null
}

# --- what a case expects ---------------------------------------------------

lib_shown() {
	head -c 600 "$1" | cat -v
}

lib_streams() {
	[ ! -s "$stdout_file" ] || lib_detail "stdout: $(lib_shown "$stdout_file")"
	[ ! -s "$stderr_file" ] || lib_detail "stderr: $(lib_shown "$stderr_file")"
}

# expect WHAT CMD...: WHAT, in words, holds when CMD succeeds.
expect() {
	lib_what=$1
	shift
	if "$@"; then lib_good; else fail "$lib_what" "a failing '$*'"; fi
}

expect_status() {
	[ "$status" = "$1" ] && { lib_good && return; }
	fail "status $1" "$status"
	lib_streams
}

expect_stdout() {
	[ "$(cat "$stdout_file")" = "$1" ] && { lib_good && return; }
	fail "stdout '$1'" "'$(lib_shown "$stdout_file")'"
	[ ! -s "$stderr_file" ] || lib_detail "stderr: $(lib_shown "$stderr_file")"
}

expect_stdout_has() {
	grep -qaF -e "$1" "$stdout_file" && { lib_good && return; }
	fail "'$1' in stdout" "'$(lib_shown "$stdout_file")'"
	[ ! -s "$stderr_file" ] || lib_detail "stderr: $(lib_shown "$stderr_file")"
}

expect_stderr() {
	grep -qaF -e "$1" "$stderr_file" && { lib_good && return; }
	fail "'$1' in stderr" "'$(lib_shown "$stderr_file")'"
}

lib_last_events() {
	[ ! -s "$EVENTS" ] || lib_detail "last events: $(tail -n 4 "$EVENTS")"
}

# The guard may write its line a moment after the asker has its answer.
expect_event() {
	wait_until 3 lib_has_event "$1" && { lib_good && return; }
	fail "an event with $1" "$(count_events "$1")"
	lib_last_events
}

# session() and open_session() leave the pid of what keeps a session open.
lib_session_is_open() {
	for lib_pid in ${session:-} ${talk_pid:-}; do
		kill -0 "$lib_pid" 2>/dev/null && return
	done
	return 1
}

# An event that comes once too often comes last: a guard that ends has said
# all it has to say.
lib_all_is_said() {
	lib_session_is_open || guards_gone || :
}

# Exactly $1 events for which $2 holds.
expect_events() {
	lib_all_is_said
	wait_until 3 lib_events_are "$1" "$2" && { lib_good && return; }
	fail "$1 events with $2" "$(count_events "$2")"
	lib_last_events
}

expect_no_event() {
	lib_all_is_said
	lib_events_are 0 "$1" && { lib_good && return; }
	fail "no event with $1" "$(count_events "$1")"
	lib_last_events
}

expect_missing() {
	[ ! -e "$1" ] && { lib_good && return; }
	fail "no file $1" 'it is there'
}

expect_exists() {
	[ -e "$1" ] && { lib_good && return; }
	fail "a file $1" 'it is not there'
	lib_streams
}

# --- guards of this test ---------------------------------------------------

# Pids of the guards that were started from our own $GUARDD: the file is in a
# file system of this test's own, so its identity is ours alone.
guards() {
	stat -L -c '%d:%i %n' /proc/[0-9]*/exe 2>/dev/null |
	    awk -v mine="$(stat -c %d:%i "$GUARDD")" '
		$1 == mine { split($2, part, "/"); print part[3] }'
}

no_guard() {
	[ -z "$(guards)" ]
}

# True when no guard is left, or the last one went within 5 s.
guards_gone() {
	wait_until 5 no_guard
}
