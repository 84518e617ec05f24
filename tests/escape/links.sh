#!/bin/sh
# More than one name for one file: row S12.  Hard links are made by root here,
# as anybody could where fs.protected_hardlinks is 0.

. "$(dirname "$0")/lib.sh"

HERS=/home/alice/link
# A link goes from a folder to another of the same mount only.
FOLDER=$TRUSTED/homes/alice
TOOL=$TRUSTED/tool
HIDDEN=$TRUSTED/hidden
install -m 0755 "$BIN/forbidden" "$TOOL"

setting=$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)
it "S12: whether a user may link a file of another is the kernel's setting"
bare alice ln "$TOOL" "$FOLDER/link"
if [ "$setting" = 1 ]; then
	expect_status 1
	expect_missing "$HERS"
else
	expect_status 0
	rm -f "$HERS"
fi
guarded alice ln "$TOOL" "$FOLDER/link"
[ "$setting" = 1 ] && expect_missing "$HERS"
rm -f "$HERS"

# --- hard links ----------------------------------------------------------------

for hold in let_go held; do
	$hold
	ln "$TOOL" "$FOLDER/link"
	it "S12: a trusted file by a hard link of the user's ($hold)"
	refused "$HERS" ".reason == \"outside-roots\" and .path == \"$HERS\""

	it "S12: neither just after it ran by its own name ($hold)"
	rm -f "$MARK"
	forget_events
	guarded alice sh -c '"$1" && rm -f "$ESCAPE_MARK" && "$2"' sh \
	    "$TOOL" "$HERS"
	expect_status 126
	expect_missing "$MARK"
	expect_events 1 ".event == \"exec\" and .path == \"$HERS\""

	it "S12: and it still runs by its own name just after that ($hold)"
	guarded alice sh -c '"$2" || "$1"' sh "$TOOL" "$HERS"
	expect_status 0
	expect_exists "$MARK"
	rm -f "$MARK" "$HERS"

	it "S12: a file of the user's by a hard link below a root ($hold)"
	ln "$FOLDER/forbidden" "$HIDDEN"
	refused "$HIDDEN" ".reason == \"owner\" and .path == \"$HIDDEN\" and
	    .owner == 61001"

	it "S12: neither by its own name after that, nor by a descriptor \
($hold)"
	fails "$BIN/exec" path "$FORBIDDEN"
	fails "$BIN/exec" empty "$HIDDEN"
	rm -f "$HIDDEN"

	it "S12: a hard link whose other name is gone is judged by what is \
left ($hold)"
	copy root "$BIN/forbidden" "$TRUSTED/first"
	ln "$TRUSTED/first" "$FOLDER/link"
	rm "$TRUSTED/first"
	refused "$HERS" '.reason == "outside-roots"'
	rm -f "$HERS"
done

let_go
it "S12: a set-id program by a hard link, kept from before it was replaced"
install -m 4755 "$BIN/helper" "$TRUSTED/helper"
ln "$TRUSTED/helper" "$FOLDER/link"
bare alice "$HERS" 1 "$BIN/forbidden"
expect_stdout_has '1 programs ran'
rm -f "$MARK"
forget_events
guarded alice sh -c '"$1" 1 "$2"' sh "$HERS" "$BIN/forbidden"
expect_status 126
expect_missing "$MARK"
expect_event ".reason == \"outside-roots\" and .path == \"$HERS\""
rm -f "$HERS"

# only WORD...: nothing may run but the attacks and what the words name.
only() {
	words=
	for word; do
		words="$words, \"$word\""
	done
	policy "policy \"bastion\" {
		users = { \"alice\" }
		exec { default = deny allow = { \"$BIN/*\"$words } }
	}"
}

it "S12: under an allow-list a hard link is another name"
only "$TOOL"
ln "$TOOL" "$FOLDER/link"
guarded alice "$TOOL"
expect_exists "$MARK"
rm -f "$MARK"
forget_events
guarded alice "$BIN/exec" path "$HERS"
expect_stdout refused
expect_missing "$MARK"
expect_event ".check == \"exec\" and .reason == \"not-allowed\" and
    .path == \"$HERS\""

# Like a copy, which needs no link.
it "S12: a documented limit: exec { deny } names paths, and not files"
policy "policy \"open\" {
	users = { \"alice\" }
	exec { default = allow deny = { \"$TOOL\" } }
}"
refused "$TOOL" '.reason == "denied-path"'
runs "$HERS"
rm -f "$HERS"

# --- symbolic links --------------------------------------------------------------

for hold in let_go held; do
	$hold
	it "S12: a symbolic link of the user's to a trusted file is that file \
($hold)"
	ln -s "$TOOL" "$HERS"
	runs "$HERS"
	rm -f "$HERS"

	it "S12: a symbolic link below a root that leads out of it ($hold)"
	ln -s "$FORBIDDEN" "$HIDDEN"
	refused "$HIDDEN" ".reason == \"outside-roots\" and
	    .path == \"$FORBIDDEN\""
	rm -f "$HIDDEN"

	it "S12: a folder below a root that is a link out of it ($hold)"
	ln -s /home/alice "$HIDDEN"
	refused "$HIDDEN/forbidden" ".reason == \"outside-roots\" and
	    .path == \"$FORBIDDEN\""
	rm -f "$HIDDEN"

	it "S12: a link of the user's on the way to a trusted file, and back \
out ($hold)"
	ln -s "$TRUSTED" "$HERS"
	runs "$HERS/tool"
	refused "$HERS/../../../../home/alice/forbidden" \
	    ".path == \"$FORBIDDEN\""
	rm -f "$HERS"
done

done_testing
