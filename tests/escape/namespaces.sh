#!/bin/sh
# Names that lead the guard and the kernel to two different files, by root of a
# user namespace of the user's own.  Rows R3, S8 to S11 and L6.

. "$(dirname "$0")/lib.sh"

# The loader that a program here asks for.
LOADER=$(realpath "$(ldd "$BIN/forbidden" |
    sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p')")
SHELL_FILE=$(readlink -f /bin/sh)

# can CMD...: like wins(), but where the machine cannot do it (status 2) the
# case is skipped.
can() {
	rm -f "$MARK"
	bare alice "$@"
	if [ "$status" = 2 ]; then
		skip "cannot be done here: $(head -n 1 "$stderr_file")"
		return 1
	fi
	expect_stdout_has ESCAPED
	expect_exists "$MARK"
	rm -f "$MARK"
}

# stopped JQ CMD...: CMD escapes where no guard is, and under one it does not;
# with an event that holds JQ.
stopped() {
	stopped_by=$1
	shift
	can "$@" || return 0
	forget_events
	guarded alice "$@"
	expect_status 0
	expect_missing "$MARK"
	expect_event ".event == \"exec\" and
	    (.action == \"deny\" or .action == \"kill\") and ($stopped_by)"
}

# --- S9, S11: a loader with no inode number ---------------------------------

# Where nobody else sees it, and open to all, as on many a machine.
FUSE=$TRUSTED/fuse
mknod -m 0666 "$FUSE" c 10 229

for hold in let_go held; do
	$hold
	for inode in 7 0; do
		it "S9, S11: a loader on the user's FUSE mount that says it is \
root's, inode $inode ($hold)"
		stopped '.phase == "confirm" and .role == "loader"' \
		    "$BIN/fuse" $inode "$FUSE" "$LOADER" "$BIN/forbidden"
	done
done

# --- S9: another trusted file as the loader ---------------------------------

# A tool of root's that is denied, and can load programs.
TOOL=$TRUSTED/tool
install -m 0755 "$LOADER" "$TOOL"
copy alice "$LOADER" /home/alice/tool

# only POLICY: nothing may run but the attacks; and POLICY besides.
only() {
	policy "policy \"bastion\" {
		users = { \"alice\" }
		exec {
			default = deny
			allow = { \"$BIN/*\" }
			deny = { \"$TOOL\" }
		}
		$1
	}"
}

roots="tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }"
for hold in '' 'segvguard { maxcrashes = 5 }'; do
	held=${hold:+, held}
	only "$roots $hold"
	for way in cold warm; do
		it "S9: a denied tool of root's bound over the loader \
($way$held)"
		stopped '.phase == "confirm" and .role == "loader"' \
		    "$BIN/namespaces" $way "$TOOL" "$LOADER" "$BIN/forbidden"
	done

	only "$hold"
	for tool in "$TOOL" /home/alice/tool; do
		it "S9: a file of $(stat -c %U "$tool")'s bound over the \
loader, where only exec is on${held}"
		stopped '.check == "exec" and .role == "loader"' \
		    "$BIN/namespaces" cold "$tool" "$LOADER" "$BIN/forbidden"
	done
done

# --- S8: a handler that the script does not lead to -------------------------

MENU=$TRUSTED/menu
give root "$MENU" <<'END'
#!/bin/sh
:
END

for hold in '' 'segvguard { maxcrashes = 5 }'; do
	held=${hold:+, held}
	policy "policy \"bastion\" {
		users = { \"alice\" }
		exec {
			default = deny
			allow = { \"$BIN/namespaces\", \"$MENU\" }
		}
		$roots
		$hold
	}"

	it "S8: an allowed script given to a program that is not allowed, by \
binfmt_misc of a user namespace${held}"
	stopped '.check == "exec"' \
	    "$BIN/namespaces" binfmt "$BIN/forbidden" "$MENU"
	it "S8: and the script itself, where nothing is registered${held}"
	forget_events
	guarded alice "$BIN/exec" path "$MENU"
	expect_status 126
	guarded alice "$MENU"
	expect_status 0
done

# --- R3, S8, S10: links that lead each process elsewhere --------------------

give alice /home/alice/magic <<'END'
#!/proc/self/fd/208
printf x >>"$ESCAPE_MARK"
END

for hold in let_go held; do
	$hold
	it "R3, S8, S10: a script of the user's called by the name of its \
interpreter ($hold)"
	stopped '.phase == "confirm"' "$BIN/namespaces" magic "$SHELL_FILE" \
	    /home/alice/magic "$SHELL_FILE" "$SHELL_FILE"

	it "R3, S8, S10: a script of the user's as the interpreter of a \
trusted one ($hold)"
	stopped '.phase == "confirm"' "$BIN/namespaces" magic "$SHELL_FILE" \
	    /home/alice/magic "$(realpath /bin)/sh" "$MENU"
done

# --- L6, S10: another root while the interpreter starts ---------------------

# What is in it, its root calls by the names of the machine.
JAIL=/home/alice/jail
mkdir -p "$JAIL$TRUSTED"
ldd /bin/sh | sed -n 's/[^/]*\(\/[^ ]*\) (.*/\1/p' | while read -r file; do
	mkdir -p "$JAIL${file%/*}" && cp "$file" "$JAIL$file"
done
echo 'printf x >>/mark' >"$JAIL$MENU"
chown -R alice: "$JAIL"
MARK=$JAIL/mark
export ESCAPE_MARK=$MARK

policy "policy \"bastion\" {
	users = { \"alice\" }
	exec { default = deny allow = { \"$BIN/namespaces\", \"$MENU\" } }
	$roots
}"
it "L6, S10: a root that changes between an allowed script and its reading"
stopped ".check == \"exec\" and .path == \"$MENU\"" \
    "$BIN/namespaces" chroot "$JAIL" "$MENU"

done_testing
