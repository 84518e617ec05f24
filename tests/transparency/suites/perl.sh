# shellcheck shell=sh
# perl's own tests, those of operators and of input and output.
packages=perl
needs='gcc make libc6-dev'

build() {
	./Configure -des -Doptimize=-O0 -Dman1dir=none -Dman3dir=none
	make -s -j"$JOBS" test_prep
}

units() {
	(cd t && ls op/*.t io/*.t)
}

alone() {
	cd t || exit 1
	switches=$(sed -n '1s/^#!.*perl *//p' "$1")
	# shellcheck disable=SC2086 # words
	PERL_CORE=1 ./perl $switches "$1" | tap "$1"
}
