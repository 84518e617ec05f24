#!/bin/sh
# What sort of ELF file a program may be: loaders run as programs, executable
# stacks, files that are wrong.  Rows L1, L7 and G4.

. "$(dirname "$0")/lib.sh"

LOADER=$(ldd "$ALLOWED" | sed -n 's|.*[[:space:]]\(/[^ ]*ld-[^ ]*\) .*|\1|p')
LIBC=$(ldd "$ALLOWED" | sed -n 's|.*libc\.so\.6 => \([^ ]*\) .*|\1|p')
MUSL=$(find /lib /usr/lib -maxdepth 1 -name 'ld-musl-*' | head -n 1)

# judged SECTION-TEXT: trusted paths for alice, and a section elf.
judged() {
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
		elf { $1 }
	}"
}

# denied REASON CMD...: a loader maps $FORBIDDEN, or would; it does not run.
denied() {
	denied_reason=$1
	shift
	forget_events
	rm -f "$MARK"
	guarded alice "$@"
	expect_status 126
	expect_missing "$MARK"
	expect_event ".event == \"exec\" and .check == \"elf\" and
	    .reason == \"$denied_reason\" and .phase == \"ask\""
}

# --- L1 ------------------------------------------------------------------------

it "L1: without the section a loader runs what may not run"
let_go
rm -f "$MARK"
guarded alice "$LOADER" "$FORBIDDEN"
expect_exists "$MARK"

judged 'ldso = deny'
it "L1: ldso = deny refuses the loader"
denied ldso "$LOADER" "$FORBIDDEN"

it "L1: and its --preload"
denied ldso "$LOADER" --preload "$FORBIDDEN" "$ALLOWED"

it "L1: whatever it is called"
cp "$LOADER" "$TRUSTED/harmless"
denied ldso "$TRUSTED/harmless" "$FORBIDDEN"

it "L1: and when a byte of it was changed"
printf 'x' | dd of="$TRUSTED/harmless" conv=notrunc bs=1 seek=9 2>/dev/null
denied ldso "$TRUSTED/harmless" "$FORBIDDEN"
rm "$TRUSTED/harmless"

it "L1: and the C library"
denied ldso "$LIBC"

it "L1: and that of musl, which is its own loader"
if [ -n "$MUSL" ]; then
	denied ldso "$(readlink -f "$MUSL")" "$FORBIDDEN"
else
	echo '# no musl here'
	expect 'the others' true
fi

it "L1: a program and its loader run as ever"
guarded alice "$ALLOWED"
expect_status 0

# --- L7 ------------------------------------------------------------------------

# Says whether its stack, and that of a thread, can be executed.
cat >"$T/stack.c" <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdint.h>

static int x;

static void *
look(void *where)
{
	uintptr_t here = (uintptr_t)&where, from, to;
	char line[512], mode[8];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 &&
		    from <= here && here < to && mode[2] == 'x')
			x = 1;
	fclose(maps);
	return NULL;
}

int
main(void)
{
	pthread_t thread;

	look(NULL);
	pthread_create(&thread, NULL, look, NULL);
	pthread_join(thread, NULL);
	puts(x ? "executable" : "plain");
	return 0;
}
END

# What is left of a program without its PT_GNU_STACK.
without_header() {
	python3 - "$1" <<-'END'
		import struct, sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		wide = data[4] == 2
		at = struct.unpack_from('<Q' if wide else '<I', data,
		    32 if wide else 28)[0]
		size, n = struct.unpack_from('<HH', data, 54 if wide else 42)
		for i in range(n):
		    if struct.unpack_from('<I', data, at + i * size)[0] == 0x6474e551:
		        struct.pack_into('<I', data, at + i * size, 0)
		open(sys.argv[1], 'wb').write(data)
	END
}

# stack NAME CC-OPTION...
stack() {
	stack_name=$TRUSTED/$1
	shift
	cc -w "$@" -o "$stack_name" "$T/stack.c" -lpthread 2>/dev/null
}

judged 'execstack = deny'
stack plain
stack asked -z execstack
stack unset && without_header "$TRUSTED/unset"
if ! stack unset32 -m32; then
	echo '# no 32-bit compiler here'
else
	without_header "$TRUSTED/unset32"
fi

for name in asked unset unset32; do
	[ -x "$TRUSTED/$name" ] || continue
	it "L7: a stack that the kernel makes executable ($name)"
	bare alice "$TRUSTED/$name"
	expect_stdout executable
	denied execstack "$TRUSTED/$name"
	expect 'nothing ran' [ ! -s "$stdout_file" ]
done

it "L7: one that it does not"
bare alice "$TRUSTED/plain"
expect_stdout plain
guarded alice "$TRUSTED/plain"
expect_stdout plain

# --- G4 ------------------------------------------------------------------------

# Each of the first 64 bytes and of 2 program headers of the allowed and of the
# forbidden program, set to three values: what the kernel would run of them is
# judged, and the forbidden one never runs.
it "G4: headers of every kind are judged, or refused by the kernel"
judged 'pie = require'
mkdir -m 0755 "$TRUSTED/wrong"
python3 - "$BIN/forbidden_static" "$TRUSTED/wrong" <<'END'
import os, sys
good = open(sys.argv[1], 'rb').read()
for at in range(176):
    for value in (0, 0x7f, 0xff):
        data = bytearray(good)
        data[at] = value
        name = os.path.join(sys.argv[2], '%d-%d' % (at, value))
        open(name, 'wb').write(data)
        os.chmod(name, 0o755)
END
rm -f "$MARK"
bare alice "$BIN/forbidden_static"
expect_exists "$MARK"
rm -f "$MARK"
forget_events
# shellcheck disable=SC2016 # for the shell of the session
patient alice /bin/bash -c '
	n=0
	for file in "$1"/*; do
		(exec "$file") >/dev/null 2>&1 && exit 1
		n=$((n + 1))
	done
	/usr/bin/true && echo "$n files"' bash "$TRUSTED/wrong"
expect_status 0
expect_stdout '528 files'
expect_missing "$MARK"
expect_event '.check == "elf" and .reason == "malformed"'
expect_event '.check == "elf" and .reason == "not-pie"'
expect_no_event '.event == "inspector"'

done_testing
