# shellcheck shell=sh
# The tests of util-linux, as far as they need no root.
packages=util-linux
needs='gcc make libc6-dev bison'
limit=120

build() {
	./configure -q CFLAGS='-O0 -w' --disable-nls --without-python \
	    --disable-static --without-ncurses
	make -s -j"$JOBS"
	make -s -j"$JOBS" check-programs
}

units() {
	(cd tests/ts && find . -type f -perm -100 | sed 's,^\./,,' | LC_ALL=C sort)
}

alone() {
	"tests/ts/$1" --parsable --srcdir="$PWD" --builddir="$PWD" |
	    tee /dev/fd/2 | awk -v unit="$1" '
		!/ \.\.\./ { next }
		{
			word = "fail"
			if (/\.\.\. *OK/)
				word = "pass"
			else if (/\.\.\. *SKIPPED/)
				word = "skip"
			sub(/ *\.\.\..*/, "")
			sub(/^ *[^:]*: /, "")
			print word " " unit ": " $0
			n++
		}
		END { if (!n) print "fail " unit }' >&3
}
