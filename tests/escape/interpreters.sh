#!/bin/sh
# Code that a permitted interpreter reads, and nobody execs: row L6.  What is
# documented as not held is shown not to be, and what can be done about it to
# work.

. "$(dirname "$0")/lib.sh"

SHELL_FILE=$(readlink -f /bin/sh)
MINE=/home/alice/script
GOOD=$TRUSTED/script
DO_IT='printf x >>"$ESCAPE_MARK"'

echo "$DO_IT" | give alice "$MINE"
give root "$GOOD" <<'END'
#!/bin/sh
:
END

# by WAY READER: alice's session has READER read her code that way.
by() {
	rm -f "$MARK"
	forget_events
	case $1 in
	file) guarded alice "$2" "$MINE" ;;
	words) guarded alice "$2" -c "$DO_IT" ;;
	stdin) guarded alice "$BIN/from" "$MINE" "$2" ;;
	pipe) guarded alice "$BIN/from" - "$2" ;;
	esac
}

WAYS='file words stdin pipe'

# --- nobody asks ---------------------------------------------------------------

it "L6: the script itself may not run"
refused "$MINE" '.reason == "outside-roots"'

for hold in let_go held; do
	$hold
	for way in $WAYS; do
		it "L6: a documented limit: a permitted shell reads what it \
is given ($way, $hold)"
		by "$way" /bin/sh
		expect_status 0
		expect_exists "$MARK"
		expect_no_event '.event == "exec"'
	done
done
rm -f "$MARK"

# The loader of the interpreter opens what LD_PRELOAD names, a FIFO, and waits
# for a writer: that is when the link is made to lead elsewhere.
let_go
it "L6: a documented limit: a script renamed before its interpreter opens it"
ln -s "$GOOD" /home/alice/link
mkfifo -m 0666 /home/alice/fifo
forget_events
guarded alice /bin/sh -c 'cd /home/alice || exit
	LD_PRELOAD=/home/alice/fifo ./link &
	exec 9>fifo
	ln -sfn "$1" link
	exec 9>&-
	wait $!' sh "$MINE"
expect_status 0
expect_exists "$MARK"
expect_no_event '.event == "exec"'
rm -f "$MARK" /home/alice/link

# --- the interpreter is denied -------------------------------------------------

no_shell() {
	policy "policy \"no-shell\" {
		users = { \"alice\" }
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
		exec { default = allow deny = { \"$SHELL_FILE\" } }
		${1:-}
	}"
}

for hold in '' 'segvguard { maxcrashes = 5 }'; do
	no_shell "$hold"
	for way in $WAYS; do
		it "L6: a denied shell reads nothing ($way${hold:+, held})"
		by "$way" /bin/sh
		expect_status 126
		expect_missing "$MARK"
		expect_events 1 '.event == "exec"'
		expect_event '.event == "exec" and .action == "deny" and
		    .check == "exec" and .reason == "denied-path" and
		    .path == "'"$SHELL_FILE"'"'
	done

	it "L6: nor does it for a script that it is the interpreter of\
${hold:+ (held)}"
	echo "#!/bin/sh
$DO_IT" | give root "$TRUSTED/scripted"
	forget_events
	guarded alice "$TRUSTED/scripted"
	expect_status 126
	expect_missing "$MARK"
	expect_event '.reason == "denied-path" and .role != "script"'

	it "L6: a copy of it is the user's, and a link to it is it\
${hold:+ (held)}"
	copy alice /bin/sh /home/alice/sh
	by file /home/alice/sh
	expect_status 126
	expect_missing "$MARK"
	expect_event '.check == "tpe" and .path == "/home/alice/sh"'
	rm /home/alice/sh
	ln -s /bin/sh /home/alice/sh
	by file /home/alice/sh
	expect_status 126
	expect_missing "$MARK"
	expect_event '.reason == "denied-path"'
	rm /home/alice/sh
done

# --- the interpreter asks ------------------------------------------------------

# asking WORDS: a policy with such a section scripts.
asking() {
	policy "policy \"asking\" {
		users = { \"alice\" }
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
		scripts { $1 }
		${2:-}
	}"
}

READER=$BIN/reader

# can_ask: whether this kernel knows the question; otherwise skip.
can_ask() {
	bare alice "$READER" bits
	[ "$(cat "$stdout_file")" != 'cannot ask' ] && return
	skip 'no AT_EXECVE_CHECK in this kernel'
	return 1
}

# expect_not_read WHY
expect_not_read() {
	expect_stdout "not read: $1"
	expect_missing "$MARK"
}

expect_read() {
	expect_stdout 'read'
	expect_exists "$MARK"
	expect_no_event '.event == "exec"'
	rm -f "$MARK"
}

it "L6: without scripts { restrict } an interpreter that would ask does not"
let_go
if can_ask; then
	for way in $WAYS; do
		by "$way" "$READER"
		expect_read
	done
fi

for hold in '' 'segvguard { maxcrashes = 5 }'; do
	held=${hold:+, held}
	asking 'restrict = true' "$hold"
	for way in file stdin; do
		it "L6: an interpreter that asks is told no of a script of the \
user's ($way$held)"
		can_ask || continue
		by "$way" "$READER"
		expect_not_read EACCES
		expect_events 1 '.event == "exec"'
		expect_event '.event == "exec" and .action == "deny" and
		    .check == "tpe" and .reason == "outside-roots" and
		    .phase == "ask" and .path == "'$MINE'"'
	done

	it "L6: and yes of a trusted one${hold:+ (held)}"
	if can_ask; then
		forget_events
		guarded alice "$READER" "$GOOD"
		expect_read
		guarded alice "$BIN/from" "$GOOD" "$READER"
		expect_read
	fi

	it "L6: a hundred questions leave nobody attached${hold:+ (held)}"
	if can_ask; then
		guarded alice /bin/sh -c 'n=0
			while [ $n -lt 100 ]; do
				"$0" "$1" >/dev/null && n=$((n + 1)) || exit 1
			done' "$READER" "$GOOD"
		expect_status 0
		expect 'a mark of each' [ "$(marks)" = 100 ]
		expect 'the guard ends with its session' guards_gone
		rm -f "$MARK"
	fi
done

it "L6: with restrict alone what is typed is read"
asking 'restrict = true'
if can_ask; then
	for way in words pipe; do
		by "$way" "$READER"
		expect_read
	done
fi

it "L6: interactive = deny: what is typed is not read, and no script is asked \
for"
asking 'interactive = deny'
if can_ask; then
	for way in words pipe; do
		by "$way" "$READER"
		expect_not_read interactive
	done
	by file "$READER"
	expect_read
fi

# The bits are locked in the user namespace of the session, and a new one
# begins without.
asking 'restrict = true  interactive = deny'
it "L6: a documented limit: a user namespace of the user's forgets the bits"
if can_ask; then
	guarded alice "$READER" bits
	expect_stdout asks
	forget_events
	guarded alice unshare -Ur "$READER" "$MINE"
	expect_read
fi

# A shell that asks one day is no failure.
for shell in /bin/sh /bin/bash; do
	[ -x $shell ] || continue
	by file "$shell"
	echo "# $shell $([ -e "$MARK" ] && echo 'does not ask' || echo asks)"
done
rm -f "$MARK"

done_testing
