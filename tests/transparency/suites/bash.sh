# shellcheck shell=sh
# bash's own tests: a unit is a run-NAME, which compares one output.
packages=bash
needs='gcc make libc6-dev'
limit=120

build() {
	./configure -q CFLAGS='-O0 -w' --disable-nls
	make -s -j"$JOBS"
	make -s recho zecho printenv xcase
	cp recho zecho printenv xcase tests/
}

units() {
	(cd tests && ls run-*) | grep -vE '^run-(all|minimal|gprof)$'
}

alone() {
	scratch
	cd tests || exit 1
	TMPDIR=$scratch BASH_TSTOUT=$scratch/out THIS_SH=../bash BUILD_DIR=.. \
	    PATH=.:$PATH sh "./$1"
	passed "$1" $?
}
