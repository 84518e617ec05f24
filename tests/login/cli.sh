#!/bin/sh
# execguardctl: check says what a policy is or what is wrong with it, and run
# guards one command or runs nothing.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

ROOT=$(dirname "$0")/../..

# Where alice can reach it, too.
install -m 0755 "$CTL" "$TRUSTED/execguardctl"
CTL=$TRUSTED/execguardctl

mkdir -m 1777 "$T/marks"
RAN=$T/marks/ran

alice() {
	run setpriv --reuid alice --regid alice --init-groups -- "$@"
}

# try OPTION...: run something that leaves a mark.
try() {
	rm -f "$RAN"
	run "$CTL" run "$@" touch "$RAN"
}

alice_tries() {
	rm -f "$RAN"
	alice "$CTL" run "$@" touch "$RAN"
}

expect_ran() {
	expect_status 0
	expect_exists "$RAN"
}

# Nothing was run, with status $1 and a sentence that has $2.
expect_not_run() {
	expect_status "$1"
	expect_stderr 'execguardctl: '
	expect_stderr "$2"
	expect_stdout ''
	expect_missing "$RAN"
}

has_row() {
	awk -v row="$1" '
		{ $1 = $1 }
		$0 == row { found = 1 }
		END { exit !found }' "$stdout_file"
}

# A line of stdout has these words, whatever the columns.
expect_row() {
	expect "the row '$1'" has_row "$1"
}

# --- usage ------------------------------------------------------------------

it "lists its verbs"
run "$CTL" help
expect_status 0
for verb in check run help; do
	expect "a line for $verb" grep -q "^  $verb " "$stdout_file"
done
expect_stdout_has Example

for word in -h --help; do
	it "lists them for $word as well"
	run "$CTL" $word
	expect_status 0
	expect_stdout_has 'usage: execguardctl VERB'
done

it "lists them on stderr when it is told nothing"
run "$CTL"
expect_status 2
expect_stdout ''
expect_stderr 'usage: execguardctl VERB'

for verb in check run; do
	it "says how $verb is used, with an example"
	run "$CTL" help $verb
	expect_status 0
	expect_stdout_has "usage: execguardctl $verb"
	expect_stdout_has 'Exit status:'
	expect 'an example' grep -q '^Example: ' "$stdout_file"
	expect_stdout_has "  execguardctl $verb "
	cp "$stdout_file" "$T/help"

	for word in -h --help; do
		it "says the same for $verb $word"
		run "$CTL" $verb $word
		expect_status 0
		expect 'the same text' cmp -s "$stdout_file" "$T/help"
	done

	it "names an option that $verb does not have"
	run "$CTL" $verb -x
	expect_status 2
	expect_stdout ''
	expect_stderr "$verb: there is no option -x"
	expect_stderr "try 'execguardctl help $verb'"

	it "names an option of $verb that lacks its argument"
	run "$CTL" $verb -u
	expect_status 2
	expect_stderr "$verb: what is the argument of -u?"

	it "runs an example of $verb as it is printed"
	example=$(sed -n 's/^  execguardctl //p' "$T/help" | tail -n 1)
	echo 'policy "draft" { tpe { roots = {"/usr"} } }' >"$T/draft.conf"
	run sh -c "cd '$T' && '$CTL' $example"
	expect_status 0
done

for words in 'nonsense' 'help nonsense'; do
	it "knows no verb of another name: $words"
	# shellcheck disable=SC2086 # one word or two
	run "$CTL" $words
	expect_status 2
	expect_stdout ''
	expect_stderr "execguardctl: there is no verb 'nonsense'"
done

it "asks which command to run"
run "$CTL" run -u alice --
expect_status 2
expect_stderr 'run: which command?'

# --- check: what a policy is ------------------------------------------------

it "says that nobody is guarded where there is no policy"
run "$CTL" check
expect_status 0
expect_stdout_has 'no policy: nobody is guarded'
expect_stdout_has 'events go to syslog'

policy 'policy "students" {
	groups = {"students", "60000-60999"}
	except_users = {"anna"}
	except_groups = {"tutors"}
	tpe { roots = {"/usr", "/opt"} owners = {"root", "bob"}
		writers = {"students"} filesystems = {"ext4", "tmpfs"} }
	message = "Ask help@example.edu"
}
policy "guests" {
	users = {"bob", "guest*"}
	mode = permissive
	on_logout = kill
	exec { action = kill allow = {"/usr/bin/id"}
		deny = {"/usr/bin/ssh-*"} }
}
policy "rest" {
	segvguard { maxcrashes = 3 expiry = 7 suspension = 8
		kill_running = true except = {"/opt/**", "memfd:jit*"} }
}'

it "says which users and groups get what"
run "$CTL" check
expect_status 0
expect_row 'policy "students" (/etc/execguard.d/test.conf:2)'
expect_row 'for groups students 60000-60999'
expect_row 'not for users anna'
expect_row 'not for groups tutors'
expect_row 'policy "guests" (/etc/execguard.d/test.conf:10)'
expect_row 'for users bob guest*'
expect_row 'policy "rest" (/etc/execguard.d/test.conf:17)'
expect_row 'for everybody whom no other policy names, but root'
expect_row "events go to $EVENTS"

it "says what each policy checks, and with which values"
run "$CTL" check
for row in 'mode enforce' 'on_logout keep' 'message Ask help@example.edu' \
    'tpe deny (line 6)' 'roots /usr /opt' 'owners root bob' \
    'writers students' 'own false' 'filesystems ext4 tmpfs' \
    'mode permissive: what would be refused is logged only' \
    'on_logout kill' 'exec kill (line 14)' 'allow /usr/bin/id' \
    'deny /usr/bin/ssh-*' 'default deny' 'segvguard deny (line 18)' \
    'maxcrashes 3' 'expiry 7 s' 'suspension 8 s' 'scope session' \
    'kill_running true' 'except /opt/** memfd:jit*'; do
	expect_row "$row"
done

it "warns of users and groups that do not exist, with the line"
run "$CTL" check
expect_status 0
expect_stderr '/etc/execguard.d/test.conf:2: warning: policy "students"'
expect_stderr 'there is no user anna'
expect_stderr 'there is no group tutors'
expect 'no warning of a pattern, a number or somebody who exists' \
    sh -c '! grep -qE "guest|60000|bob|group students" "$1"' sh "$stderr_file"

it "says which policy a user gets by his group"
run "$CTL" check -u alice
expect_status 0
expect_row 'alice (uid 61001) gets policy "students"'
expect_row 'for groups students 60000-60999'
expect 'no other policy' sh -c '! grep -q guests "$1"' sh "$stdout_file"

it "says which policy a user gets by his name"
run "$CTL" check -u bob
expect_status 0
expect_row 'bob (uid 61002) gets policy "guests"'

it "says which policy a user gets whom none names"
run "$CTL" check -u nobody
expect_status 0
expect_stdout_has 'gets policy "rest"'

it "says that root gets none which does not name him"
run "$CTL" check -u root
expect_status 0
expect_row 'root (uid 0) gets no policy and is not guarded'

it "knows no user who is not there"
run "$CTL" check -u nosuchuser
expect_status 2
expect_stdout ''
expect_stderr "there is no user 'nosuchuser'"

it "tells a user of the installed policy"
alice "$CTL" check -u alice
expect_status 0
expect_row 'alice (uid 61001) gets policy "students"'

it "reads the files that are named, and not the installed ones"
echo 'policy "one" { tpe { roots = {"/usr"} } }' >"$T/one.conf"
echo 'policy "two" { users = {"bob"} tpe { own = true } }' >"$T/two.draft"
run "$CTL" check "$T/one.conf" "$T/two.draft"
expect_status 0
expect_row "policy \"one\" ($T/one.conf:1)"
expect_row "policy \"two\" ($T/two.draft:1)"
expect 'nothing else' test "$(grep -c '^policy' "$stdout_file")" = 2

it "reads the files of a folder that are policies"
mkdir "$T/folder"
cp "$T/one.conf" "$T/two.draft" "$T/folder"
run "$CTL" check "$T/folder"
expect_status 0
expect_row "policy \"one\" ($T/folder/one.conf:1)"
expect 'nothing else' test "$(grep -c '^policy' "$stdout_file")" = 1

# warns TEXT SENTENCE: TEXT, on line 1, is legal and warned of.
warns() {
	echo "$1" >"$T/odd.conf"
	run "$CTL" check "$T/odd.conf"
	expect_status 0
	expect_stderr "$T/odd.conf:1: warning: policy \"odd\": $2"
	expect_row "policy \"odd\" ($T/odd.conf:1)"
}

it "warns of a policy without a check"
warns 'policy "odd" { users = {"alice"} }' \
    'it has no check, so it refuses nothing'

it "warns of a policy that denies every program"
warns 'policy "odd" { exec { default = deny } }' 'exec denies every program'

it "warns of nothing where nothing is odd"
run "$CTL" check "$T/one.conf"
expect_status 0
expect 'an empty stderr' test ! -s "$stderr_file"

# --- check: what is wrong ---------------------------------------------------

# wrong LINE SENTENCE: stdin, a policy, is wrong there.
wrong() {
	cat >"$T/wrong.conf"
	run "$CTL" check "$T/wrong.conf"
	expect_status 1
	expect_stdout ''
	expect_stderr "$T/wrong.conf:$1: $2"
	expect 'one line' test "$(wc -l <"$stderr_file")" = 1
}

it "names the line of an unknown keyword"
wrong 3 "unknown keyword 'root' in tpe" <<-'END'
	policy "p" {
		tpe {
			root = {"/usr"}
		}
	}
END

it "names the line of a keyword outside any policy"
wrong 2 "unknown keyword 'mode' outside any policy" <<-'END'
	# a comment
	mode = permissive
END

it "names the line of a word that an action is not"
wrong 4 'action: unknown action' <<-'END'
	policy "p" {
		tpe {
			roots = {"/usr"}
			action = denny
		}
	}
END

it "names the line of a number out of range"
wrong 2 "maxcrashes: not a number from 1 to 32: '33'" <<-'END'
	policy "p" {
		segvguard { maxcrashes = 33 }
	}
END

it "names the line of an owner who does not exist"
wrong 3 "owners: no such user: 'nosuchuser'" <<-'END'
	policy "p" {
		tpe { roots = {"/usr"}
			owners = {"root", "nosuchuser"} }
	}
END

it "names the line of a section that trusts nothing"
wrong 2 'tpe: without roots it trusts nothing' <<-'END'
	policy "p" {
		tpe { action = deny }
	}
END

it "names the line of a brace that is never closed"
wrong 1 "a '{' that is never closed" <<-'END'
	policy "p" {
		tpe { roots = {"/usr"} }
END

it "names the line of a value that is to be expanded"
wrong 2 "'\${' is never expanded" <<-'END'
	policy "p" {
		message = "${HOME}"
	}
END

it "names both lines of a policy that is there twice"
wrong 2 "duplicate policy 'p': the first is at $T/wrong.conf:1" <<-'END'
	policy "p" { tpe { roots = {"/usr"} } }
	policy "p" { tpe { own = true } }
END

it "names the second of two files"
run "$CTL" check "$T/one.conf" "$T/wrong.conf"
expect_status 1
expect_stdout ''
expect_stderr "$T/wrong.conf:2: duplicate policy"

it "does not say what a user gets of a wrong policy"
run "$CTL" check -u alice "$T/wrong.conf"
expect_status 1
expect_stdout ''

it "finds what is wrong with the installed policy"
policy 'nonsense = 1'
run "$CTL" check
expect_status 1
expect_stderr "/etc/execguard.d/test.conf:2: unknown keyword 'nonsense'"

it "cannot read what is not there"
run "$CTL" check "$T/nowhere"
expect_status 1
expect_stdout ''
expect_stderr "cannot open $T/nowhere: No such file or directory"

it "refuses what somebody else can have written"
cp "$T/one.conf" "$T/open.conf"
chmod 0666 "$T/open.conf"
run "$CTL" check "$T/open.conf"
expect_status 1
expect_stdout ''
expect_stderr "$T/open.conf may be written by others"

it "refuses a user's file to root and to others, and not to the user"
echo 'policy "own" { tpe { own = true } }' |
    give alice /home/alice/own.conf
run "$CTL" check /home/alice/own.conf
expect_status 1
expect_stderr '/home/alice/own.conf belongs to uid 61001'
run setpriv --reuid bob --regid bob --init-groups -- \
    "$CTL" check /home/alice/own.conf
expect_status 1
alice "$CTL" check /home/alice/own.conf
expect_status 0
expect_row 'policy "own" (/home/alice/own.conf:1)'

# --- check: what the documents show -----------------------------------------

# The owners, writers and users whom examples name.
for name in builder anna; do
	getent passwd $name >/dev/null ||
	    echo "$name:x:61020:61020::/:/bin/sh" >>/etc/passwd
done
for name in staff tutors; do
	getent group $name >/dev/null ||
	    echo "$name:x:61020:" >>/etc/group
done

# expect_right FILE: every policy of FILE, at least one, is right.
expect_right() {
	run "$CTL" check "$1"
	expect_status 0
	n_policies=$(grep -c '^policy "' "$1")
	expect 'a policy' test "$n_policies" -gt 0
	expect "$n_policies policies" \
	    test "$(grep -c '^policy "' "$stdout_file")" = "$n_policies"
}

for example in "$ROOT"/conf/*.conf; do
	it "finds nothing wrong with conf/${example##*/}"
	cp "$example" "$T/example.conf"
	chmod 0644 "$T/example.conf"
	chown root "$T/example.conf"
	expect_right "$T/example.conf"
done

it "finds nothing wrong with the policy in README.md"
sed -n '/^    policy "/,/^    }$/s/^    //p' "$ROOT/README.md" \
    >"$T/readme.conf"
expect_right "$T/readme.conf"

# Each display of EXAMPLES that has a policy is a file.
awk -v to="$T/example-" '
	/^\.Sh / { is_on = ($2 == "EXAMPLES") }
	is_on && /^\.Bd / { file = to (n += 1) ".conf"; next }
	/^\.Ed/ { file = "" }
	file != "" { gsub(/\\&/, ""); gsub(/\\e/, "\\"); print >file }
' "$ROOT/docs/man/execguard.conf.5"

it "finds examples in execguard.conf(5)"
expect 'all of them' test "$(cat "$T"/example-*.conf | grep -c '^policy "')" = \
    "$(grep -c '^policy "' "$ROOT/docs/man/execguard.conf.5")"

# The manifest that one of them names.
mkdir -p /etc/execguard && sha256sum --tag "$CTL" >/etc/execguard/usr.manifest
for example in "$T"/example-*.conf; do
	name=$(sed -n 's/^policy "\(.*\)" {/\1/p' "$example")
	it "finds nothing wrong with the example \"$name\" of execguard.conf(5)"
	expect_right "$example"
done

# --- run: the command's own -------------------------------------------------

policy 'policy "students" {
	groups = {"students"}
	tpe { roots = {"/usr", "/bin", "/lib", "'"$TRUSTED"'"} }
}'
copy alice /usr/bin/touch /home/alice/touch

for code in 0 7; do
	it "passes status $code on"
	run "$CTL" run -u alice -- sh -c "exit $code"
	expect_status $code
	expect 'an empty stderr' test ! -s "$stderr_file"
done

for signal in 9:KILL 11:SEGV 15:TERM; do
	it "passes a death of SIG${signal#*:} on"
	run "$CTL" run -u alice -- sh -c "kill -${signal#*:} \$\$"
	expect_status $((128 + ${signal%:*}))
done

it "becomes the user, with his groups and his home"
run "$CTL" run -u alice sh -c \
    'echo $(id -u) $(id -g) $(id -Gn) $HOME $USER $LOGNAME $SHELL'
expect_status 0
expect_stdout '61001 61001 alice students /home/alice alice alice /bin/sh'

it "leaves the command its own options"
run "$CTL" run -u alice id -u
expect_status 0
expect_stdout 61001

it "leaves the command stdin and stdout"
run sh -c "echo through | '$CTL' run -u alice -- cat"
expect_status 0
expect_stdout through

it "tells each step of the guard with -d, on stderr"
run "$CTL" run -d -u alice -- id -u
expect_status 0
expect_stdout 61001
expect_stderr 'guardd: '

it "judges the command like everything else"
forget_events
rm -f "$RAN"
run "$CTL" run -u alice -- /home/alice/touch "$RAN"
expect_not_run 126 "cannot run '/home/alice/touch': Permission denied"
expect_event '.event == "exec" and .service == "execguardctl"
	and .user == "alice" and .policy == "students" and .action == "deny"
	and .check == "tpe" and .reason == "outside-roots"
	and .path == "/home/alice/touch"'

it "judges what the command starts"
rm -f "$RAN"
run "$CTL" run -u alice -- sh -c '/home/alice/touch "$1"; echo $?' sh "$RAN"
expect_stdout 126
expect_missing "$RAN"

it "cannot run what is not executable"
rm -f "$RAN"
install -m 0644 /dev/null "$TRUSTED/plain"
run "$CTL" run -u alice -- "$TRUSTED/plain"
expect_not_run 126 "cannot run '$TRUSTED/plain': Permission denied"

for name in /nowhere/at/all no-such-program; do
	it "cannot run what is not there: $name"
	rm -f "$RAN"
	run "$CTL" run -u alice -- $name
	expect_not_run 127 "cannot run '$name': No such file or directory"
done

it "leaves no guard behind"
expect 'no guard' guards_gone

# --- run: which policy, which guard -----------------------------------------

it "runs nothing for a user whom no policy applies to"
try -u bob --
expect_not_run 125 "no policy in /etc/execguard.d applies to 'bob'"
expect_stderr 'name one with -P'

it "runs nothing for root, whom no policy names"
try --
expect_not_run 125 "no policy in /etc/execguard.d applies to 'root'"

it "takes the policy that -P names, whoever he is"
try -u bob -P students --
expect_ran
forget_events
rm -f "$RAN"
run "$CTL" run -u bob -P students -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.event == "exec" and .user == "bob" and .policy == "students"
	and .action == "deny" and .path == "/home/alice/touch"'

it "takes a policy that -P names for root as well"
forget_events
rm -f "$RAN"
run "$CTL" run -P students -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.user == "root" and .uid == 0 and .policy == "students"
	and .action == "deny"'

it "runs nothing under a policy that is not there"
try -u alice -P nonsense --
expect_not_run 125 \
    "cannot guard 'alice': no policy is named \"nonsense\" in /etc/execguard.d"

it "reads the policy of the file that -p names"
printf 'events = "%s"\npolicy "draft" {\n%s\n}\n' "$EVENTS" \
    'exec { default = allow deny = {"/home/alice/touch"} }' >"$T/draft.conf"
try -u bob -p "$T/draft.conf" --
expect_ran
forget_events
rm -f "$RAN"
run "$CTL" run -u bob -p "$T/draft.conf" -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.policy == "draft" and .check == "exec"
	and .reason == "denied-path"
	and .policy_line == "'"$T"'/draft.conf:3"'

it "reads the policies of the folder that -p names"
mkdir "$T/drafts"
cp "$T/draft.conf" "$T/drafts"
try -u bob -p "$T/drafts" --
expect_ran
forget_events
rm -f "$RAN"
run "$CTL" run -u bob -p "$T/drafts" -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.policy == "draft"
	and .policy_line == "'"$T"'/drafts/draft.conf:3"'

it "takes the path of a policy from where it was called"
forget_events
rm -f "$RAN"
run sh -c 'cd "$1" && "$2" run -u bob -p draft.conf -- /home/alice/touch "$3"' \
    sh "$T" "$CTL" "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.policy_line == "'"$T"'/draft.conf:3"'

it "runs nothing under a policy that is wrong, and says where"
try -u alice -p "$T/wrong.conf" --
expect_not_run 125 \
    "cannot guard 'alice': the policy is broken: $T/wrong.conf:2:"

it "runs nothing under a policy that is nowhere"
try -u alice -p "$T/nowhere" --
expect_not_run 125 "cannot open $T/nowhere: No such file or directory"

it "runs nothing under a policy that somebody else can have written"
try -u alice -p "$T/open.conf" --
expect_not_run 125 "$T/open.conf may be written by others"

it "starts the guard that -g names"
cp "$GUARDD" "$TRUSTED/guardd"
mv "$GUARDD" "$GUARDD.away"
try -u alice -g "$TRUSTED/guardd" --
expect_ran
rm -f "$RAN"
run "$CTL" run -u alice -g "$TRUSTED/guardd" -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'

it "runs nothing when the guard is not installed"
try -u alice --
expect_not_run 125 "cannot guard 'alice': the guard cannot be started"
expect_stderr "$GUARDD"
mv "$GUARDD.away" "$GUARDD"

it "runs nothing when the guard that -g names is not there"
try -u alice -g /nowhere/guardd --
expect_not_run 125 '/nowhere/guardd: No such file or directory'

it "runs nothing under a guard that ends instead of guarding"
try -u alice -g /usr/bin/false --
expect_not_run 125 "cannot guard 'alice': "

it "runs nothing as root under a guard that a user can have written"
copy alice "$GUARDD" /home/alice/guardd
try -u alice -g /home/alice/guardd --
expect_not_run 125 '/home/alice/guardd belongs to uid 61001'

it "runs nothing for a user who does not exist"
try -u nosuchuser --
expect_not_run 125 "there is no user 'nosuchuser'"

it "runs nothing as somebody else for whoever is not root"
alice_tries -u bob -P students --
expect_not_run 125 "only root can run a command as 'bob': leave -u out"
alice_tries -u root -P students --
expect_not_run 125 "only root can run a command as 'root'"

# --- run: a user guards himself ---------------------------------------------

own='events = "/home/alice/events"
policy "own" { tpe { roots = {"/usr", "/bin", "/lib", "'"$TRUSTED"'"} } }'
echo "$own" | give alice /home/alice/own.conf
chmod 0600 /home/alice/own.conf

has_own_event() {
	jq -ne "any(inputs; $1)" /home/alice/events >/dev/null
}

it "lets a user guard himself with a policy of his own"
alice_tries -p /home/alice/own.conf --
expect_ran

it "refuses him what his own policy refuses"
rm -f "$RAN"
alice "$CTL" run -p /home/alice/own.conf -- /home/alice/touch "$RAN"
expect_not_run 126 "cannot run '/home/alice/touch': Permission denied"
expect 'an event of hers' wait_until 3 has_own_event '.event == "exec"
	and .action == "deny" and .check == "tpe" and .user == "alice"
	and .policy == "own" and .path == "/home/alice/touch"'

it "refuses him what the installed policy refuses, when he names none"
forget_events
rm -f "$RAN"
: >"$EVENTS"
chown alice "$EVENTS"
alice "$CTL" run -- /home/alice/touch "$RAN"
expect_not_run 126 'Permission denied'
expect_event '.user == "alice" and .policy == "students"
	and .action == "deny"'
chown root "$EVENTS"

it "passes his command's status on"
alice "$CTL" run -p /home/alice/own.conf -- sh -c 'exit 7'
expect_status 7
alice "$CTL" run -p /home/alice/own.conf -- sh -c 'kill -TERM $$'
expect_status 143

it "keeps him who he is"
alice "$CTL" run -u alice -p /home/alice/own.conf -- id -un
expect_status 0
expect_stdout alice

it "lets him name himself by no other name"
alice_tries -u bob -p /home/alice/own.conf --
expect_not_run 125 "only root can run a command as 'bob'"

no_new_privs='sed -n s/^NoNewPrivs:.//p /proc/self/status'

it "guards him with no_new_privs"
# shellcheck disable=SC2086 # four words
alice "$CTL" run -p /home/alice/own.conf -- $no_new_privs
expect_status 0
expect_stdout 1

it "guards without it whom root runs something for"
# shellcheck disable=SC2086 # four words
guarded alice $no_new_privs
expect_status 0
expect_stdout 0

it "gives a setuid program no effect when he guards himself"
install -m 4755 /usr/bin/id "$TRUSTED/setuid-id"
alice "$TRUSTED/setuid-id" -u
if [ "$(cat "$stdout_file")" = 0 ]; then
	guarded alice "$TRUSTED/setuid-id" -u
	expect_stdout 0
	alice "$CTL" run -p /home/alice/own.conf -- "$TRUSTED/setuid-id" -u
	expect_status 0
	expect_stdout 61001
else
	skip "no setuid programs on the file system of $TRUSTED"
fi

it "does not guard him by a policy of another user"
echo "$own" | give bob /home/bob/own.conf
alice_tries -p /home/bob/own.conf --
expect_not_run 125 '/home/bob/own.conf belongs to uid 61002'

it "does not guard him by a policy that others may write"
chmod 0666 /home/alice/own.conf
alice_tries -p /home/alice/own.conf --
expect_not_run 125 '/home/alice/own.conf may be written by others'
chmod 0600 /home/alice/own.conf

it "runs nothing of his without a guard"
alice_tries -p /home/alice/own.conf -g /nowhere/guardd --
expect_not_run 125 '/nowhere/guardd'

# --- run: inside a guarded tree ---------------------------------------------

# Words that run $CTL inside, and say how that ended.
inside='"$0" run "$@"; echo status $?'

expect_guarded_already() {
	expect_stdout 'status 125'
	expect_stderr 'execguardctl: '
	expect_stderr 'guarded already'
	expect_missing "$RAN"
}

it "runs nothing for a user who is guarded already"
rm -f "$RAN"
guarded alice sh -c "$inside" "$CTL" -- touch "$RAN"
expect_guarded_already

it "runs nothing for a user who guards himself already"
rm -f "$RAN"
alice "$CTL" run -p /home/alice/own.conf -- sh -c "$inside" "$CTL" \
    -p /home/alice/own.conf -- touch "$RAN"
expect_guarded_already

it "runs nothing under another policy for root who is guarded already"
rm -f "$RAN"
run "$CTL" run -P students -- sh -c "$inside" "$CTL" \
    -p "$T/draft.conf" -P draft -- touch "$RAN"
expect_guarded_already

it "runs nothing for a user when root is guarded already"
rm -f "$RAN"
run "$CTL" run -P students -- sh -c "$inside" "$CTL" -u alice -- touch "$RAN"
expect_guarded_already

it "leaves no guard behind in the end"
expect 'no guard' guards_gone

done_testing
