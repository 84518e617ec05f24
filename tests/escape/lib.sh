# shellcheck shell=sh
# lib.sh - what the attacks share, on top of ../lib.sh (read that first).
#
# Given: $BIN (every attack program, where only root can write), $ALLOWED and
# $FORBIDDEN (a program that may run, one of alice's that may not), $MARK (the
# file that shows that $FORBIDDEN ran).  Unless a case says otherwise the
# policy is let_go: trusted paths for alice and bob, and nothing held.
#
#	let_go [TEXT]        tpe, and TEXT in the policy; nothing is held
#	held [TEXT]          the same and segvguard: every process is held
#	bare USER CMD...     as USER, without a guard
#	patient USER CMD...  as guarded(), but for up to 100 s
#	wins CMD...          alice's CMD escapes where no guard is
#	fails CMD...         and does not under one; with an event that says so
#	refused FILE [JQ]    alice's guard does not run FILE, with an event JQ
#	runs FILE            it does
#	session USER CMD...  like guarded(), but in the background; CMD may wait
#	                     for go(USER) by reading a line from $GO.USER
#	session_ends         wait for the last one's end: $status
#	inspector            $inspector: that of the one guard there is
#	guard_kib, descriptors, growth KIB   what the guard $guard takes

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

BIN=$TRUSTED/bin
ALLOWED=$TRUSTED/allowed
FORBIDDEN=/home/alice/forbidden
MARK=/home/alice/mark
export ESCAPE_MARK=$MARK

let_go() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
		${1:-}
	}"
}

held() {
	# A default with a brace in it would end at that brace.
	[ -n "${1:-}" ] || set -- 'segvguard { maxcrashes = 5 }'
	let_go "$1"
}

# --- what a guard takes: $guard is its pid ---

# Its memory, in KiB: what it has for itself alone, and its part of what is
# shared.
guard_kib() {
	awk '/^Pss:/ { print $2 }' "/proc/$guard/smaps_rollup"
}

descriptors() {
	find "/proc/$guard/fd" -mindepth 1 | wc -l
}

# growth KIB: how much it may grow; sanitizers keep freed memory for a while.
growth() {
	case $B in *-san) echo 65536 ;; *) echo "$1" ;; esac
}

# By setpriv: no PAM, no login shell.
bare() {
	bare_user=$1
	shift
	run setpriv --reuid "$bare_user" --regid "$bare_user" --init-groups \
	    -- "$@"
}

# run() gives thirty seconds, which is little for ten thousand rounds.
patient() {
	patient_user=$1
	shift
	lib_command=$*
	status=0
	timeout -k 5 100 "$CTL" run -u "$patient_user" -p /etc/execguard.d \
	    -- "$@" >"$stdout_file" 2>"$stderr_file" </dev/null || status=$?
}

# score WORDS: the number before WORDS in what the attack printed.
score() {
	sed -n "s/.* \([0-9]*\) $1.*/\1/p" "$stdout_file"
}

# How often the forbidden program ran.
marks() {
	stat -c %s "$MARK" 2>/dev/null || echo 0
}

wins() {
	rm -f "$MARK"
	bare alice "$@"
	expect_stdout_has ESCAPED
	expect_status 1
	expect_exists "$MARK"
	rm -f "$MARK"
}

fails() {
	forget_events
	guarded alice "$@"
	expect_status 0
	expect_missing "$MARK"
	expect_event '.event == "exec" and
	    (.action == "deny" or .action == "kill") and .check == "tpe"'
}

# The bare half first: a program that cannot run at all proves nothing.
refused() {
	rm -f "$MARK"
	bare alice "$1"
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice /bin/sh -c '"$1"' sh "$1"
	expect_status 126
	expect_stderr 'Permission denied'
	expect_missing "$MARK"
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    (${2:-true})"
}

runs() {
	rm -f "$MARK"
	guarded alice /bin/sh -c '"$1"' sh "$1"
	expect_status 0
	expect_exists "$MARK"
	rm -f "$MARK"
}

# Homes on the local disk: on another filesystem nothing is trusted, and the
# reason would always be that.
# A descriptor of ours on each side of the pipes: nobody waits to open one.
GO=$T/go
export GO
mkfifo -m 0666 "$GO.alice" "$GO.bob"
exec 6<>"$GO.alice" 7<>"$GO.bob"

session() {
	session_user=$1
	shift
	"$CTL" run -u "$session_user" -p /etc/execguard.d -- "$@" \
	    >"$stdout_file" 2>"$stderr_file" </dev/null 6<&- 7<&- &
	session=$!
}

go() {
	echo go >"$GO.$1"
}

session_ends() {
	status=0
	wait "$session" 2>/dev/null || status=$?
}

n_guards_are() {
	[ "$(guards | wc -w)" = "$1" ]
}

# A guard has no other child.
inspector() {
	inspector=$(ps -o pid=,comm= --ppid "$(guards)" |
	    awk '$2 == "inspector" { print $1 }') 2>/dev/null
	[ -n "$inspector" ]
}

# Wait until the session printed $1.
printed() {
	wait_until 20 grep -qaF -e "$1" "$stdout_file"
}

mkdir -m 0755 "$BIN" "$TRUSTED/homes"
cp -a /home/alice /home/bob "$TRUSTED/homes/"
mount --bind "$TRUSTED/homes" /home
for lib_program in "$B"/tests/escape/*; do
	[ -x "$lib_program" ] && install -m 0755 "$lib_program" "$BIN/"
done
[ -x "$BIN/forbidden" ] || {
	echo "there are no attack programs in $B/tests/escape" >&2
	exit 1
}
install -m 0755 /bin/true "$ALLOWED"
copy alice "$BIN/forbidden" "$FORBIDDEN"
let_go
