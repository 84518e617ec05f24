# shellcheck shell=sh
# work.sh - what is done in each way: one function a row, row_NAME, but with _
# for -.
#
# The ways of a row alternate, in short rounds and in both orders, so that a
# machine that grows slower grows slower for all.  Each measurement is one line
# of $SAMPLES:
#
#	row,way,round,value		ns of one operation, or KiB of memory

COST=$TRUSTED/cost
NOTHING=$TRUSTED/nothing
GUARDED='let-go hold full'

# sample ROW WAY ROUND VALUE
sample() {
	echo "$1,$2,$3,$4" >>"$SAMPLES"
}

reversed() {
	echo "$1" | tr ' ' '\n' | tac | tr '\n' ' '
}

# measure ROW ROUNDS WAYS CMD...: CMD prints what it took.  $before: what is to
# be done before each, for nothing.
before=:
measure() {
	m_row=$1 m_rounds=$2 m_ways=$3 m_round=0
	shift 3
	while [ $m_round -lt "$m_rounds" ]; do
		m_round=$((m_round + 1))
		for m_way in $m_ways; do
			is_here "$m_way" || continue
			$before
			if m_value=$(way "$m_way" "$@" 2>"$T/failed"); then
				sample "$m_row" "$m_way" $m_round "$m_value"
				continue
			fi
			echo "bench: $m_row, $m_way: failed:" \
			    "$(tail -n 1 "$T/failed")" >&2
			exit 1
		done
		m_ways=$(reversed "$m_ways")
	done
}

# --- one operation ------------------------------------------------------------------

row_spawn() {
	measure spawn "$ROUNDS" "bare $GUARDED every $PEERS" "$COST" spawn 150
}

row_static() {
	measure static "$ROUNDS" "bare $GUARDED $PEERS" "$COST" spawn 150 "$NOTHING"
}

row_python() {
	measure python "$ROUNDS" "bare $GUARDED judged $PEERS" "$COST" python 20
}

# On one processor, asker and guard hand over to each other without waking
# another one.
row_spawn_pinned() {
	pin='taskset -c 0'
	measure spawn-pinned "$ROUNDS" 'bare let-go hold every' \
	    "$COST" spawn 150
	pin=''
}

row_python_pinned() {
	pin='taskset -c 0'
	measure python-pinned "$ROUNDS" 'bare let-go judged' "$COST" python 20
	pin=''
}

row_fork() {
	measure fork "$ROUNDS" "bare $GUARDED $PEERS" "$COST" fork 800
}

row_thread() {
	measure thread "$ROUNDS" "bare $GUARDED $PEERS" "$COST" thread 3000
}

row_signal() {
	measure signal "$ROUNDS" "bare $GUARDED $PEERS" "$COST" signal 20000
}

# --- real work ----------------------------------------------------------------------

# A shell that starts 10,000 programs one after the other.
row_script() {
	cat >"$TRUSTED/script" <<-'END'
		#!/bin/sh
		i=0
		while [ $i -lt 10000 ]; do
			/bin/true
			i=$((i + 1))
		done
	END
	chmod 0755 "$TRUSTED/script"
	measure script "$(a_few 5)" "bare $GUARDED $PEERS" \
	    "$COST" command "$TRUSTED/script"
}

TREE=/home/alice/package

# A tree as it was unpacked, $T/fresh.tar; or as it was configured.
fresh_tree() {
	rm -rf "$TREE"
	mkdir "$TREE"
	tar -C "$TREE" -xf "$T/fresh.tar"
	chown -R alice: "$TREE"
}

# Source that a distribution builds; fetch.sh has brought it.
unpack_package() {
	[ -e "$PACKAGE" ] || {
		echo "$row: fetch.sh found no source to build" >>"$T/absent"
		return 1
	}
	mkdir "$T/unpacked"
	tar -C "$T/unpacked" --strip-components=1 -xf "$PACKAGE"
	tar -C "$T/unpacked" -cf "$T/fresh.tar" .
	rm -rf "$T/unpacked"
}

# A shell with a few hundred commands of its own, and in between a compiler.
row_configure() {
	unpack_package || return
	before=fresh_tree
	measure configure "$(a_few 3)" "bare $GUARDED $PEERS" \
	    "$COST" command sh -c "cd $TREE && ./configure >/dev/null 2>&1"
	before=:
}

row_make() {
	unpack_package || return
	fresh_tree
	way bare sh -c "cd $TREE && ./configure >/dev/null 2>&1" || return
	tar -C "$TREE" -cf "$T/fresh.tar" .
	before=fresh_tree
	measure make "$(a_few 3)" "bare $GUARDED $PEERS" \
	    "$COST" command sh -c "cd $TREE && make -j2 >/dev/null 2>&1"
	before=:
}
