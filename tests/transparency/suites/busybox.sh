# shellcheck shell=sh
# busybox's own tests; a unit is an applet.
packages=busybox
needs='gcc make libc6-dev bzip2'
limit=600

build() {
	make -s defconfig
	make -s -j"$JOBS" CONFIG_EXTRA_CFLAGS='-O0 -w'
	sed 's/^for applet in \$applets; do/&\n\techo "UNIT $applet"/' \
	    testsuite/runtest >testsuite/runtest-units
	chmod +x testsuite/runtest-units
}

units() {
	cd testsuite || exit 1
	for unit in *.tests */; do
		unit=${unit%.tests}
		echo "${unit%/}"
	done | LC_ALL=C sort -u
}

# They all use one folder of links.
results() {
	cd testsuite || exit 1
	xargs ./runtest-units 2>&1 | tee "$LOGS/log" | awk '
	/^UNIT / { unit = $2 }
	/^(PASS|FAIL|SKIPPED|UNTESTED): / {
		word = "skip"
		if (/^PASS/)
			word = "pass"
		else if (/^FAIL/)
			word = "fail"
		sub(/^[A-Z]+: /, "")
		print word " " unit ": " $0
	}'
}
