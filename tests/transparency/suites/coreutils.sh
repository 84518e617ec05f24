# shellcheck shell=sh
# The tests of coreutils, but for those that only root can run.
packages=coreutils
needs='gcc make perl strace libc6-dev'
policy='debuggers = allow' # some tests look at their program with strace

build() {
	./configure -q CFLAGS='-O0 -w' --disable-nls
	make -s -j"$JOBS"
	make -s check TESTS= SUBDIRS=.
}

units() {
	automake_units all_tests
}

results() {
	automake_results
}
