# shellcheck shell=sh
# GNU make's own tests, of the make that Debian has built.  A unit is one of
# its scripts; of its cases only the number is said.
packages=make-dfsg
needs='make perl gcc libc6-dev'

build() {
	sed 's/@[A-Z_]*@//' tests/config-flags.pm.in >tests/config-flags.pm
}

units() {
	(cd tests/scripts && ls -d features/* functions/* misc/* options/* \
	    targets/* variables/*)
}

alone() {
	scratch
	cp -r tests "$scratch/"
	cd "$scratch/tests" || exit 1
	perl ./run_make_tests.pl -srcdir "$OLDPWD" -make /usr/bin/make "$1" |
	    tee /dev/fd/2 | awk -v unit="$1" '
		!/\.\.\. / { next }
		/ ok +\([0-9]+ passed\)/ { good = all = cut("[0-9]+ passed") }
		/FAILED \([0-9]+\/[0-9]+ passed\)/ {
			good = cut("[0-9]+/"); all = cut("/[0-9]+")
		}
		/N\/A/ { print "skip " unit; left = 1 }
		{ seen = 1 }
		function cut(what) {
			match($0, what)
			what = substr($0, RSTART, RLENGTH)
			gsub(/[^0-9]/, "", what)
			return what + 0
		}
		END {
			for (i = 1; i <= all; i++)
				print (i <= good ? "pass " : "fail ") unit ": " i
			if (!seen || (!all && !left))
				print "fail " unit
		}' >&3
}
