# shellcheck shell=sh
# A tenth of git's own tests: the scripts whose number ends in 3.
packages=git
needs='gcc make perl libc6-dev zlib1g-dev'

build() {
	make -s -j"$JOBS" CFLAGS='-O0 -w' NO_GETTEXT=1 NO_TCLTK=1 NO_CURL=1 \
	    NO_EXPAT=1 NO_OPENSSL=1 all
}

units() {
	(cd t && ls t[0-9][0-9][0-9]3-*.sh)
}

alone() {
	scratch
	cd t || exit 1
	GIT_TEST_CHAIN_LINT=0 sh "./$1" --root="$scratch" | tap "$1" names
}
