#!/bin/sh
# An allow-list that names a script and not its interpreter: row L6.

. "$(dirname "$0")/lib.sh"

# script NAME: of root's, in a trusted folder.  The race below pads names to
# whole words, in front: not these, or they would not be their own path.
script() {
	script=$TRUSTED/$1
	while [ $((${#script} % 8)) != 7 ]; do
		script=${script}_
	done
	give root "$script"
}

script menu <<'END'
#!/bin/sh
printf x >>"$ESCAPE_MARK"
END
MENU=$script

# Says by the mark that it was read by another name than its own.
script quiet <<'END'
#!/bin/sh
case $0 in
*/trusted/quiet*) ;;
*) printf x >>"$ESCAPE_MARK" ;;
esac
END
QUIET=$script

# only WORD...: nothing may run but the attacks and what the words name.
only() {
	words=
	for word; do
		words="$words, \"$word\""
	done
	policy "policy \"bastion\" {
		users = { \"alice\" }
		exec { default = deny allow = { \"$BIN/*\"$words } }
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
	}"
}

detour_wins() {
	wins "$BIN/detour" "$1" "$MENU"
}

detour_refused() {
	detour_wins "$1"
	forget_events
	guarded alice "$BIN/detour" "$1" "$MENU"
	expect_status 0
	expect_stdout refused
	expect_missing "$MARK"
	expect_events 1 '.event == "exec"'
	expect_event ".event == \"exec\" and .action == \"deny\" and
	    .check == \"exec\" and .reason == \"script-detour\" and
	    .path == \"$MENU\" and .role == \"script\""
}

# What attack.h calls an escape is what is permitted here.
detour_runs() {
	detour_wins "$1"
	forget_events
	guarded alice "$BIN/detour" "$1" "$MENU"
	expect_status 1
	expect_exists "$MARK"
	expect_no_event '.event == "exec"'
	rm -f "$MARK"
}

# --- the interpreter is not allowed -----------------------------------------

cd /home/alice || exit 1 # alice makes her links there
only "$MENU" "$QUIET"

it "L6: the interpreter of an allowed script is not allowed for itself"
forget_events
guarded alice /bin/sh -c 'printf x >>"$ESCAPE_MARK"'
expect_status 126
expect_missing "$MARK"
expect_event '.event == "exec" and .check == "exec" and
    .reason == "not-allowed"'

it "L6: an allowed script runs by its own full path"
detour_runs full

it "L6: it does not by a symbolic link whose name is an option"
detour_refused option

it "L6: it does not by a symbolic link of the user's"
detour_refused symlink

it "L6: it does not by a relative name"
detour_refused relative

for way in fexecve procfd dirfd; do
	it "L6: it does not by a descriptor ($way)"
	detour_refused $way
done

it "L6: it does not in a mount namespace of the user's"
only "$MENU" /usr/bin/unshare
bare alice unshare -Urm "$MENU"
expect_exists "$MARK"
rm -f "$MARK"
forget_events
guarded alice /usr/bin/unshare -Urm "$MENU"
expect_missing "$MARK"
expect_event ".reason == \"script-detour\" and .path == \"$MENU\""
only "$MENU" "$QUIET"

it "L6: it does not while a thread puts a link's name for its own"
bare alice "$BIN/detour" symlink "$QUIET"
expect_stdout_has ESCAPED
bare alice "$BIN/race" 200 "$QUIET" /home/alice/link-to-it script
expect 'a race that wins often without a guard' \
    [ "$(score 'forbidden ran')" -gt 10 ]
rm -f "$MARK"
patient alice "$BIN/race" 1000 "$QUIET" /home/alice/link-to-it script
echo "# $(head -n 1 "$stdout_file")"
expect_status 0
expect_stdout_has ' 0 forbidden ran'
expect_missing "$MARK"
expect 'some that ran' [ "$(score 'allowed ran')" -gt 0 ]
expect_event '.event == "exec" and .reason == "script-detour" and
    .phase == "confirm"'

it "L6: it does by any name where all may run that nobody denied"
policy "policy \"open\" {
	users = { \"alice\" }
	exec { default = allow deny = { \"/usr/bin/whoami\" } }
}"
detour_runs relative

# --- it is allowed -----------------------------------------------------------

for way in relative symlink fexecve; do
	it "L6: with its interpreter allowed as well it runs by any name ($way)"
	only "$MENU" "$(readlink -f /bin/sh)"
	detour_runs $way
done

done_testing
