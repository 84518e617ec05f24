# report.awk - samples to medians, quartiles, ratios, and targets to verdicts.
#
#	awk -v form=table   -f report.awk targets samples.csv
#	awk -v form=targets -f report.awk targets samples.csv
#	awk -v form=chart   -f report.awk targets samples.csv
#
# table: one line a row and way, in us (memory: KiB).  targets: met or missed.
# chart: for gnuplot, one line a row, and for each way its ratio to bare and
# the quartiles of that.

FILENAME ~ /targets$/ {
	if ($0 !~ /^(#|$)/)
		target[++n_targets] = $0
	next
}

/^#/ || FNR == 1 { next }

{
	split($0, field, ",")
	key = field[1] "/" field[2]
	if (!(field[1] in row_seen)) {
		row_seen[field[1]]
		rows[++n_rows] = field[1]
	}
	value[key, ++n[key]] = field[4] + 0
}

# The values of a key in order, and then what lies at the share q of them.
function sort_values(key,    i, j, x) {
	for (i = 2; i <= n[key]; i++) {
		x = value[key, i]
		for (j = i - 1; j >= 1 && value[key, j] > x; j--)
			value[key, j + 1] = value[key, j]
		value[key, j + 1] = x
	}
}

function quantile(key, q,    at, low) {
	at = 1 + q * (n[key] - 1)
	low = int(at)
	if (low == n[key])
		return value[key, low]
	return value[key, low] + (at - low) * (value[key, low + 1] - value[key, low])
}

function median(key) {
	return quantile(key, 0.5)
}

function is_memory(row) {
	return row ~ /^(pss|own|tables)-/
}

function print_table(    i, j, key, bare, unit, ratio) {
	printf "%-16s %-15s %4s %11s %11s %11s %8s\n", \
	    "row", "way", "n", "median", "quartile", "quartile", "ratio"
	for (i = 1; i <= n_rows; i++)
		for (j = 1; j <= n_ways; j++) {
			key = rows[i] "/" ways[j]
			if (!(key in n))
				continue
			bare = rows[i] "/bare"
			unit = is_memory(rows[i]) ? 1 : 1000
			ratio = bare in n ? sprintf("%.3f", median(key) / median(bare)) : "-"
			printf "%-16s %-15s %4d %11.1f %11.1f %11.1f %8s\n", \
			    rows[i], ways[j], n[key], median(key) / unit, \
			    quantile(key, 0.25) / unit, quantile(key, 0.75) / unit, \
			    ratio
		}
}

# The sum of medians of A+B+..., or -1 when one was not measured.
function sum_of(keys,    part, i, k, sum) {
	k = split(keys, part, "+")
	for (i = 1; i <= k; i++) {
		if (!(part[i] in n))
			return -1
		sum += median(part[i])
	}
	return sum
}

function bare_of(key) {
	sub(/\/.*/, "/bare", key)
	return median(key)
}

function judge(kind, a, b, most,    x, y, bare, got) {
	x = sum_of(a)
	y = b == "-" ? 0 : sum_of(b)
	if (x < 0 || y < 0)
		return
	if (kind == "ratio")
		got = x / y
	else if (kind == "growth")
		got = (x / bare_of(a)) / (y / bare_of(b))
	else if (kind == "more")
		got = (x - y) / 1e6
	else if (kind == "memory")
		got = x
	else {
		bare = bare_of(a)
		# Who takes no more than bare is not to be beaten.
		got = y > bare ? (x - bare) / (y - bare) : 999
	}
	if (got <= most)
		n_met++
	else
		n_missed++
	printf "%-7s %-32s %-20s %9.3f %8s  %s\n", kind, a, b, got, most, \
	    got <= most ? "met" : "missed"
}

function print_targets(    i, part) {
	printf "%-7s %-32s %-20s %9s %8s\n", "what", "of", "against", "is", \
	    "at most"
	for (i = 1; i <= n_targets; i++) {
		split(target[i], part)
		judge(part[1], part[2], part[3], part[4])
	}
	printf "\ntargets: %d met, %d missed\n", n_met, n_missed
}

function print_chart(    i, j, key, bare, row) {
	printf "row"
	for (j = 2; j <= n_ways; j++)
		printf "\t%s\tlow\thigh", ways[j]
	print ""
	for (i = 1; i <= n_rows; i++) {
		row = rows[i]
		if (row ~ /-[0-9]+$/ || !((bare = row "/bare") in n))
			continue
		printf "%s", row
		for (j = 2; j <= n_ways; j++) {
			key = row "/" ways[j]
			if (key in n)
				printf "\t%.4f\t%.4f\t%.4f", median(key) / median(bare), \
				    quantile(key, 0.25) / median(bare), \
				    quantile(key, 0.75) / median(bare)
			else
				printf "\t-\t-\t-"
		}
		print ""
	}
}

END {
	n_ways = split("bare let-go hold full judged every sudo-intercept " \
	    "sudo-log strace fapolicyd guardd inspector", ways, " ")
	for (key in n)
		sort_values(key)
	if (form == "table")
		print_table()
	else if (form == "targets")
		print_targets()
	else
		print_chart()
}
