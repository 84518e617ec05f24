# shellcheck shell=sh
# automake.sh - for a suite whose tests a Makefile of automake's runs.

# automake_units [VARIABLE]: the tests that ./Makefile lists.
automake_units() {
	printf 'include Makefile\nlisted:\n\t@printf "%%s\\\\n" $(%s)\n' \
	    "${1:-TESTS}" | make -s -f - listed
}

# automake_results <UNITS: run them, and read what the Makefile noted.
automake_results() {
	cat >"$TMPDIR/units"
	while read -r unit; do
		rm -f "${unit%.*}.trs" "${unit%.*}.log"
	done <"$TMPDIR/units"
	timeout -k 9 3600 make -s -k -j"$JOBS" check-TESTS VERBOSE=no \
	    TESTS="$(tr '\n' ' ' <"$TMPDIR/units")" >"$LOGS/make.log" 2>&1
	while read -r unit; do
		cp "${unit%.*}.log" "$LOGS/$(printf %s "$unit" | tr / _).log"
		awk -v unit="$unit" '
		/^:test-result:/ {
			word = "fail"
			if ($2 == "PASS" || $2 == "XFAIL")
				word = "pass"
			else if ($2 == "SKIP")
				word = "skip"
			sub(/^:test-result: [A-Z]+ */, "")
			print word " " unit ($0 == "" ? "" : ": " $0)
			n++
		}
		END { if (!n) print "fail " unit }' "${unit%.*}.trs" 2>/dev/null ||
		    echo "fail $unit"
	done <"$TMPDIR/units"
}
