# shellcheck shell=sh
# strace's own tests; the session's programs must be allowed to trace.
packages=strace
needs='gcc make gawk libc6-dev'
policy='debuggers = allow'

build() {
	./configure -q CFLAGS='-O0 -w' --enable-mpers=no --enable-bundled=yes
	make -s -j"$JOBS"
	make -s -j"$JOBS" -C tests check TESTS=
}

units() {
	cd tests && automake_units TESTS
}

results() {
	cd tests && automake_results
}
