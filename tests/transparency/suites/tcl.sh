# shellcheck shell=sh
# Tcl's own tests; a unit is a file of them.
packages=tcl8.6
needs='gcc make libc6-dev zlib1g-dev'

build() {
	cd unix || return
	./configure -q CFLAGS='-O0 -w'
	make -s -j"$JOBS" CFLAGS='-O0 -w' tcltest
}

# Three of them have most of the cases, take most of the time, and start nothing.
units() {
	(cd tests && ls ./*.test) | sed 's,.*/,,' | grep -vE '^(clock|reg|regexp)\.test$'
}

alone() {
	scratch
	TCL_LIBRARY=$PWD/library ./unix/tcltest "tests/$1" \
	    -verbose 'pass skip body error' -tmpdir "$scratch" |
	    tee /dev/fd/2 | awk -v unit="$1" '
		/^\+\+\+\+ .* PASSED$/ { print "pass " unit ": " $2 }
		/^\+\+\+\+ .* SKIPPED/ { print "skip " unit ": " $2 }
		/^==== .* FAILED$/ && !seen[$2]++ { print "fail " unit ": " $2 }
		/^Tests ended at|Total.*Passed/ { ended = 1 }
		END { print (ended ? "pass " : "fail ") unit }' >&3
}
