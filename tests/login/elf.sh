#!/bin/sh
# Section elf: real programs of this machine, what sort of ELF file each is, and
# each keyword with one program that it refuses and one that it lets run.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

INSPECT=$B/tests/escape/inspect
MARK=/home/alice/mark
TOOLS=$TRUSTED/tools
mkdir -m 0755 "$TOOLS"

# --- programs of our own ---------------------------------------------------------

# Says by a mark that it ran.
cat >"$T/mark.c" <<'END'
#include <fcntl.h>
#include <unistd.h>
int (*volatile twice)(int);
int main(void)
{
	int fd = open("/home/alice/mark", O_WRONLY | O_CREAT, 0644);
#ifdef NESTED
	int n = 2;
	int times(int x) { return x * n; }
	twice = times;
	return fd < 0 || twice(2) != 4;
#else
	return fd < 0;
#endif
}
END
# Code that is written to before it runs.
cat >"$T/textrel.s" <<'END'
	.globl relocated
	.text
relocated:
	.long relocated
	.section .note.GNU-stack,"",@progbits
END

# make_tool NAME COMPILER OPTION...: what cannot be made here is in no table.
make_tool() {
	tool=$TOOLS/$1
	shift
	if ! "$@" -o "$tool" "$T/mark.c" || ! "$tool" || [ ! -e $MARK ]; then
		rm -f "$tool"
	fi >"$T/make.log" 2>&1
	rm -f $MARK
}

CC=${CC:-cc}
make_tool pie "$CC" -pie -fPIE
make_tool no-pie "$CC" -no-pie -fno-pie
make_tool static "$CC" -static -no-pie
make_tool static-pie "$CC" -static-pie -fPIE
make_tool execstack "$CC" -Wl,-z,execstack
make_tool nested gcc -DNESTED
make_tool 32 "$CC" -m32
make_tool 32-no-pie "$CC" -m32 -no-pie -fno-pie
make_tool 32-textrel "$CC" -m32 -pie -Wl,-z,notext -Wl,-z,noexecstack \
    "$T/textrel.s"
make_tool omagic musl-gcc -static -Wl,-N
make_tool musl musl-gcc
make_tool musl-static musl-gcc -static
for how in unset two-stacks; do
	crafted=$how
	[ $how = unset ] || crafted='plain-exec'
	"$B/tests/escape/craft" $crafted "$TOOLS/pie" "$TOOLS/$how"
done
"$B/tests/escape/craft" rwx "$TOOLS/pie" "$TOOLS/rwx"
"$B/tests/escape/craft" empty "$TOOLS/pie" "$TOOLS/empty"
chmod 0755 "$TOOLS"/*

# --- the table ---------------------------------------------------------------------

# sort_of FILE WORDS: what the inspector makes of it.  A file that is not on
# this machine, or is a script here, is no row.
sort_of() {
	sort_file=$(readlink -f "$1")
	[ -f "$sort_file" ] && [ "$(head -c 4 "$sort_file" | tail -c 3)" = ELF ] ||
	    return 0
	it "$1 is $2"
	run "$INSPECT" "$B/guardd/inspector" "$sort_file"
	expect_stdout "$sort_file: $2"
}

# What binutils make of it: systems differ in how they build.
by_readelf() {
	LC_ALL=C readelf -hlW "$1" | awk '
		/^  Class:/ { bits = $2 ~ /32/ ? 32 : 64 }
		/^  Type:/ { place = $2 == "DYN" ? "pie" : "fixed" }
		$1 == "INTERP" { kind = "dynamic" }
		$1 == "GNU_STACK" {
			stack = / RWE /? "exec-stack" : "plain-stack"
		}
		END {
			print kind == "" ? "static" : kind, bits, place, \
			    stack == "" ? "unset-stack" : stack
		}'
}

plain='dynamic 64 pie plain-stack'
for file in /usr/bin/sh /usr/bin/bash /usr/bin/perl /usr/bin/ssh \
    /usr/bin/sudo /usr/bin/su /usr/bin/busybox /usr/bin/python3 \
    /usr/bin/node /usr/bin/java /usr/bin/go /usr/lib/gcc/*/*/cc1; do
	[ ! -e "$file" ] || sort_of "$file" "$(by_readelf "$file")"
done
for file in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 \
    /lib/ld-musl-*.so.1; do
	sort_of "$file" 'loader 64 pie plain-stack'
done
sort_of /lib/ld-linux.so.2 'loader 32 pie plain-stack'
for file in /lib/*-linux-gnu/libc.so.6 /lib64/libc.so.6; do
	sort_of "$file" 'library 64 pie plain-stack'
done
for file in /lib/*-linux-gnu/libm.so.6 /lib64/libm.so.6; do
	sort_of "$file" 'library 64 pie plain-stack'
done
sort_of "$TOOLS/pie" "$plain"
sort_of "$TOOLS/no-pie" 'dynamic 64 fixed plain-stack'
sort_of "$TOOLS/static" 'static 64 fixed plain-stack'
sort_of "$TOOLS/static-pie" 'static 64 pie plain-stack'
sort_of "$TOOLS/execstack" 'dynamic 64 pie exec-stack'
sort_of "$TOOLS/nested" 'dynamic 64 pie exec-stack'
sort_of "$TOOLS/unset" 'dynamic 64 pie unset-stack'
sort_of "$TOOLS/two-stacks" 'dynamic 64 pie exec-stack'
sort_of "$TOOLS/32" 'dynamic 32 pie plain-stack'
sort_of "$TOOLS/32-no-pie" 'dynamic 32 fixed plain-stack'
sort_of "$TOOLS/32-textrel" 'dynamic 32 pie plain-stack textrel'
sort_of "$TOOLS/rwx" 'dynamic 64 pie plain-stack rwx'
sort_of "$TOOLS/omagic" 'static 64 fixed plain-stack rwx'
sort_of "$TOOLS/musl" 'dynamic 64 pie plain-stack'
sort_of "$TOOLS/musl-static" 'static 64 fixed plain-stack'
sort_of "$TOOLS/empty" 'malformed'

it "what is no ELF file is none"
run "$INSPECT" "$B/guardd/inspector" /etc/passwd
expect_stdout '/etc/passwd: no-elf'

# --- the keywords --------------------------------------------------------------------

# elf TEXT: as a login, with that in the section.
elf() {
	policy "policy \"students\" {
		groups = {\"students\"}
		elf { $1 }
	}"
}

refuses() {
	[ -e "$1" ] || return 0
	it "elf { $word }: refuses ${1##*/}"
	forget_events
	login alice "$1"
	expect_status 126
	expect_stderr 'Permission denied'
	expect_missing $MARK
	expect_event ".event == \"exec\" and .check == \"elf\" and
	    .reason == \"$2\" and .action == \"deny\" and
	    .path == \"$(readlink -f "$1")\""
}

lets() {
	[ -e "$1" ] || return 0
	it "elf { $word }: lets ${1##*/} run"
	login alice "$1"
	expect_status 0
	expect_exists $MARK
	rm -f $MARK
}

start_sshd
word='pie = require'
elf "$word"
refuses "$TOOLS/no-pie" not-pie
refuses "$TOOLS/static" not-pie
lets "$TOOLS/pie"
lets "$TOOLS/static-pie"

word='execstack = deny'
elf "$word"
for tool in execstack nested unset two-stacks; do
	refuses "$TOOLS/$tool" execstack
done
lets "$TOOLS/pie"
lets "$TOOLS/no-pie"
lets "$TOOLS/static"

word='elf32 = deny'
elf "$word"
refuses "$TOOLS/32" elf32
lets "$TOOLS/no-pie"

word='dynamic = deny'
elf "$word"
# The shell of a login is dynamic itself: by the CLI.
it "elf { dynamic = deny }: refuses a dynamic program, lets a static one run"
forget_events
guarded alice "$TOOLS/pie"
expect_status 126
expect_missing $MARK
expect_event '.reason == "dynamic"'
guarded alice "$TOOLS/static"
expect_status 0
expect_exists $MARK
rm -f $MARK

word='static = deny'
elf "$word"
refuses "$TOOLS/static" static
refuses "$TOOLS/static-pie" static
lets "$TOOLS/pie"

word='ldso = deny'
elf "$word"
it "elf { ldso = deny }: refuses the loader and the C library"
loader=$(ldd "$TOOLS/pie" | sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p')
libc=$(ldd "$TOOLS/pie" | sed -n 's/.*=> \(\/[^ ]*libc.so.6\) .*/\1/p')
for file in "$loader $TOOLS/pie" "$libc"; do
	forget_events
	login alice "$file"
	expect_status 126
	expect_missing $MARK
	expect_event '.reason == "ldso"'
done
lets "$TOOLS/pie"

word='textrel = deny'
elf "$word"
refuses "$TOOLS/32-textrel" textrel
lets "$TOOLS/32"
lets "$TOOLS/pie"

word='rwx = deny'
elf "$word"
refuses "$TOOLS/rwx" rwx
refuses "$TOOLS/omagic" rwx
lets "$TOOLS/static"

word='rwx = allow'
elf "$word"
refuses "$TOOLS/empty" malformed
lets "$TOOLS/rwx"
lets "$TOOLS/execstack"

word="pie = require  execstack = deny  except = {\"$TOOLS/no-*\"}"
elf "$word"
lets "$TOOLS/no-pie"
refuses "$TOOLS/static" not-pie

it "elf: a script is its interpreter"
word='pie = require'
elf "$word"
give root "$TOOLS/script" <<END
#!$TOOLS/no-pie
END
forget_events
login alice "$TOOLS/script"
expect_status 126
expect_missing $MARK
expect_event '.reason == "not-pie"'
give root "$TOOLS/script" <<END
#!/bin/sh
$TOOLS/pie
END
login alice "$TOOLS/script"
expect_status 0
expect_exists $MARK
rm -f $MARK

it "elf: under a permissive policy it is said, and runs"
policy 'policy "students" {
	groups = {"students"}
	mode = permissive
	elf { pie = require }
}'
forget_events
login alice "$TOOLS/no-pie"
expect_status 0
expect_exists $MARK
expect_event '.action == "warn" and .reason == "not-pie"'

done_testing
