#!/bin/sh
# sizes - a source has at most 400 lines, a header 120, a main 40.
# (Functions are measured by tidy.sh.)
. "$(dirname "$0")/lib.sh"

list '*.c' '*.h' | tr '\n' '\0' | xargs -0 -r awk '
function finish() {
	max = file ~ /\.h$/ ? 120 : 400
	if (lines > max)
		printf "%s:%d: %d lines, and %d are a page\n",
		    file, lines, lines, max
}
FNR == 1 {
	finish()
	file = FILENAME
	main = 0
}
{ lines = FNR }
/^main\(/ { main = FNR }
/^}/ {
	if (main && FNR - main > 41)
		printf "%s:%d: main has %d lines, 40 are a table of contents\n",
		    FILENAME, main, FNR - main - 1
	main = 0
}
END { finish() }' | report
