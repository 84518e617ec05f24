#!/bin/sh
# Programs that say one thing to who reads them and another to the kernel, and
# programs that run others.  Rows L1, L7, G4, R5 and S9.

. "$(dirname "$0")/lib.sh"

MUTANTS=150
[ "${FULL:-0}" != 1 ] || MUTANTS=4000

# elf TEXT [MORE]: TEXT in the section elf, and nothing else but MORE.
elf() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		elf { $1 }
		${2:-}
	}"
}

# The loader that a program here asks for, and its C library.
LOADER=$(realpath "$(ldd "$BIN/forbidden" |
    sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p')")
LIBC=$(realpath "$(ldd "$BIN/forbidden" |
    sed -n 's/.*=> \(\/[^ ]*libc.so.6\) .*/\1/p')")
HOME_A=/home/alice

# stopped REASON CMD...: by the shell, CMD leaves its mark where no guard is,
# and under one it does not, for that reason.
stopped() {
	stopped_by=$1
	shift
	rm -f "$MARK"
	bare alice "$@"
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	# shellcheck disable=SC2016 # for the shell of the session
	guarded alice /bin/sh -c '"$@"' sh "$@"
	expect_status 126
	expect_missing "$MARK"
	expect_event ".event == \"exec\" and .check == \"elf\" and
	    .action == \"deny\" and .reason == \"$stopped_by\""
}

passes() {
	rm -f "$MARK"
	# shellcheck disable=SC2016
	guarded alice /bin/sh -c '"$@"' sh "$@"
	expect_status 0
	expect_exists "$MARK"
	rm -f "$MARK"
}

# --- L1: the loader as a program -----------------------------------------------

elf 'ldso = deny'
copy alice "$BIN/forbidden" "$HOME_A/tool"
chmod 0644 "$HOME_A/tool" # not even executable
copy alice "$LOADER" "$HOME_A/not-a-loader"
# To elf it is a loader no more: whoever can write one needs no other.
sed 's/ld-linux/my-linux/g' "$LOADER" >"$T/patched"
copy alice "$T/patched" "$HOME_A/patched"

it "L1: the loader runs no program"
stopped ldso "$LOADER" "$HOME_A/tool"

it "L1: nor with a library before all others"
stopped ldso "$LOADER" --preload "$LIBC" "$HOME_A/tool"

it "L1: nor by the name that every program asks for"
stopped ldso "$(ldd "$BIN/forbidden" |
    sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p')" "$HOME_A/tool"

it "L1: nor a copy with another name"
stopped ldso "$HOME_A/not-a-loader" "$HOME_A/tool"

it "L1: nor through a descriptor, or a script"
# shellcheck disable=SC2016
stopped ldso sh -c 'exec 3<"$0"; exec /proc/self/fd/3 "$1"' \
    "$HOME_A/not-a-loader" "$HOME_A/tool"
give alice "$HOME_A/script" <<END
#!$LOADER $HOME_A/tool
END
chmod 0755 "$HOME_A/tool"
stopped ldso "$HOME_A/script"

it "L1: the C library is no program"
bare alice "$LIBC"
expect_stdout_has 'GNU C Library'
forget_events
guarded alice "$LIBC"
expect_status 126
expect_event '.reason == "ldso"'

for musl in /lib/ld-musl-*.so.1; do
	[ -x "$musl" ] || continue
	it "L1: nor is the loader of another C library"
	bare alice "$musl" --help
	expect_stderr musl
	forget_events
	# shellcheck disable=SC2016
	guarded alice sh -c '"$@"' sh "$musl" --help
	expect_status 126
	expect_event '.reason == "ldso"'
done

it "L1: a program is loaded as ever"
passes "$HOME_A/tool"

it "L1: with tpe and without elf a copy is refused, patched or not, and the \
loader is not"
let_go
for copied in not-a-loader patched; do
	rm -f "$MARK"
	# shellcheck disable=SC2016
	guarded alice sh -c '"$@"' sh "$HOME_A/$copied" "$HOME_A/tool"
	expect_status 126
	expect_missing "$MARK"
done
passes "$LOADER" "$HOME_A/tool"

# --- L7: stacks ------------------------------------------------------------------

elf 'execstack = deny'
for program in stacked stacked_static stacked_32; do
	[ -x "$BIN/$program" ] || continue
	for how in plain exec-plain; do
		it "L7: $program, $how: no stack is executable, and it runs"
		"$BIN/craft" $how "$BIN/$program" "$T/crafted"
		copy alice "$T/crafted" "$HOME_A/stacks"
		rm -f "$MARK"
		bare alice "$HOME_A/stacks"
		expect_stdout_has 'main=rw-p thread=rw-p'
		expect_missing "$MARK"
		guarded alice "$HOME_A/stacks"
		expect_status 0
		expect_stdout_has 'main=rw-p thread=rw-p'
	done
	for how in exec plain-exec unset; do
		it "L7: $program, $how: some stack is executable, and it does \
not run"
		"$BIN/craft" $how "$BIN/$program" "$T/crafted"
		copy alice "$T/crafted" "$HOME_A/stacks"
		stopped execstack "$HOME_A/stacks"
		bare alice "$HOME_A/stacks"
		expect_stdout_has 'thread=rwxp'
		rm -f "$MARK"
	done
done

# --- G4: headers at random -------------------------------------------------------

mkdir -m 0755 "$HOME_A/mutants"
chown alice: "$HOME_A/mutants"

# mutants SEED PROGRAM: some leave their mark bare, and none does guarded.
mutants() {
	rm -f "$MARK"
	# shellcheck disable=SC2016
	lib_command="mutants $*"
	for mutants_by in bare patient; do
		forget_events
		# shellcheck disable=SC2016
		$mutants_by alice sh -c 'cd "$0" && exec "$@"' \
		    "$HOME_A/mutants" "$BIN/mutants" $MUTANTS "$1" "$2"
		echo "# ${2##*/}, $mutants_by: $(head -n 1 "$stdout_file")"
		if [ $mutants_by = bare ]; then
			expect_stdout_has ESCAPED
			rm -f "$MARK"
		fi
	done
	expect_status 0
	expect_stdout_has "$MUTANTS mutants: 0 left marks"
	expect_missing "$MARK"
	expect 'many that were refused' [ "$(score 'were refused')" -gt $((MUTANTS / 8)) ]
	expect_event '.reason == "malformed"'
	expect 'the guard ends with its session' guards_gone
}

it "G4: a program without PIE, its headers changed"
elf 'pie = require'
mutants 1 "$BIN/forbidden_static"

for program in stacked stacked_static stacked_32; do
	[ -x "$BIN/$program" ] || continue
	it "G4, L7: $program, with headers changed"
	elf 'execstack = deny'
	mutants 7 "$BIN/$program"
done

it "G4: and without a mistake it runs under the same guard"
guarded alice "$BIN/stacked"
expect_status 0

it "G4: no segment, or headers 512 GiB away: malformed"
for how in empty far; do
	"$BIN/craft" $how "$BIN/forbidden" "$T/crafted"
	copy alice "$T/crafted" "$HOME_A/crafted"
	forget_events
	# shellcheck disable=SC2016
	guarded alice sh -c '"$0"' "$HOME_A/crafted"
	expect_status 126
	expect_event '.reason == "malformed"'
done

it "S9: a sparse file of 1 TiB: runs if it is good, is malformed if not"
copy alice "$BIN/forbidden" "$HOME_A/large"
truncate -s 1T "$HOME_A/large"
passes "$HOME_A/large"
"$BIN/craft" far "$BIN/forbidden" "$T/crafted"
copy alice "$T/crafted" "$HOME_A/large"
truncate -s 1T "$HOME_A/large"
forget_events
guarded alice "$HOME_A/large"
expect_status 126
expect_event '.reason == "malformed"'
rm -f "$HOME_A/large"

it "S9: a FIFO, a device, a folder: nobody waits, nothing runs"
mkfifo -m 0777 "$HOME_A/fifo"
mknod -m 0777 "$HOME_A/zero" c 1 5
mkdir -m 0777 "$HOME_A/folder"
for thing in fifo zero folder; do
	guarded alice "$HOME_A/$thing"
	expect_status 126
done

# --- R5: what is read is not what runs -------------------------------------------

TAMPERED=$HOME_A/tampered

# tampered HOW ROUNDS FILE...: evil runs bare, and does not guarded.
tampered() {
	rm -f "$MARK"
	bare alice "$BIN/tamper" "$@"
	echo "# $1, bare: $(head -n 1 "$stdout_file")"
	expect_stdout_has ESCAPED
	rm -f "$MARK"
	forget_events
	patient alice "$BIN/tamper" "$@"
	echo "# $1, guarded: $(head -n 1 "$stdout_file")"
	expect_status 0
	expect_stdout_has "$2 rounds: 0 evil ran"
	expect_missing "$MARK"
	expect_event '.event == "exec" and .reason == "not-pie"'
}

for hold in '' 'segvguard { }'; do
	elf 'pie = require' "$hold"
	it "R5: PIE while it is looked at, none when it runs, its change time \
kept${hold:+ (held)}"
	copy alice "$BIN/forbidden_static" $TAMPERED
	tampered race 150 $TAMPERED
	expect_stdout_has 'change time kept'
	expect 'some that were killed at confirm' [ "$(score killed)" -gt 0 ]
	expect_event '.phase == "confirm" and .reason == "not-pie"'
done

elf 'pie = require'
it "R5: once good, and changed by a mapping that tmpfs does not notice"
mkdir "$HOME_A/tmpfs"
mount -t tmpfs -o mode=1777 tmpfs "$HOME_A/tmpfs"
copy alice "$BIN/forbidden_static" "$HOME_A/tmpfs/tampered"
tampered silent 1 "$HOME_A/tmpfs/tampered"
expect_stdout_has 'change time kept'

it "R5: and by one that a disk notices"
tampered silent 1 $TAMPERED

# shellcheck disable=SC2016
OVERLAY='mount -t overlay none \
    -o "lowerdir=$0/low,upperdir=$0/up,workdir=$0/work" "$0/mnt" && exec "$@"'
for folder in low up work mnt; do
	mkdir "$HOME_A/$folder"
	chown alice: "$HOME_A/$folder"
done

it "R5: beneath an overlay of the user's it is written to while it runs"
copy alice "$BIN/forbidden_static" "$HOME_A/up/tampered"
for how in bare guarded; do
	rm -f "$MARK"
	forget_events
	$how alice unshare -Urm sh -c "$OVERLAY" "$HOME_A" "$BIN/tamper" \
	    beneath 300 "$HOME_A/mnt/tampered" "$HOME_A/up/tampered"
	echo "# beneath, $how: $(head -n 1 "$stdout_file")"
	[ $how = guarded ] || expect_stdout_has ESCAPED
done
expect_status 0
expect_missing "$MARK"
expect_event '.reason == "uninspected"'

done_testing
