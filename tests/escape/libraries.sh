#!/bin/sh
# Code without an exec: rows L2, L3 and L4.

. "$(dirname "$0")/lib.sh"

CODE=/home/alice/code
LIB=/home/alice/evil.so
BARE_ROUNDS=300

# judged [MODE]: libraries are judged; held: and every process is held.
judged() {
	judged_hold=''
	[ "${1:-}" != held ] || judged_hold='segvguard { maxcrashes = 30 }'
	policy "policy \"test\" {
		users = { \"alice\", \"bob\" }
		tpe {
			roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
			libraries = true
			${2:-}
		}
		$judged_hold
	}"
}

# How alice's library shows that it was loaded; -laudit wants the second.
cat >"$T/evil.c" <<'END'
#include <stdio.h>
#include <stdlib.h>

unsigned la_version(unsigned version);
unsigned la_version(unsigned version) { return version; }
int gconv(void);
int gconv(void) { return 0; }
int answer(void);
int answer(void) { return 0; }

__attribute__((constructor)) static void
leave_mark(void)
{
	FILE *mark = fopen(getenv("ESCAPE_MARK"), "a");

	if (mark != NULL && fputc('x', mark) != EOF)
		(void)fclose(mark);
}
END
cc -shared -fPIC -o "$T/evil.so" "$T/evil.c"
mkdir -m 0755 "$TRUSTED/lib"
printf 'int answer(void) { return 0; }\n' >"$T/good.c"
cc -shared -fPIC -o "$TRUSTED/lib/libanswer.so" "$T/good.c"
printf 'int answer(void); int main(void) { return answer(); }\n' >"$T/user.c"
cc -o "$BIN/user" "$T/user.c" -L"$TRUSTED/lib" -lanswer \
    -Wl,--enable-new-dtags,-rpath,"$TRUSTED/lib"
copy alice "$T/evil.so" "$LIB"
mkdir -m 0755 /home/alice/lib /home/alice/gconv
copy alice "$T/evil.so" /home/alice/lib/libanswer.so
copy alice "$T/evil.so" /home/alice/gconv/EVIL.so
echo 'module EVIL// INTERNAL EVIL 1' >/home/alice/gconv/gconv-modules
chown -R alice: /home/alice
bare alice "$BIN/library" make $CODE
bare root "$BIN/library" make "$TRUSTED/code"

# --- L2: the dynamic loader's environment ------------------------------------

# environment STATUS NAME=VALUE... CMD...: the library is loaded where no guard
# is, and not under one, where CMD ends with STATUS.
environment() {
	environment_status=$1
	shift
	rm -f "$MARK"
	bare alice env "$@"
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice env "$@"
	expect_status "$environment_status"
	expect_missing "$MARK"
	expect_event '.role == "library" and .action == "deny" and
	    .phase == "ask" and .check == "tpe" and
	    .reason == "outside-roots" and .tip == "tpe.roots"'
}

# Row L1 as far as it is a matter of libraries: what ld.so starts, it maps.
wins_by_ld_so() {
	rm -f "$MARK"
	bare alice "$@"
	expect_exists "$MARK"
	rm -f "$MARK"
	forget_events
	guarded alice "$@"
	expect_status 127
	expect_missing "$MARK"
	expect_event '.role == "library" and .action == "deny"'
}

for hold in let_go held; do
	judged $hold
	it "L2: LD_PRELOAD of a user's library ($hold)"
	environment 0 LD_PRELOAD=$LIB /usr/bin/true
	expect_stderr 'failed to map segment'

	it "L2: LD_AUDIT ($hold)"
	environment 0 LD_AUDIT=$LIB /usr/bin/true

	it "L2: LD_LIBRARY_PATH ($hold)"
	environment 127 LD_LIBRARY_PATH=/home/alice/lib "$BIN/user"

	it "L2: GCONV_PATH ($hold)"
	environment 1 GCONV_PATH=/home/alice/gconv iconv -f EVIL -t UTF-8 \
	    /dev/null

	it "L2: GLIBC_TUNABLES beside it ($hold)"
	environment 0 GLIBC_TUNABLES=glibc.rtld.nns=9 LD_PRELOAD=$LIB \
	    /usr/bin/true
done

for hold in let_go held; do
	judged $hold
	it "L1: the dynamic loader started as a program ($hold)"
	ld_so=$(ldd "$BIN/user" | sed -n 's|^[^/]*\(/[^ ]*/ld-[^ ]*\) .*|\1|p')
	wins_by_ld_so "$ld_so" "$FORBIDDEN"
done

# --- L3: what a program can do ---------------------------------------------------

# ways PROGRAM WAY...: each runs the file's code where no guard is, and does not
# under one.
ways() {
	ways_program=$1
	shift
	for way; do
		it "L3: $ways_program: $way ($hold)"
		wins "$BIN/$ways_program" "$way" $CODE
		fails "$BIN/$ways_program" "$way" $CODE
		expect_stdout_has refused
	done
}

case $(uname -m) in
x86_64) has_32=yes ;;
*) has_32= ;;
esac

for hold in let_go held; do
	judged $hold
	it "L3: dlopen ($hold)"
	wins "$BIN/library" dlopen $LIB
	fails "$BIN/library" dlopen $LIB
	expect_stdout_has 'failed to map segment'

	ways library map shared high protect pkey moved written tail memfd \
	    personality shm shmprotect

	it "L3: a JIT works: anonymous memory, and /dev/zero ($hold)"
	guarded alice "$BIN/library" anon $CODE
	expect_stdout "$(printf 'the JIT works\nthe JIT works')"
	guarded alice "$BIN/library" zero $CODE
	expect_stdout "$(printf 'the JIT works\nthe JIT works\nthe JIT works')"

	it "L3: a trusted file is mapped like any other ($hold)"
	guarded alice "$BIN/library" map "$TRUSTED/code"
	expect_exists "$MARK"
	rm -f "$MARK"
	guarded alice "$BIN/user"
	expect_status 0

	it "L3: but not when somebody else can write it ($hold)"
	chmod 0666 "$TRUSTED/code"
	fails "$BIN/library" map "$TRUSTED/code"
	expect_event '.reason == "writable" and .role == "library"'
	chmod 0755 "$TRUSTED/code"

	[ -n "$has_32" ] || continue
	ways library map32 protect32 personality32
	ways library_32 map shared protect pkey moved written tail memfd \
	    personality shm shmprotect

	it "L3: shmat by ipc(2) with a version ($hold)"
	forget_events
	guarded alice "$BIN/library" shm32 $CODE
	expect_status 0
	expect_stdout_has 'refused: Operation not permitted'
	expect_missing "$MARK"
	expect_event '.reason == "unjudged" and .asked == "shmat(SHM_EXEC)"'

	# Its arguments stand in memory: there is no such call.
	it "L3: mmap by its old number ($hold)"
	wins "$BIN/library" old32 $CODE
	guarded alice "$BIN/library" old32 $CODE
	expect_status 0
	expect_stdout 'refused: Function not implemented'
	expect_missing "$MARK"
done

# A 32-bit program without PT_GNU_STACK: the kernel makes all that it can read
# executable.
for hold in let_go held; do
	judged $hold
	it "L3: a program that makes all it reads executable does not start \
($hold)"
	if [ -n "$has_32" ]; then
		install -m 0755 "$BIN/library_32" "$BIN/unmarked"
		bare root "$BIN/library" unmark "$BIN/unmarked"
		wins "$BIN/unmarked" read $CODE
		forget_events
		guarded alice "$BIN/unmarked" read $CODE
		expect_status 137
		expect_missing "$MARK"
		expect_event '.phase == "confirm" and .reason == "unjudged" and
		    .check == "tpe"'
	else
		skip 'no 32-bit programs on this architecture'
	fi
done

# --- L4: exchanged between question and answer ------------------------------------

# race MODE ROUNDS [BARE-ROUNDS]: wins often where no guard is, and never under one.
race() {
	rm -f "$MARK"
	bare alice "$BIN/swap" "${3:-$BARE_ROUNDS}" "$TRUSTED/code" $CODE "$1"
	expect_exists "$MARK"
	expect 'a race that wins often without a guard' \
	    [ "$(score 'forbidden ran')" -gt $((BARE_ROUNDS / 60)) ]
	rm -f "$MARK"
	forget_events
	patient alice "$BIN/swap" "$2" "$TRUSTED/code" $CODE "$1"
	echo "# $1 ($hold): $(head -n 1 "$stdout_file")"
	[ "$1" != vfork ] || return 0
	expect_status 0
	expect_missing "$MARK"
	expect 'no forbidden run' [ "$(score 'forbidden ran')" = 0 ]
	expect 'some of the allowed that ran' [ "$(score 'allowed ran')" -gt 0 ]
}

for hold in let_go held; do
	judged $hold
	for mode in thread memory; do
		it "L4: another thread exchanges it ($mode, $hold)"
		race $mode 1000
		expect_event '.role == "library" and .action == "deny"'
	done

	for mode in files files3; do
		it "L4: a process cannot share the descriptors ($mode, $hold)"
		race $mode 300
		expect_stdout_has 'no swapper'
	done

	it "L4: a thread of io_uring exchanges it ($hold)"
	bare alice "$BIN/swap" 1 "$TRUSTED/code" $CODE uring
	if grep -q 'no swapper' "$stdout_file"; then
		skip 'io_uring is not to be had here'
	else
		race uring 1000 5000
	fi
done

# A guard that ends its own session looks at every process for a moment, and is
# no tracer to be trusted, whichever build it is of.
it "L4: while guards of another build look at the processes"
judged
cp "$GUARDD" "$TRUSTED/guardd"
echo >>"$TRUSTED/guardd" # another file, the same program
cat >"$T/ends.conf" <<-END
	policy "ends" { tpe { roots = {"/usr"}  action = exit } }
END
sweep() {
	while [ -e "$T/sweeping" ]; do
		timeout 10 "$CTL" run -u bob -g "$TRUSTED/guardd" \
		    -p "$T/ends.conf" -- sh -c /home/alice/forbidden
	done >/dev/null 2>&1
}
: >"$T/sweeping"
for i in 1 2 3; do sweep & done
hold='let_go, looked at'
race thread 1000
rm -f "$T/sweeping"
wait

judged let_go 'except = { "memfd:code" }'
it "L3: an excepted memfd is mapped"
guarded alice "$BIN/library" memfd $CODE
expect_exists "$MARK"
rm -f "$MARK"

# Not held, and worth nothing: whoever runs code in a vfork child can write the
# same bytes into memory of his own.  With write_exec = deny neither is left.
hold=let_go
judged
it "L4: the parent of a vfork child exchanges what mprotect is about"
race vfork 1000
policy "policy \"test\" {
	users = { \"alice\" }
	tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" }
	    libraries = true }
	memory { write_exec = deny }
}"
rm -f "$MARK"
patient alice "$BIN/swap" 300 "$TRUSTED/code" $CODE vfork
expect_status 0
expect_missing "$MARK"

done_testing
