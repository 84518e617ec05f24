#!/bin/sh
# execguardctl manifest: what create prints is what sha256sum prints, and
# verify says which files are not what a manifest says.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

M=$T/m
TREE=$T/tree

create() {
	run "$CTL" manifest create "$@"
}

verify() {
	run "$CTL" manifest verify "$@"
}

# Paths in a manifest whose names need no escape.
paths() {
	sed -n 's/^[A-Za-z0-9-]* (\(.*\)) = [0-9a-f]*$/\1/p' "$1"
}

expect_paths() {
	expect_status 0
	[ "$(paths "$stdout_file")" = "$1" ] && { lib_good && return; }
	fail "the files $1" "$(paths "$stdout_file")"
}

# Each case begins with the same files.
plant() {
	rm -rf "$TREE"
	mkdir -p "$TREE/sub/deep" "$TREE/sub-way"
	echo '#!/bin/sh' >"$TREE/tool"
	echo '#!/bin/sh' >"$TREE/sub/inner"
	echo '#!/bin/sh' >"$TREE/sub-way/other"
	echo '#!/bin/sh' >"$TREE/sub.txt"
	chmod +x "$TREE/tool" "$TREE/sub/inner" "$TREE/sub-way/other" \
	    "$TREE/sub.txt"
	printf '\177ELF library' >"$TREE/sub/deep/libx.so"
	echo 'words' >"$TREE/plain"
	: >"$TREE/empty"
	ln -s "$TREE/tool" "$TREE/link"
	mkfifo "$TREE/fifo"
	mknod "$TREE/null" c 1 3
}

programs="$TREE/sub-way/other
$TREE/sub.txt
$TREE/sub/deep/libx.so
$TREE/sub/inner
$TREE/tool"

# --- create -----------------------------------------------------------------

plant
it "lists programs and shared objects, in the order of their bytes"
create "$TREE"
expect_paths "$programs"

it "lists every regular file with --all"
create --all "$TREE"
expect_paths "$TREE/empty
$TREE/plain
$programs"
cp "$stdout_file" "$T/all"
create -A "$TREE"
expect 'the same with -A' cmp -s "$stdout_file" "$T/all"

it "prints the same a second time, and whatever the order of its arguments"
create "$TREE"
cp "$stdout_file" "$M"
create "$TREE/tool" "$TREE/sub" "$TREE" "$TREE/sub" "$TREE/sub-way/other"
expect_status 0
expect 'the same manifest' cmp -s "$stdout_file" "$M"

it "lists a file that is named, whatever it is"
create "$TREE/plain" "$TREE"
expect_status 0
expect_stdout_has "SHA256 ($TREE/plain) = "
create "$TREE/plain"
expect_paths "$TREE/plain"

it "lists a file under its canonical path"
create "$TREE/link" "$TREE/sub/../sub-way"
expect_paths "$TREE/sub-way/other
$TREE/tool"
run sh -c "cd '$TREE/sub' && '$CTL' manifest create ."
expect_paths "$TREE/sub/deep/libx.so
$TREE/sub/inner"

it "prints what sha256sum --tag prints"
create "$TREE/tool"
cp "$stdout_file" "$M"
run sha256sum --tag "$TREE/tool"
expect 'the same line' cmp -s "$stdout_file" "$M"

it "prints what sha256sum -c takes"
create --all -o "$M" "$TREE"
run sha256sum -c --strict --quiet "$M"
expect_status 0

for algorithm in SHA384 SHA512 BLAKE2b BLAKE2b-256 BLAKE2b-384; do
	it "prints what coreutils take of $algorithm"
	case $algorithm in
	SHA*) sum=sha${algorithm#SHA}sum ;;
	*) sum=b2sum ;;
	esac
	create -a "$algorithm" -o "$M" "$TREE"
	expect_status 0
	run $sum -c --strict --quiet "$M"
	expect_status 0
	verify "$M" "$TREE"
	expect_stdout '5 match'
done

for algorithm in SHA3-256 SHA3-384 SHA3-512; do
	it "verifies what it printed of $algorithm"
	create -a "$algorithm" -o "$M" "$TREE"
	verify "$M" "$TREE"
	expect_status 0
	expect_stdout '5 match'
	expect 'its name' grep -q "^$algorithm (" "$M"
done

it "refuses an algorithm that is weak, or that it does not know"
create -a MD5 "$TREE"
expect_status 2
expect_stderr 'MD5 is weak'
create -a sha256 "$TREE"
expect_status 2
expect_stderr "there is no algorithm 'sha256': SHA256, "

it "walks over mounts, and not into the kernel's own"
mkdir "$TREE/mnt" "$TREE/proc"
mount -t tmpfs tmpfs "$TREE/mnt"
mount -t proc proc "$TREE/proc"
cp "$TREE/tool" "$TREE/mnt/mounted"
create "$TREE"
expect_paths "$TREE/mnt/mounted
$programs"
umount "$TREE/mnt" "$TREE/proc"
create /proc
expect_status 1
expect_stderr 'cannot read /proc: '

it "says what cannot be read, and lists the rest"
create "$TREE/nowhere" "$TREE/fifo" "$TREE/tool"
expect_status 1
expect_stderr "cannot read $TREE/nowhere: No such file or directory"
expect_stderr "cannot read $TREE/fifo: neither a regular file nor a folder"
expect_stdout_has "SHA256 ($TREE/tool) = "

it "does not lose its way in folders of great depth"
deep=$TREE/deep
mkdir "$deep"
(
	cd "$deep" || exit
	for _ in $(seq 200); do
		mkdir d && cd d || exit
	done
)
create "$TREE"
expect_status 1
expect_stderr 'it lies too deep'
expect_stdout_has "SHA256 ($TREE/tool) = "
rm -rf "$deep"

# --- create -o -------------------------------------------------------------

drafts() {
	find "$T" -maxdepth 1 -name '.execguardctl.*'
}

it "replaces the file of -o, readable for all, whatever the umask"
echo old >"$M"
run sh -c "umask 077; '$CTL' manifest create -o '$M' '$TREE'"
expect_status 0
expect_stdout ''
expect 'mode 0644' [ "$(stat -c %a "$M")" = 644 ]
expect 'all files' [ "$(wc -l <"$M")" = 5 ]
expect 'no draft' [ -z "$(drafts)" ]

it "leaves the file of -o as it was when something cannot be read"
echo old >"$M"
create -o "$M" "$TREE" "$TREE/nowhere"
expect_status 1
expect_stderr "$M is left as it was"
expect 'the old contents' [ "$(cat "$M")" = old ]
expect 'no draft' [ -z "$(drafts)" ]

it "leaves it as it was when the disk is full"
mkdir "$T/small"
mount -t tmpfs -o size=64k tmpfs "$T/small"
echo old >"$T/small/m"
mkdir "$TREE/many"
for i in $(seq 1500); do
	: >"$TREE/many/program-$i"
done
chmod -R a+x "$TREE/many"
create -o "$T/small/m" "$TREE/many"
expect_status 1
expect_stderr "cannot write $T/small/m: No space left on device"
expect 'the old contents' [ "$(cat "$T/small/m")" = old ]
expect 'no draft' [ "$(find "$T/small" -type f | wc -l)" = 1 ]
umount "$T/small"
rm -rf "$TREE/many"

it "says when the standard output is full"
run sh -c "'$CTL' manifest create '$TREE' >/dev/full"
expect_status 1
expect_stderr 'cannot write the standard output: No space left on device'

it "leaves it as it was when it is interrupted"
echo old >"$M"
truncate -s 20G "$TREE/large"
chmod +x "$TREE/large"
"$CTL" manifest create -o "$M" "$TREE" &
pid=$!
expect 'a draft' wait_until 5 sh -c \
    "ls -A '$T' | grep -q '^[.]execguardctl[.]'"
kill -TERM "$pid"
status=0
wait "$pid" 2>/dev/null || status=$?
expect_status 143
expect 'the old contents' [ "$(cat "$M")" = old ]
expect 'no draft' [ -z "$(drafts)" ]
rm "$TREE/large"

it "does not list its own output"
create --all -o "$TREE/m" "$TREE"
expect_status 0
create --all -o "$TREE/m" "$TREE"
expect_status 0
expect 'the tree alone' [ "$(wc -l <"$TREE/m")" = 7 ]
run sh -c "'$CTL' manifest create --all '$TREE' >'$TREE/m2'"
expect_status 0
expect 'not itself' [ "$(grep -c /m2 "$TREE/m2")" = 0 ]

it "writes into no folder, and into none that is not there"
create -o "$TREE" "$TREE/tool"
expect_status 1
expect_stderr "cannot write $TREE: Is a directory"
create -o "$T/nowhere/m" "$TREE/tool"
expect_status 1
expect_stderr "cannot write $T/nowhere/m: No such file or directory"

# --- names -------------------------------------------------------------------

plant
newline=$(printf 'a\nb')
cr=$(printf 'c\rd')
it "escapes newlines and backslashes as sha256sum does"
cp "$TREE/tool" "$TREE/$newline"
cp "$TREE/tool" "$TREE/$cr"
cp "$TREE/tool" "$TREE/e\\nf"
cp "$TREE/tool" "$TREE/g) = h"
create -o "$M" "$TREE"
expect_status 0
expect 'nine lines' [ "$(wc -l <"$M")" = 9 ]
expect 'the newline' grep -qF "\\SHA256 ($TREE/a\\nb) = " "$M"
expect 'the carriage return' grep -qF "\\SHA256 ($TREE/c\\rd) = " "$M"
expect 'the backslash' grep -qF "\\SHA256 ($TREE/e\\\\nf) = " "$M"
expect 'the bracket' grep -qF "SHA256 ($TREE/g) = h) = " "$M"
verify "$M" "$TREE"
expect_status 0
expect_stdout '9 match'

it "verifies what sha256sum --tag prints of such names"
run sha256sum --tag "$TREE/$newline" "$TREE/e\\nf" "$TREE/g) = h"
cp "$stdout_file" "$M"
verify "$M"
expect_status 0
expect_stdout '3 match'

it "prints such names so that they do no harm"
bad=$(printf 'x\033[2J\ny')
cp "$TREE/tool" "$TREE/$bad"
create -o "$M" "$TREE/$bad"
rm "$TREE/$bad"
verify -q "$M"
expect_status 1
expect_stdout "$TREE/x\\x1b[2J\\x0ay: missing"
create "$TREE/$bad"
expect_stderr "cannot read $TREE/x\\x1b[2J\\x0ay: No such file"

# --- verify -------------------------------------------------------------------

plant
create -o "$M" "$TREE"

it "finds that all is as it was"
verify "$M"
expect_status 0
expect_stdout '5 match'
verify -q "$M" "$TREE"
expect_status 0
expect_stdout ''
expect 'nothing on stderr' [ ! -s "$stderr_file" ]

it "verifies what sha256sum --tag prints"
run sha256sum --tag "$TREE/tool" "$TREE/plain"
cp "$stdout_file" "$T/theirs"
verify "$T/theirs"
expect_status 0
expect_stdout '2 match'

it "finds files that changed, went, came, or are files no more"
echo more >>"$TREE/tool"
rm "$TREE/sub.txt"
rm "$TREE/sub-way/other"
mkfifo "$TREE/sub-way/other"
cp "$TREE/plain" "$TREE/new"
chmod +x "$TREE/new"
verify "$M" "$TREE"
expect_status 1
expect_stdout "$TREE/sub-way/other: unreadable
$TREE/sub.txt: missing
$TREE/tool: mismatch
$TREE/new: unlisted
2 match, 1 unreadable, 1 mismatch, 1 missing, 1 unlisted"
expect_stderr "cannot read $TREE/sub-way/other: not a regular file"

it "prints the same lines without the sum for -q"
verify -q "$M" "$TREE"
expect_status 1
expect 'four lines' [ "$(wc -l <"$stdout_file")" = 4 ]

it "tells of new files only below the folders that are named"
verify -q "$M" "$TREE/sub"
expect_status 1
expect 'three lines' [ "$(wc -l <"$stdout_file")" = 3 ]

it "finds a listed path that leads over a link"
plant
ln -s sub "$TREE/alias"
sha256sum --tag "$TREE/link" "$TREE/alias/inner" >"$T/links"
verify "$T/links"
expect_status 1
expect_stdout "$TREE/link: link
$TREE/alias/inner: link
0 match, 2 link"

it "compares by the strongest algorithm that is listed"
sha512sum --tag "$TREE/tool" >"$T/both"
sha256sum --tag "$TREE/plain" | sed "s|/plain|/tool|" >>"$T/both"
verify "$T/both"
expect_status 0
expect_stdout '1 match'

it "refuses weak digests, unless they are welcome"
md5sum --tag "$TREE/tool" >"$T/weak"
sha1sum --tag "$TREE/tool" >>"$T/weak"
verify "$T/weak"
expect_status 1
expect_stderr "$T/weak:1: a weak algorithm"
verify -w "$T/weak"
expect_status 0
expect_stdout '1 match'

it "says what is wrong with a manifest, and where"
sha256sum "$TREE/tool" >"$T/wrong"
verify "$T/wrong"
expect_status 1
expect_stdout ''
expect_stderr "$T/wrong:1: it names no algorithm: make the digests with --tag"
(cd "$TREE" && sha256sum --tag tool) >"$T/wrong"
verify "$T/wrong"
expect_status 1
expect_stderr "$T/wrong:1: not an absolute path"
sed 's/$/\r/' "$M" >"$T/wrong"
verify "$T/wrong"
expect_status 1
expect_stderr "$T/wrong:1: it ends as lines end in Windows"
{
	cat "$M"
	sha256sum --tag "$TREE/plain" | sed "s|/plain|/tool|"
} >"$T/wrong"
verify "$T/wrong"
expect_status 1
expect_stderr "$T/wrong:6: another digest of a file that has one by this"
expect_stderr ": the first is at $T/wrong:5"

it "says when there is no such manifest"
verify "$T/nowhere"
expect_status 1
expect_stderr "cannot read $T/nowhere: No such file or directory"
verify "$TREE"
expect_status 1
expect_stderr "cannot read $TREE: Is a directory"

# --- usage --------------------------------------------------------------------

it "says how it is used, with an example that runs"
run "$CTL" help manifest
expect_status 0
expect_stdout_has 'usage: execguardctl manifest create'
expect 'an example' grep -q '^Example: ' "$stdout_file"
cp "$stdout_file" "$T/help"
for words in -h --help 'create -h' 'verify -h'; do
	# shellcheck disable=SC2086 # one word or two
	run "$CTL" manifest $words
	expect_status 0
	expect 'the same text' cmp -s "$stdout_file" "$T/help"
done
sed -n 's/^  execguardctl //p' "$T/help" |
    sed "s|/usr|$TREE|" >"$T/examples"
while read -r example; do
	run sh -c "cd '$T' && '$CTL' $example"
	expect_status 0
done <"$T/examples"

for words in '' nonsense -x create verify 'create -x /' 'verify -x /' \
    'create -a' 'create -o' 'create --none /' 'verify --all /'; do
	it "points at its usage: '$words'"
	# shellcheck disable=SC2086 # words
	run "$CTL" manifest $words
	expect_status 2
	expect_stdout ''
	expect_stderr "try 'execguardctl help manifest'"
done

# --- a terminal ----------------------------------------------------------------

it "shows its progress on a terminal alone, and erases it"
plant
truncate -s 200M "$TREE/first"
chmod +x "$TREE/first"
run script -q -e -c "stty columns 60; '$CTL' manifest create -o '$M' '$TREE'" \
    /dev/null
expect_status 0
expect 'the count' grep -qaE '[0-9] /tmp' "$stdout_file"
expect 'the line erased' sh -c "tail -c 4 '$stdout_file' | od -An -c |
    grep -q '033 *\\[ *K'"

# --- many files ------------------------------------------------------------------

# many FOLDERS: 200 programs in each.
many() {
	rm -rf "$T/many"
	n_folders=0
	while [ $n_folders -lt "$1" ]; do
		mkdir -p "$T/many/$n_folders"
		n_files=0
		while [ $n_files -lt 200 ]; do
			echo $n_files >"$T/many/$n_folders/program-$n_files"
			n_files=$((n_files + 1))
		done
		n_folders=$((n_folders + 1))
	done
	chmod -R a+x "$T/many"
}

# With too little of it libgcrypt aborts, which the inner shell would tell.
create_within() {
	(
		# shellcheck disable=SC3045 # dash and bash have it
		ulimit -v "$1" || exit 1
		timeout 20 "$CTL" manifest create "$T/many" >"$M" || exit 1
	) 2>/dev/null
}

# The least address space, in steps of 64 KiB, in which it works.
least() {
	low=0 high=$((64 * 1024))
	while [ $((high - low)) -gt 64 ]; do
		middle=$(((low + high) / 2))
		if create_within $middle; then
			high=$middle
		else
			low=$middle
		fi
	done
	echo $high
}

case $B in
*-san) ;; # a sanitizer reserves the address space of the whole machine
*)
	it "takes no more memory for 20,000 files than for 200"
	many 1
	limit=$(($(least) + 128))
	echo "# 200 files need $((limit - 128)) KiB of address space"
	many 100
	expect "all of it within $limit KiB" create_within $limit
	expect 'each file listed' [ "$(wc -l <"$M")" = 20000 ]
	rm -rf "$T/many"
	;;
esac

done_testing
