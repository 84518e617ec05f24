#!/bin/sh
# execguardctl explain: each check, each image and each directory, and the same
# verdict as a session's.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/explained.sh
. "$(dirname "$0")/../explained.sh"

# Where alice can reach it, too.
install -m 0755 "$CTL" "$TRUSTED/execguardctl"
CTL=$TRUSTED/execguardctl
# A guard that a guarded user may run: $GUARDD is on a filesystem of the test's.
cp "$B/guardd/guardd" "$B/guardd/inspector" "$TRUSTED"
DRAFT=/home/alice/draft.conf

make_files

policy 'policy "students" {
	groups = {"students"}
	segvguard { action = deny }
	exec { default = allow  deny = {"/usr/bin/id", "'"$TRUSTED"'/true-denied"} }
	tpe { roots = {"/usr", "'"$TRUSTED"'"} }
	elf { ldso = deny  elf32 = deny  static = deny }
}'

explain() {
	run "$CTL" explain "$@"
}

# told FILTER ARGS...: what explain ARGS --json says, through jq.
told() {
	told_filter=$1
	shift
	timeout 20 "$CTL" explain --json "$@" | jq -r "$told_filter"
}

# is WANTED FILTER ARGS...
is() {
	is_wanted=$1
	shift
	[ "$(told "$@")" = "$is_wanted" ]
}

last_line() {
	tail -n 1 "$stdout_file" | grep -qF -e "$1"
}

verdict='.answer + " " + (.verdict | "\(.action) \(.check) \(.reason) \(.phase)")'

# --- usage -------------------------------------------------------------------

it "wants a program, and one alone"
explain
expect_status 2
expect_stderr 'explain: which program?'
explain /usr/bin/true /usr/bin/id
expect_status 2
expect_stderr "explain: what is '/usr/bin/id'?"
expect_stdout ''

it "knows who there is"
explain -u nobody-of-ours /usr/bin/true
expect_status 125
expect_stderr "there is no user 'nobody-of-ours'"
explain -u alice -g nothing-of-ours /usr/bin/true
expect_status 125
expect_stderr "there is no group 'nothing-of-ours'"

# --- what it says --------------------------------------------------------------

it "says that a program would run, and what of it was looked at"
explain -u alice /usr/bin/true
expect_status 0
expect_stdout_has '/usr/bin/true for alice, by policy "students" at /etc/execguard.d/test.conf:2'
expect_stdout_has 'It would run.'
expect 'nothing to change' last_line 'nothing, it is permitted'
expect 'the program and its loader' is "program /usr/bin/true
loader $LOADER" '.images[] | "\(.role) \(.path)"' -u alice /usr/bin/true
expect 'each check' is 'segvguard exec tpe elf integrity' \
    '[.images[0].checks[].check] | join(" ")' -u alice /usr/bin/true
expect 'one that is off' is integrity \
    '.images[0].checks[] | select(.off).check' -u alice /usr/bin/true
expect 'each directory, and the file' is '/ /usr /usr/bin /usr/bin/true' \
    '[.images[0].chain[] | select(.reason == "none").path] | join(" ")' \
    -u alice /usr/bin/true

it "runs nothing, and is no event"
rm -f /home/alice/ran
forget_events
explain -u alice "$TRUSTED/leaves-mark"
expect_status 0
expect_missing /home/alice/ran
expect_no_event true
"$TRUSTED/leaves-mark"
expect_exists /home/alice/ran

it "says why a program would be refused, and what would change it"
explain -u alice /home/alice/true
expect_status 1
expect_stdout_has 'tpe        deny: it lies below no trusted root (line 6)'
expect_stdout_has 'It would be refused, with "Permission denied": tpe objects (outside-roots) to /home/alice/true.'
expect 'what would change it' last_line 'tpe.roots or tpe.except (line 6)'
expect_stdout_has 'no 0755 alice:alice   /home/alice: its owner is not trusted'
expect_stdout_has 'ok 0755 root:root     /home'
expect 'the verdict' is 'refused deny tpe outside-roots ask' "$verdict" \
    -u alice /home/alice/true

it "names all that would have to be changed"
explain -u alice "$TRUSTED/open/true-denied"
expect_status 1
expect 'both' last_line \
    'tpe.writers or tpe.except (line 6), and elf.static or elf.except (line 7)'

it "names the directory to blame"
explain -u alice "$TRUSTED/open/true"
expect_status 1
expect_stdout_has "$TRUSTED/open: group or others may write to it"
expect 'it alone' is "$TRUSTED/open" \
    '.images[0].chain[] | select(.reason != "none").path' \
    -u alice "$TRUSTED/open/true"
expect 'the event says the same' is "$TRUSTED/open" .verdict.node \
    -u alice "$TRUSTED/open/true"

it "names an access control list"
if setfacl -m u:bob:w "$TRUSTED/acl" 2>/dev/null; then
	explain -u alice "$TRUSTED/acl"
	expect_status 1
	expect_stdout_has 'its access control list lets others write to it'
	expect 'the verdict' is 'refused deny tpe acl ask' "$verdict" \
	    -u alice "$TRUSTED/acl"
else
	skip 'no access control lists here'
fi

it "follows a symbolic link to the file, and judges that"
expect 'what it leads to' is /usr/bin/true '.images[0].path' \
    -u alice /home/alice/link
explain -u alice /home/alice/link
expect_status 0
explain -u alice "$TRUSTED/link-home"
expect_status 1
expect_stdout_has 'program /home/alice/true'

it "follows a script through each of its interpreters"
expect 'the chain' is "script $TRUSTED/second interpreter $TRUSTED/first program $SHELL_FILE loader $LOADER" \
    '[.images[] | "\(.role) \(.path)"] | join(" ")' -u alice "$TRUSTED/second"
explain -u alice "$TRUSTED/second"
expect_status 0
expect 'an interpreter is to blame' is 'refused deny tpe outside-roots ask' \
    "$verdict" -u alice "$TRUSTED/from-home"
expect 'which one' is /home/alice/true .verdict.path \
    -u alice "$TRUSTED/from-home"

it "says what the kernel refuses, of which the guard knows nothing"
explain -u alice "$TRUSTED/missing"
expect_status 1
expect_stdout_has "the kernel refuses $TRUSTED/missing: it cannot be opened: No such file or directory."
expect 'no policy' last_line 'no policy refuses it'
explain -u alice "$TRUSTED/open"
expect_status 1
expect_stdout_has "it is no regular file"
explain -u alice "$TRUSTED/plain"
expect_status 1
expect_stdout_has "the kernel refuses $TRUSTED/plain: Permission denied."
explain -u alice "$TRUSTED/no-interpreter"
expect_status 1
expect_stdout_has 'the interpreter that its first line names cannot be opened: No such file or directory'
explain -u alice "$TRUSTED/no-loader"
expect_status 1
expect_stdout_has 'its ELF interpreter cannot be opened: No such file or directory'

it "says so when only the exec itself can tell"
explain -u alice "$TRUSTED/text"
expect_status 125
expect_stdout_has 'known only when it is run'
expect_stdout_has 'neither a script nor an ELF file'

it "says that a session counts crashes, and it does not"
explain -u alice /usr/bin/true
expect_stdout_has "'execguardctl crashes' says who is suspended"

it "knows the suspension that a user's sessions share"
cp /etc/execguard.d/test.conf "$T/kept"
policy 'policy "students" {
	groups = {"students"}
	segvguard { maxcrashes = 1  scope = user }
}'
copy root /bin/sh "$TRUSTED/victim"
explain -u alice "$TRUSTED/victim"
expect_status 0
# shellcheck disable=SC2016 # the victim is to know who it is
guarded alice "$TRUSTED/victim" -c 'kill -SEGV $$'
expect_event '.event == "suspended"'
explain -u alice "$TRUSTED/victim"
expect_status 1
expect 'what would change it' last_line 'segvguard.except (line 4)'
expect 'the verdict' is 'refused deny segvguard suspended ask' "$verdict" \
    -u alice "$TRUSTED/victim"
cp "$T/kept" /etc/execguard.d/test.conf

# --- for whom ------------------------------------------------------------------

it "takes the policy of the user, and of the groups that he would have"
explain -u bob /home/alice/true
expect_status 0
expect_stdout_has 'for bob: no policy applies'
expect_stdout_has 'It would run.'
explain -u bob -g students /home/alice/true
expect_status 1
explain -u bob -P students /home/alice/true
expect_status 1
explain -u bob -P no-such /home/alice/true
expect_status 125
expect_stderr 'no policy is named "no-such"'

it "asks the kernel as that user"
explain -u alice "$TRUSTED/for-bob"
expect_status 1
expect_stdout_has "the kernel refuses $TRUSTED/for-bob: Permission denied."
explain -u alice -g bob "$TRUSTED/for-bob"
expect_status 0

it "says that a broken policy is broken"
cp /etc/execguard.d/test.conf "$T/kept"
echo 'policy' >>/etc/execguard.d/test.conf
explain -u alice /usr/bin/true
expect_status 125
expect_stderr "cannot explain '/usr/bin/true': the policy is broken: /etc/execguard.d/test.conf:"
expect_stdout ''
cp "$T/kept" /etc/execguard.d/test.conf

it "answers an ordinary user for himself, by a policy of his own, too"
as_alice "$CTL" explain /home/alice/true
expect_status 1
expect_stdout_has 'by policy "students" at /etc/execguard.d/test.conf:2'
expect 'tpe.roots' last_line 'tpe.roots'
echo 'policy "mine" { exec { allow = {"/usr/bin/true"} } }' >$DRAFT
chown alice: $DRAFT
as_alice "$CTL" explain -p $DRAFT /usr/bin/false
expect_status 1
expect_stdout_has "by policy \"mine\" at $DRAFT:1"
as_alice "$CTL" explain -p $DRAFT /usr/bin/true
expect_status 0
as_alice "$CTL" explain -u bob /usr/bin/true
expect_status 125
expect_stderr "only root can explain for 'bob': leave -u out"

it "means a relative path as the caller means it"
cd /home/alice || exit 1
explain -u alice ./true
expect_status 1
expect 'which it is' is /home/alice/true '.images[0].path' -u alice ./true
cd / || exit 1

it "looks a command up as a shell does, with --argv"
export_path=$PATH
PATH=$TRUSTED/plain-first:/home/alice:/usr/bin:/bin
explain -u alice --argv true --version
expect_status 1
expect_stdout_has '/home/alice/true for alice'
expect_stdout_has 'The words behind the command are not judged.'
PATH=$export_path
explain -u alice true
expect_stdout_has 'the kernel refuses true: it cannot be opened'

it "answers inside a guarded session, too"
run "$CTL" run -u alice -p /etc/execguard.d -- \
    "$CTL" explain -G "$TRUSTED/guardd" /home/alice/true
expect_status 1
expect_stdout_has 'tpe.roots or tpe.except (line 6)'

# --- agreement -------------------------------------------------------------------

agree_with_all() {
	for file in $(all_files); do
		agree alice "$file"
	done
	it "$1: $agreed files, and a session says the same of each"
	expect 'no disagreement' test "$n_disagreed" = 0
	expect 'many files' test "$agreed" -ge 30
	[ -z "$disagreed" ] || printf '%s\n' "$disagreed"
}

agree_with_all 'trusted paths, kinds of ELF files, a deny list'

sha256sum --tag "$SHELL_FILE" "$LOADER" /usr/bin/true "$TRUSTED/true" \
    "$TRUSTED/script" "$TRUSTED/first" >"$TRUSTED/manifest"
sha256sum --tag "$TRUSTED/true" | sed "s|($TRUSTED/true)|($TRUSTED/leaves-mark)|" \
    >>"$TRUSTED/manifest"
policy 'policy "students" {
	groups = {"students"}
	exec { allow = {"/usr/bin/**", "'"$TRUSTED"'/**"} }
	integrity { manifest = {"'"$TRUSTED"'/manifest"} }
}'
agree_with_all 'an allow list and a manifest'

# Confirm reads no further than to the script; what it has not read is not the
# program, and cannot be uninspected.
it "a script that is not what a manifest says is to blame, not its interpreter"
sha256sum --tag "$TRUSTED/first" | sed "s|first)|second)|" >"$TRUSTED/manifest"
policy 'policy "students" {
	groups = {"students"}
	elf { ldso = deny }
	integrity { manifest = {"'"$TRUSTED"'/manifest"}  unlisted = allow }
}'
forget_events
guarded alice "$TRUSTED/second"
expect_status 137
expect_event '.check == "integrity" and .reason == "mismatch" and
    .path == "'"$TRUSTED"'/second"'
expect_events 1 '.event == "exec"'
expect 'the same' is 'refused deny integrity mismatch confirm' "$verdict" \
    -u alice "$TRUSTED/second"

done_testing
