#!/bin/sh
# A filesystem whose server is the user: it shows what it likes as root's, and
# answers when it likes.  Row S11.

. "$(dirname "$0")/lib.sh"

# Where nobody else sees it, and open to all, as on many a machine.
FUSE=$TRUSTED/fuse
FOLDER=$TRUSTED/mnt
SHOWN=$FOLDER/loader # what is served, by its name
mknod -m 0666 "$FUSE" c 10 229
mkdir "$FOLDER"

# serve WHAT [open]: alice's server of the forbidden program, mounted as
# fusermount3(1) would.
serve() {
	rm -f "$MARK"
	forget_events
	: >"$T/server"
	"$BIN/fuse" serve "$1" "$FUSE" "$BIN/forbidden" "$FOLDER" 61001 \
	    ${2:+"$2"} >"$T/server" 2>&1 </dev/null 6<&- 7<&- &
	server=$!
	wait_until 5 grep -q . "$T/server"
	grep -q mounted "$T/server" && return
	skip "cannot be done here: $(head -n 1 "$T/server")"
	return 1
}

no_more() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	umount -l "$FOLDER"
}

# Words for a shell that does the same in a user namespace, and runs $1, then
# ends the server; what runs is called /mnt/loader.
in_namespace() {
	echo "fuse serve $1 $FUSE $BIN/forbidden /mnt >/home/alice/server &
	    server=\$!
	    until [ -s /home/alice/server ]; do :; done
	    $2
	    status=\$?
	    kill \$server
	    exit \$status"
}

# namespaced WORDS...: in_namespace, without a guard or with one.
namespaced() {
	rm -f /home/alice/server
	namespaced_by=$1
	shift
	$namespaced_by alice env PATH="$BIN:$PATH" unshare -Urm \
	    sh -c "$(in_namespace "$@")"
}

# --- root's own files, it says -------------------------------------------------

for hold in let_go held; do
	$hold
	it "S11: root's program on a mount that only the user may enter: \
nobody can look at it ($hold)"
	if serve all; then
		bare alice "$SHOWN"
		expect_status 0
		expect_exists "$MARK"
		rm -f "$MARK"
		guarded alice sh -c '"$1"' sh "$SHOWN"
		expect_status 137
		expect_missing "$MARK"
		expect_events 1 '.event == "exec"'
		expect_event '.event == "exec" and .action == "deny" and
		    .phase == "confirm" and .check == "guard" and
		    .reason == "unknown"'
		no_more
	fi

	it "S11: root's program on a mount that all may enter ($hold)"
	if serve all open; then
		bare alice "$SHOWN"
		expect_status 0
		expect_exists "$MARK"
		rm -f "$MARK"
		guarded alice sh -c '"$1"' sh "$SHOWN"
		expect_status 126
		expect_missing "$MARK"
		expect_events 1 '.event == "exec"'
		expect_event '.event == "exec" and .action == "deny" and
		    .phase == "ask" and .check == "tpe" and
		    .reason == "filesystem" and .path == "'"$SHOWN"'" and
		    .owner == 0 and .mode == "0755"'
		no_more
	fi

	it "S11: root's program on a mount of a user namespace ($hold)"
	rm -f "$MARK"
	namespaced bare all /mnt/loader
	if [ ! -e "$MARK" ]; then
		skip "cannot be done here: $(head -n 1 "$stderr_file")"
	else
		rm -f "$MARK"
		forget_events
		namespaced guarded all /mnt/loader
		expect_status 137
		expect_missing "$MARK"
		expect_event '.event == "exec" and .phase == "confirm" and
		    .check == "guard" and .reason == "unknown"'
	fi
done

it "S11: it runs where the policy trusts such mounts"
policy "policy \"test\" {
	users = { \"alice\" }
	tpe {
		roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
		filesystems = { \"ext4\", \"xfs\", \"btrfs\", \"overlay\",
			\"tmpfs\", \"fuse\" }
	}
}"
if serve all open; then
	guarded alice "$SHOWN"
	expect_status 0
	expect_exists "$MARK"
	no_more
fi

# --- no answer -----------------------------------------------------------------

# begin CMD...: alice's session starts it in the background; then, when it is
# told to, something else, and waits for both.
begin() {
	session alice sh -c '"$@" &
		first=$!
		echo started
		read -r word <"$GO.alice"
		/bin/true && echo served
		read -r word <"$GO.alice"
		wait $first
		echo "status $?"' sh "$@"
	expect 'a session' printed started
	guard=$(guards)
}

# expect_bob: another session notices nothing.
expect_bob() {
	timeout 10 "$CTL" run -u bob -p /etc/execguard.d -- sh -c '
		n=0
		while [ $n -lt 20 ]; do
			/bin/true && n=$((n + 1)) || exit
		done
		echo good' >"$T/bob" 2>&1 </dev/null 6<&- 7<&-
	expect "bob's programs" grep -qx good "$T/bob"
}

# The last call of the guard has not come back, and never will.
guard_waits() {
	grep -q 'request_wait\|fuse' "/proc/$guard/wchan"
}

# expect_only_asker: he waits, and the guard serves all others.
expect_only_asker() {
	go alice
	expect 'another program of the session' printed served
	expect_bob
	expect 'no end of the first' sh -c '! grep -q status "$0"' \
	    "$stdout_file"
	no_more
	go alice
	session_ends
}

# expect_guard_waits: he, his guard and all of his session wait, until the
# mount is gone.
expect_guard_waits() {
	expect 'a guard that waits' wait_until 10 guard_waits
	go alice
	expect_bob
	expect 'nothing else in the session' sh -c '! grep -q served "$0"' \
	    "$stdout_file"
	expect 'a guard that still waits' guard_waits
	no_more
	expect 'another program of the session' printed served
	go alice
	session_ends
}

let_go
it "S11: names without an answer, where only the user may enter: the guard \
serves his other programs"
if serve no-names; then
	begin "$SHOWN"
	expect_only_asker
	expect 'a refusal' [ "$(tail -n 1 "$stdout_file")" != 'status 0' ]
	expect_missing "$MARK"
fi

it "S11: bytes without an answer, where only the user may enter: the same"
if serve no-bytes; then
	begin "$SHOWN"
	expect_only_asker
	expect 'a refusal' [ "$(tail -n 1 "$stdout_file")" != 'status 0' ]
	expect_missing "$MARK"
fi

it "S11: bytes without an answer, where all may enter: nobody asks for them"
if serve no-bytes open; then
	guarded alice sh -c '"$1"' sh "$SHOWN"
	expect_status 126
	expect_missing "$MARK"
	expect_event '.event == "exec" and .reason == "filesystem"'
	no_more
fi

it "S11: a documented limit: names without an answer, where all may enter: \
the guard waits, and no other session's"
if serve no-names open; then
	begin "$SHOWN"
	expect_guard_waits
	expect 'a refusal' [ "$(tail -n 1 "$stdout_file")" != 'status 0' ]
	expect_missing "$MARK"
fi

for open in '' open; do
	it "S11: a documented limit: a path in memory without an answer: the \
guard waits, and no other session's${open:+ (open)}"
	if serve no-bytes $open; then
		begin "$BIN/fuse" page "$SHOWN"
		expect_guard_waits
		expect_stdout_has EFAULT
		expect_missing "$MARK"
	fi
done

expect_guards_gone() {
	expect 'the guard ends with its session' guards_gone
}

# Its server goes with its session, and the mount with its server.
for what in no-names no-bytes; do
	it "S11: $what, in a user namespace: its guard ends with it"
	rm -f "$MARK" /home/alice/server
	session alice env PATH="$BIN:$PATH" unshare -Urm sh -c "$(
	    in_namespace $what '/mnt/loader & fuse page /mnt/loader &
		echo started; read -r word <"$GO.alice"')"
	expect 'a session' printed started
	go alice
	session_ends
	expect_bob
	expect_guards_gone
	expect_missing "$MARK"
done

done_testing
