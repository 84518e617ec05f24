#!/bin/sh
# Attacks that hope not to be seen, or to be taken for something else.
# Rows S1 to S5, S7, S8, S10.

. "$(dirname "$0")/lib.sh"

# --- S1: other doors -------------------------------------------------------

# ENOSYS: the kernel has no such call.
expect_no_call() {
	expect_stdout 'exited 125'
	expect_stderr 'exec: Function not implemented'
	expect_missing "$MARK"
}

has_x32=yes
ESCAPE_MARK=/nowhere "$BIN/abi" x32 /bin/true 2>&1 |
    grep -q 'not implemented' && has_x32=no
[ $has_x32 = yes ] || echo '# no x32 in this kernel'

for hold in let_go held; do
	$hold
	for way in int80 int80at; do
		it "S1: $way from a 64-bit program ($hold)"
		wins "$BIN/abi" $way "$FORBIDDEN"
		fails "$BIN/abi" $way "$FORBIDDEN"
	done

	# The guard is asked before the kernel looks whether it has them.
	for way in x32 x32at; do
		it "S1: numbers of x32 ($way, $hold)"
		if [ $has_x32 = yes ]; then
			wins "$BIN/abi" $way "$FORBIDDEN"
		else
			bare alice "$BIN/abi" $way "$FORBIDDEN"
			expect_no_call
		fi
		fails "$BIN/abi" $way "$FORBIDDEN"
		expect_stdout refused
	done

	# A number that no table has, with x32 or without.
	it "S1: the 64-bit number with the bit of x32 ($hold)"
	bare alice "$BIN/abi" x32plain "$FORBIDDEN"
	expect_no_call
	guarded alice "$BIN/abi" x32plain "$FORBIDDEN"
	expect_no_call

	it "S1: a 32-bit program execs ($hold)"
	wins "$BIN/exec_32" path "$FORBIDDEN"
	fails "$BIN/exec_32" path "$FORBIDDEN"
done

let_go
copy alice "$BIN/forbidden_32" /home/alice/forbidden_32
copy alice "$BIN/forbidden_static" /home/alice/forbidden_static

it "S1: a 32-bit program is judged as any other"
refused /home/alice/forbidden_32 '.reason == "outside-roots"'
runs "$BIN/forbidden_32"

it "S1: a static program is judged as any other"
refused /home/alice/forbidden_static '.reason == "outside-roots"'
runs "$BIN/forbidden_static"

# --- S2, S3: other names, and none -----------------------------------------

for hold in let_go held; do
	$hold
	for way in path empty fexecve procfd devfd thread otherfd root cwd \
	    symlink; do
		it "S2: the real file is judged, whatever it is called \
($way, $hold)"
		wins "$BIN/exec" $way "$FORBIDDEN"
		fails "$BIN/exec" $way "$FORBIDDEN"
		expect_event ".path == \"$FORBIDDEN\""
	done

	for way in memfd sealed tmpfile unlinked; do
		it "S3: a file without a name is not trusted ($way, $hold)"
		wins "$BIN/exec" $way "$FORBIDDEN"
		fails "$BIN/exec" $way "$FORBIDDEN"
		expect_event '.reason == "no-path"'
	done

	it "S3: a file in /dev/shm is not trusted ($hold)"
	wins "$BIN/exec" shm "$FORBIDDEN"
	fails "$BIN/exec" shm "$FORBIDDEN"
done

let_go
for way in empty fexecve procfd devfd thread otherfd root cwd; do
	it "S2: a trusted file runs, whatever it is called ($way)"
	rm -f "$MARK"
	guarded alice "$BIN/exec" $way "$BIN/forbidden"
	expect_exists "$MARK"
	rm -f "$MARK"
done

# --- S2: /proc/self/exe, which was let in once -----------------------------

# The program that starts itself anew, and where root takes its trust away.
SELF=$TRUSTED/self
AWAY=${TRUSTED%/*}/away

# Start it, and wait until it runs; the rest runs in the meantime; then it
# starts /proc/self/exe.
self() {
	copy root "$BIN/crash" "$SELF"
	rm -f "$MARK" "$AWAY"
	forget_events
	session alice sh -c '"$0" self <"$GO.alice"' "$SELF"
	expect 'a first start' wait_until 5 [ -s "$MARK" ]
	"$@"
	go alice
	session_ends
}

# expect_not_again JQ: the first start left its mark, the second did not.
expect_not_again() {
	expect_status 126
	expect 'one start' [ "$(marks)" = 1 ]
	expect_event ".event == \"exec\" and .action == \"deny\" and ($1)"
	rm -f "$MARK"
}

away() {
	mv "$SELF" "$AWAY"
}

for hold in let_go held; do
	$hold
	it "S2: /proc/self/exe is the program itself ($hold)"
	self true
	expect_status 139
	expect 'two starts' [ "$(marks)" = 2 ]

	it "S2: /proc/self/exe that root moved out of the roots ($hold)"
	self away
	expect_not_again ".reason == \"outside-roots\" and .path == \"$AWAY\""

	it "S2: /proc/self/exe that root gave to the user ($hold)"
	self chown alice "$SELF"
	expect_not_again ".reason == \"owner\" and .path == \"$SELF\""

	it "S2: /proc/self/exe that root deleted ($hold)"
	self rm "$SELF"
	expect_not_again '.reason == "no-path"'
done

it "S2: /proc/self/exe of a running image that is suspended"
held 'segvguard { maxcrashes = 3 }'
copy root "$BIN/crash" "$SELF"
rm -f "$MARK"
forget_events
guarded alice sh -c '
	"$0" self <"$GO.alice" &
	running=$!
	until [ -s "$ESCAPE_MARK" ]; do :; done
	for n in 1 2 3; do ESCAPE_MARK=/dev/null "$0" segv; done
	echo go >"$GO.alice"
	wait $running' "$SELF"
expect_not_again ".reason == \"suspended\" and .path == \"$SELF\""

it "S3: a memfd runs where the policy excepts it"
policy "policy \"test\" {
	users = { \"alice\" }
	tpe {
		roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
		except = { \"memfd:forbidden\" }
	}
}"
guarded alice "$BIN/exec" memfd "$BIN/forbidden"
expect_exists "$MARK"
rm -f "$MARK"

# --- S4: relatives ---------------------------------------------------------

for hold in let_go held; do
	$hold
	for way in untraced untraced3 thread double setsid; do
		it "S4: a process that nobody was told of ($way, $hold)"
		wins "$BIN/orphan" $way "$FORBIDDEN"
		fails "$BIN/orphan" $way "$FORBIDDEN"
	done
done

# --- S5: one's own judge ---------------------------------------------------

for hold in let_go held; do
	$hold
	it "S5: nobody gets a listener beside the guard's ($hold)"
	wins "$BIN/listener" "$FORBIDDEN"
	fails "$BIN/listener" "$FORBIDDEN"
	for way in plain logged synced 'high flags' 'high op' 'int 0x80'; do
		expect_stdout_has "$way: EBUSY"
	done
done

# --- S7: threads -----------------------------------------------------------

for hold in let_go held; do
	$hold
	for way in second leaderless crowd; do
		it "S7: threads exec what they may not ($way, $hold)"
		wins "$BIN/threads" $way "$FORBIDDEN"
		fails "$BIN/threads" $way "$FORBIDDEN"
		expect 'the guard ends with its session' guards_gone

		it "S7: threads exec what they may, once ($way, $hold)"
		forget_events
		guarded alice "$BIN/threads" $way "$BIN/forbidden"
		expect_stdout_has ESCAPED
		expect 'one mark' [ "$(marks)" = 1 ]
		expect_no_event '.event == "exec"'
		expect 'the guard ends with its session' guards_gone
		rm -f "$MARK"
	done
done

# --- S8: interpreters ------------------------------------------------------

# chain N LAST: trusted scripts 1 to N, each run by the next, the last by LAST.
chain() {
	chain_n=1
	while [ $chain_n -lt "$1" ]; do
		give root "$TRUSTED/chain$chain_n" <<-END
			#!$TRUSTED/chain$((chain_n + 1))
		END
		chain_n=$((chain_n + 1))
	done
	echo "#!$2" | give root "$TRUSTED/chain$1"
}

let_go
for links in 1 2 3 4 5; do
	it "S8: the end of a chain of $links scripts is judged"
	chain $links "$FORBIDDEN"
	refused "$TRUSTED/chain1" ".path == \"$FORBIDDEN\""

	it "S8: a trusted chain of $links scripts runs"
	chain $links "$BIN/forbidden"
	runs "$TRUSTED/chain1"
done

it "S8: a chain of 6 scripts is refused as without a guard"
chain 6 "$BIN/forbidden"
bare alice "$BIN/args" plain "$TRUSTED/chain1"
expect_stdout_has ELOOP
guarded alice "$BIN/args" plain "$TRUSTED/chain1"
expect_stdout_has ELOOP
expect_missing "$MARK"

it "S8: a link in the middle of a chain is judged"
chain 3 "$BIN/forbidden"
echo "#!$TRUSTED/chain3" | give alice /home/alice/middle
echo '#!/home/alice/middle' | give root "$TRUSTED/chain1"
refused "$TRUSTED/chain1" '.path == "/home/alice/middle"'

it "S8: the first script of a chain is judged"
echo "#!$BIN/forbidden" | give alice /home/alice/first
refused /home/alice/first '.path == "/home/alice/first"'

MISC=$T/misc
mkdir -m 0777 "$MISC"
echo 'anything' | give root "$TRUSTED/good.egtest"
printf 'printf x >>"$ESCAPE_MARK"\n' | give alice /home/alice/bad.egtest

# handler NAME INTERPRETER: for files that end in .egtest.
handler() {
	echo ":$1:E::egtest::$2:" >"$MISC/register"
}

no_handler() {
	[ ! -e "$MISC/execguard-test" ] || echo -1 >"$MISC/execguard-test"
}

if mount -t binfmt_misc binfmt_misc "$MISC" 2>/dev/null; then
	misc_is_here=yes
	# The list is the kernel's, not our namespace's: leave nothing there.
	trap no_handler EXIT
	trap 'exit 143' HUP INT TERM
fi

it "S8: binfmt_misc: the file is judged"
if [ -z "${misc_is_here:-}" ]; then
	skip 'binfmt_misc cannot be mounted here'
else
	handler execguard-test /bin/sh
	refused /home/alice/bad.egtest '.path == "/home/alice/bad.egtest"'
	no_handler
fi

# Only the kernel knows which interpreter it will take: not seen at ask.
it "S8: binfmt_misc: the interpreter is judged"
if [ -z "${misc_is_here:-}" ]; then
	skip 'binfmt_misc cannot be mounted here'
else
	handler execguard-test "$FORBIDDEN"
	rm -f "$MARK"
	bare alice "$TRUSTED/good.egtest"
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice /bin/sh -c '"$1"' sh "$TRUSTED/good.egtest"
	expect_status 137
	expect_missing "$MARK"
	expect_event ".event == \"exec\" and .phase == \"confirm\" and
	    .path == \"$FORBIDDEN\""
	no_handler
fi
[ -z "${misc_is_here:-}" ] || umount "$MISC"

# as_handler INTERPRETER FILE: words for a shell that registers the one in a
# user namespace of its own and runs the other.
as_handler() {
	echo "mount -t binfmt_misc binfmt_misc $MISC &&
	    echo ':mine:E::egtest::$1:' >$MISC/register && $2"
}

for side in interpreter file; do
	if [ $side = interpreter ]; then
		words=$(as_handler "$FORBIDDEN" "$TRUSTED/good.egtest")
	else
		words=$(as_handler /bin/sh /home/alice/bad.egtest)
	fi
	it "S8: binfmt_misc of a user namespace: the $side is judged"
	bare alice unshare -Urm sh -c "$words"
	if [ ! -e "$MARK" ]; then
		skip 'no binfmt_misc in user namespaces here'
		continue
	fi
	rm -f "$MARK"
	forget_events
	guarded alice unshare -Urm sh -c "$words"
	expect 'a refusal' [ "$status" != 0 ]
	expect_missing "$MARK"
	expect_event '.event == "exec" and .check == "tpe"'
done

# --- S10: other views of the file tree --------------------------------------

# in_view WORDS: a shell with these words, as root of a user namespace, wins
# alone and fails guarded.
in_view() {
	rm -f "$MARK"
	bare alice unshare -Urm sh -c "$1"
	if [ ! -e "$MARK" ]; then
		skip "cannot be done here: $(head -n 1 "$stderr_file")"
		return
	fi
	rm -f "$MARK"
	forget_events
	guarded alice unshare -Urm sh -c "$1"
	expect 'a refusal' [ "$status" != 0 ]
	expect_missing "$MARK"
	expect_event '.event == "exec" and .check == "tpe" and
	    (.action == "deny" or .action == "kill")'
}

VIEW=/home/alice/view
copy alice "$BIN/forbidden_static" /home/alice/tool
for hold in let_go held; do
	$hold
	it "S10: a file bound over a trusted one ($hold)"
	in_view "mount --bind $FORBIDDEN /usr/bin/true && /usr/bin/true"

	it "S10: a folder bound over a trusted one ($hold)"
	in_view "mount --bind /home/alice $BIN && $BIN/forbidden"

	it "S10: a tmpfs over a trusted folder ($hold)"
	in_view "cp $FORBIDDEN /home/alice/copy &&
	    mount -t tmpfs tmpfs $BIN && cp /home/alice/copy $BIN/forbidden &&
	    $BIN/forbidden"

	it "S10: an overlay over a trusted folder ($hold)"
	in_view "rm -rf $VIEW && mkdir -p $VIEW &&
	    mount -t tmpfs tmpfs $VIEW && mkdir $VIEW/upper $VIEW/work &&
	    cp $FORBIDDEN $VIEW/upper/allowed &&
	    mount -t overlay -o lowerdir=$TRUSTED,upperdir=$VIEW/upper,\
workdir=$VIEW/work overlay $TRUSTED && $ALLOWED"

	it "S10: a chroot that calls it /usr/bin/tool ($hold)"
	in_view "rm -rf $VIEW && mkdir -p $VIEW/usr/bin $VIEW/home/alice &&
	    cp /home/alice/tool $VIEW/usr/bin/tool &&
	    mount --rbind /home/alice $VIEW/home/alice &&
	    chroot $VIEW /usr/bin/tool"

	it "S10: a pivoted root that calls it /usr/bin/tool ($hold)"
	in_view "rm -rf $VIEW && mkdir -p $VIEW &&
	    mount -t tmpfs tmpfs $VIEW && cd $VIEW &&
	    mkdir -p usr/bin old home/alice &&
	    cp /home/alice/tool usr/bin/tool &&
	    mount --rbind /home/alice home/alice &&
	    pivot_root . old && exec /usr/bin/tool"
done

let_go
it "S10: bwrap shows it as a trusted file"
if ! command -v bwrap >/dev/null; then
	skip 'no bwrap here'
else
	rm -f "$MARK"
	bare alice bwrap --dev-bind / / --bind "$FORBIDDEN" /usr/bin/true \
	    /usr/bin/true
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice bwrap --dev-bind / / --bind "$FORBIDDEN" /usr/bin/true \
	    /usr/bin/true
	expect 'a refusal' [ "$status" != 0 ]
	expect_missing "$MARK"
	expect_event '.event == "exec" and .check == "tpe"'
fi

it "S10: what is trusted still runs in a user namespace"
guarded alice unshare -Urm /bin/sh -c "exec $BIN/forbidden"
expect_status 0
expect_exists "$MARK"
rm -f "$MARK"

done_testing
