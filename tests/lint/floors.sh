#!/bin/sh
# floors - who may include whom (HACKING.md, "Floors").
. "$(dirname "$0")/lib.sh"

list '*.c' '*.h' | grep -v '^tests/' >"$SCRATCH/files"

tr '\n' '\0' <"$SCRATCH/files" | xargs -0 -r awk '
BEGIN {
	may["common"] = "common"
	may["policy"] = "common policy"
	may["guardd/kernel"] = "common guardd/kernel"
	may["gate"] = "common gate"
	may["guardd"] = "common policy guardd/kernel guardd"
	may["pam_module"] = "common gate pam_module"
	may["inspector"] = "common policy inspector"
	may["cli"] = "common policy gate cli"
}
# The folder of the table that a path lies in: the longest.
function floor_of(path, folder, best) {
	best = ""
	for (folder in may)
		if (index(path, folder "/") == 1 &&
		    length(folder) > length(best))
			best = folder
	return best
}
/^[ \t]*#[ \t]*include[ \t]+"/ {
	split($0, part, "\"")
	here = floor_of(FILENAME)
	there = floor_of(part[2])
	if (here == "")
		printf "%s:%d: a folder that no floor names\n", FILENAME, FNR
	else if (there == "")
		printf "%s:%d: \"%s\" is not spelled from the top folder\n",
		    FILENAME, FNR, part[2]
	else if (index(" " may[here] " ", " " there " ") == 0)
		printf "%s:%d: %s/ may not include %s\n",
		    FILENAME, FNR, here, part[2]
}' | report
