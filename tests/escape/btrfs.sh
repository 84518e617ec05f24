#!/bin/sh
# One device and one inode number, and yet two files: row S9 on a filesystem
# whose subvolumes count their inodes each for itself.

. "$(dirname "$0")/lib.sh"

# All of it goes with /home when the test ends.
DISK=/home/btrfs
PROGRAM=$DISK/trusted/program
HERS=$DISK/alice

PATH=$PATH:/usr/sbin:/sbin

make_disk() {
	mkdir "$DISK"
	truncate -s 128M "$T/image"
	mkfs.btrfs -q "$T/image" && mount -o loop "$T/image" "$DISK" &&
	    btrfs subvolume create "$HERS"
}

# The loader that a program here asks for.
loader() {
	ldd "$BIN/forbidden" | sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p'
}

# Copies of the loader of alice's, until one has the number of the program.
breed_loaders() {
	number=0
	while [ $number -lt 40 ]; do
		number=$((number + 1))
		copy alice "$LOADER" "$HERS/loader-$number"
		[ "$(stat -c %i "$HERS/loader-$number")" != \
		    "$(stat -c %i "$PROGRAM")" ] || break
	done
}

# In a namespace of alice's, where her own loader covers the machine's.
covered='mount --bind "$1" "$2" && exec "$3"'

# judged FILE: with this one as its loader the program does not run.
judged() {
	rm -f "$MARK"
	bare alice unshare -Urm sh -c "$covered" sh "$1" "$LOADER" "$PROGRAM"
	expect_status 0
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice unshare -Urm sh -c "$covered" sh "$1" "$LOADER" \
	    "$PROGRAM"
	expect_status 137
	expect_missing "$MARK"
	expect_events 1 '.event == "exec"'
	expect_event ".event == \"exec\" and .phase == \"confirm\" and
	    .check == \"tpe\" and .role == \"loader\" and .owner == 61001 and
	    .inode == $(stat -c %i "$1")"
}

if ! make_disk >"$T/log" 2>&1; then
	it 'S9: a loader with the inode number of the program is judged'
	skip "no btrfs here: $(tail -n 1 "$T/log")"
	done_testing
	exit
fi

LOADER=$(realpath "$(loader)")
chmod 0755 "$DISK"
chown alice: "$HERS"
mkdir -m 0755 "$DISK/trusted"
install -m 0755 "$BIN/forbidden" "$PROGRAM"
policy "policy \"test\" {
	users = { \"alice\" }
	tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$DISK/trusted\" } }
}"
breed_loaders

it 'S9: the program runs with the loader of the machine'
runs "$PROGRAM"

it "S9: a loader of the user's is judged"
copy alice "$LOADER" "$HERS/another"
judged "$HERS/another"

it "S9: a loader of the user's with the inode number of the program is judged"
expect 'one inode number' [ "$(stat -c %i "$HERS/loader-$number")" = \
    "$(stat -c %i "$PROGRAM")" ]
expect 'two files' [ "$(stat -c %d "$HERS/loader-$number")" != \
    "$(stat -c %d "$PROGRAM")" ]
judged "$HERS/loader-$number"

done_testing
