#!/bin/sh
# Who could have written the file: rows T1 to T5, and T7.

. "$(dirname "$0")/lib.sh"

BASE=$TRUSTED/base

# A trusted program, $BASE/middle/leaf/tool, with nothing wrong yet.
lay_out() {
	rm -rf "$BASE"
	mkdir -p "$BASE/middle/leaf"
	copy root "$BIN/forbidden" "$BASE/middle/leaf/tool"
}

TOOL=$BASE/middle/leaf/tool

it "T1: nothing is wrong: the program runs"
lay_out
runs "$TOOL"

# wrong ROW SENTENCE REASON NODE CMD...: after CMD the program is refused.
wrong() {
	wrong_row=$1 wrong_sentence=$2 wrong_reason=$3 wrong_node=$4
	shift 4
	it "$wrong_row: $wrong_sentence"
	lay_out
	expect 'the command to work' "$@"
	refused "$TOOL" "(.reason == \"$wrong_reason\") and
	    .node == \"$wrong_node\""
}

# --- T1: any folder above --------------------------------------------------

for folder in "$BASE" "$BASE/middle" "$BASE/middle/leaf"; do
	wrong T1 "${folder#"$TRUSTED/"} is the user's" owner "$folder" \
	    chown alice "$folder"
	wrong T1 "${folder#"$TRUSTED/"} may be written by everybody" \
	    writable "$folder" chmod 0777 "$folder"
	wrong T1 "${folder#"$TRUSTED/"} may be written by its group" \
	    writable "$folder" sh -c "chgrp students $folder &&
		chmod 0775 $folder"
	wrong T2 "${folder#"$TRUSTED/"} may be written by an ACL" \
	    acl "$folder" setfacl -m u:alice:rwx "$folder"
done

wrong T1 "the file is the user's" owner "$TOOL" chown alice "$TOOL"
wrong T1 "the file is another user's" owner "$TOOL" chown bob "$TOOL"
wrong T1 "the file may be written by everybody" writable "$TOOL" \
    chmod 0757 "$TOOL"

# --- T2: ACLs --------------------------------------------------------------

FOLDER=$BASE/middle

wrong T2 "0755 with an ACL for the user (mode shows 0775)" acl "$FOLDER" \
    setfacl -m u:alice:rwx "$FOLDER"
wrong T2 "an ACL for a group" acl "$FOLDER" \
    setfacl -m g:students:rwx "$FOLDER"
wrong T2 "0775 with gid 0 and an ACL for the user" \
    'acl" or .reason == "writable' "$FOLDER" \
    sh -c "chmod 0775 $FOLDER && setfacl -m u:alice:rwx $FOLDER"
wrong T2 "a file that an ACL lets the user write" acl "$TOOL" \
    setfacl -m u:alice:rwx "$TOOL"
wrong T2 "an ACL for somebody else again" acl "$TOOL" \
    setfacl -m u:bob:rwx "$TOOL"
wrong T2 "more entries than are kept" acl "$TOOL" sh -c "
	n=1
	while [ \$n -le 40 ]; do
		setfacl -m u:\$((62000 + n)):rw $TOOL || exit 1
		n=\$((n + 1))
	done"

it "T2: an ACL that only lets read is no harm"
lay_out
setfacl -m u:alice:rx "$FOLDER" "$TOOL"
runs "$TOOL"

it "T2: an ACL whose mask takes the writing away is no harm"
lay_out
setfacl -m u:alice:rwx,m::rx "$FOLDER" "$TOOL"
runs "$TOOL"

it "T2: a default ACL gives nobody this folder"
lay_out
setfacl -d -m u:alice:rwx "$FOLDER"
runs "$TOOL"

# --- T3: groups that may write ---------------------------------------------

group_may_write() {
	lay_out
	chgrp students "$FOLDER" "$TOOL"
	chmod 0775 "$FOLDER" "$TOOL"
}

writers() {
	policy "policy \"test\" {
		users = { \"alice\" }
		tpe {
			roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
			writers = { \"$1\" }
		}
	}"
}

it "T3: a group that is not among the writers"
group_may_write
writers bob
refused "$TOOL" '.reason == "writable"'

it "T3: a group that is among the writers"
writers students
runs "$TOOL"

it "T3: a writer of an ACL that is not among the writers"
lay_out
setfacl -m g:bob:rwx "$FOLDER"
refused "$TOOL" '.reason == "acl"'

it "T3: a writer of an ACL that is among the writers"
lay_out
setfacl -m g:students:rwx "$FOLDER"
runs "$TOOL"

it "T3: everybody is never among the writers"
lay_out
chmod 0777 "$FOLDER"
refused "$TOOL" '.reason == "writable"'

# --- T4: sticky folders ----------------------------------------------------

let_go
wrong T4 "a sticky folder that everybody may write" writable "$FOLDER" \
    chmod 1777 "$FOLDER"

for folder in /tmp /var/tmp /dev/shm; do
	it "T4: root's program in $folder, with / as a root"
	policy 'policy "test" {
		users = { "alice" }
		tpe { roots = { "/" } }
	}'
	place=$(mktemp -d "$folder/execguard-test.XXXXXX")
	chmod 0755 "$place"
	copy root "$BIN/forbidden" "$place/tool"
	refused "$place/tool" '.reason == "writable" or
	    .reason == "filesystem"'
	rm -rf "$place"
done

# --- T5: odd names ---------------------------------------------------------

let_go
# odd WHAT NAME: files of this name, WHAT in words.
odd() {
	it "T5: a trusted program with $1 in its name runs"
	copy root "$BIN/forbidden" "$TRUSTED/$2"
	runs "$TRUSTED/$2"

	it "T5: an untrusted program with $1 in its name does not"
	copy alice "$BIN/forbidden" "/home/alice/$2"
	refused "/home/alice/$2" '.reason == "outside-roots"'
	expect 'every line of the log to be JSON' \
	    sh -c 'jq -n -e "[inputs] | length > 0" <"$0" >/dev/null' "$EVENTS"
	# What a terminal would obey must not be in the log as it is.
	expect 'no control byte in the log' \
	    sh -c '! LC_ALL=C tr -d "\n" <"$0" |
		LC_ALL=C grep -q "[[:cntrl:]]"' "$EVENTS"
}

odd 'a newline' 'a
b'
odd 'a tab' "$(printf 'a\tb')"
odd 'a backslash' 'a\b'
odd 'the kernel'"'"'s mark of an unlinked file' 'a (deleted)'
odd 'bytes that are not UTF-8' "$(printf 'a\377\376b')"
odd 'a terminal escape' "$(printf 'a\033[31mb')"
odd 'another terminal escape' "$(printf 'a\233b\302\233c')"
odd 'quotation marks' 'a"b'\''c'
odd 'words of a shell' 'a;id'
odd 'a pattern' '*'
odd 'nothing but a space' ' '
odd 'words of printf' '%n%s'

it "T5: a path of 4095 bytes"
deep=/home/alice
part=$(printf '%0200d' 0)
while [ $((4095 - ${#deep} - 1)) -gt 255 ]; do
	deep=$deep/$part
done
mkdir -p "$deep"
chown -R alice: "/home/alice/$part"
deep=$deep/$(printf "%0$((4095 - ${#deep} - 1))d" 0)
copy alice "$BIN/forbidden" "$deep"
refused "$deep" ".reason == \"outside-roots\" and .path == \"$deep\""
rm -rf "/home/alice/${part:?}"

# --- T7: own files ---------------------------------------------------------

own() {
	policy "policy \"test\" {
		users = { \"alice\" }
		tpe {
			roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
			own = true
		}
	}"
}

own
it "T7: a user's own program in his home runs"
runs "$FORBIDDEN"

for folder in /tmp /var/tmp; do
	it "T7: a user's own program in $folder does not"
	copy alice "$BIN/forbidden" "$folder/execguard-test-tool"
	refused "$folder/execguard-test-tool"
	rm -f "$folder/execguard-test-tool"
done

it "T7: a hard link of it that was made in a sticky folder does not run"
mkdir -m 1777 /home/sticky
ln "$FORBIDDEN" /home/sticky/tool
refused /home/sticky/tool '.reason == "writable"'

it "T7: another user's program in the home does not run"
copy bob "$BIN/forbidden" /home/alice/of-bob
refused /home/alice/of-bob '.reason == "outside-roots"'

it "T7: a program in a folder of his that others may write does not run"
mkdir -m 0777 /home/alice/open
chown alice: /home/alice/open
copy alice "$BIN/forbidden" /home/alice/open/tool
refused /home/alice/open/tool '.reason == "writable"'

it "T7: a program of his in a folder of another does not run"
copy alice "$BIN/forbidden" /home/bob/tool
refused /home/bob/tool '.reason == "owner"'

done_testing
