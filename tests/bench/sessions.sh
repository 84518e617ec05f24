# shellcheck shell=sh
# sessions.sh - logins, and what many sessions at once do to them and to each
# other: rows like those of work.sh, over a private sshd.

# --- logins -------------------------------------------------------------------------

# What sshd's next logins are.
logins_are() {
	if [ "$1" = bare ]; then
		no_pam_line "$SSHD_SERVICE"
		return
	fi
	cp "$POLICIES/$1" /etc/execguard.d/bench.conf
	pam_line "$SSHD_SERVICE"
}

# A second sshd, among what fapolicyd watches.
start_watched_sshd() {
	watched_port=$((sshd_port + 1))
	sed "s/^Port .*/Port $watched_port/; s/^PidFile .*/PidFile none/" \
	    "$T/sshd_config" >"$T/watched_config"
	setpriv --pdeathsig KILL nsenter -m -t "$fapolicyd" \
	    "$SSHD" -D -f "$T/watched_config" -E "$T/watched.log" &
	watched_sshd=$!
	wait_until 10 grep -q 'Server listening' "$T/watched.log"
}

# measure_logins ROW N WAYS: the first of each way warms up.
measure_logins() {
	l_ways=$3 l_round=-1
	while [ $l_round -lt "$2" ]; do
		l_round=$((l_round + 1))
		for l_way in $l_ways; do
			l_port=$sshd_port
			if [ "$l_way" = fapolicyd ]; then
				logins_are bare
				l_port=$watched_port
			else
				logins_are "$l_way"
			fi
			l_value=$("$COST" command ssh -F "$T/ssh_config" \
			    -p "$l_port" alice@127.0.0.1 /usr/bin/true \
			    2>"$T/failed") || {
				echo "bench: $1, $l_way: a login failed:" \
				    "$(tail -n 1 "$T/failed")" >&2
				exit 1
			}
			[ $l_round = 0 ] ||
			    sample "$1" "$l_way" $l_round "$l_value"
		done
		l_ways=$(reversed "$l_ways")
	done
}

row_login() {
	login_ways="bare $GUARDED"
	start_sshd
	if is_here fapolicyd && start_watched_sshd; then
		login_ways="$login_ways fapolicyd"
	fi
	measure_logins login "$LOGINS" "$login_ways"
	[ -z "${watched_sshd:-}" ] || kill "$watched_sshd"
	kill "$sshd_pid"
}

# --- many at once --------------------------------------------------------------------

# Each runs a little, and waits for the end of its input, which is the same
# FIFO for all.
CROWD_DOES='id; ls / | sort; echo set; exec cat'

crowd_is_set() {
	[ "$(grep -c '^set$' "$T/crowd.out")" -ge "$crowd" ]
}

crowd_fails() {
	echo "bench: $crowd sessions: not all open:" \
	    "$(tail -n 1 "$T/crowd.out")" >&2
	exit 1
}

# crowd_grow N: until N are open, eight at a time.
crowd_grow() {
	while [ "$crowd" -lt "$1" ]; do
		crowd=$((crowd + 1))
		ssh -F "$T/ssh_config" -p "$sshd_port" alice@127.0.0.1 \
		    "$CROWD_DOES" <"$T/crowd.in" >>"$T/crowd.out" 2>&1 6>&- &
		[ $((crowd % 8)) != 0 ] || wait_until 60 crowd_is_set ||
		    crowd_fails
	done
	wait_until 60 crowd_is_set || crowd_fails
}

crowd_begins() {
	[ -p "$T/crowd.in" ] || mkfifo "$T/crowd.in"
	exec 6<>"$T/crowd.in"
	: >"$T/crowd.out"
	crowd=0
}

crowd_ends() {
	exec 6>&-
	crowd=0
	wait_until 120 no_guard || {
		echo "bench: $(guards | wc -l) guards did not end" >&2
		exit 1
	}
}

# Pids of all that run the file $1, as guards() in ../lib.sh.
running() {
	stat -L -c '%d:%i %n' /proc/[0-9]*/exe 2>/dev/null |
	    awk -v file="$(stat -c %d:%i "$1")" '
		$1 == file { split($2, part, "/"); print part[3] }'
}

# mean_kib FIELD FILE PROGRAM: of all that run it, the mean of a field in
# /proc/PID/FILE.
mean_kib() {
	for mean_pid in $(running "$3"); do
		cat "/proc/$mean_pid/$2"
	done 2>/dev/null | awk -v field="$1:" '
		$1 == field { sum += $2; n++ }
		END { if (n > 0) printf "%.1f\n", sum / n }'
}

# PSS divides what is shared among those who share it.
measure_memory() {
	for m_program in guardd inspector; do
		m_file=${GUARDD%/*}/$m_program
		sample "pss-$1" $m_program 1 \
		    "$(mean_kib Pss smaps_rollup "$m_file")"
		sample "own-$1" $m_program 1 \
		    "$(mean_kib Pss_Anon smaps_rollup "$m_file")"
		sample "tables-$1" $m_program 1 \
		    "$(mean_kib VmPTE status "$m_file")"
	done
}

# With that many others: what a login takes, and an exec in one more session.
measure_among() {
	measure_logins "login-$1" $(((LOGINS / 5) | 1)) 'bare hold'
	measure "spawn-$1" "$ROUNDS" 'bare hold' "$COST" spawn 150
}

# The machine drifts in these minutes: with one session it is measured before
# and after.
row_crowd() {
	start_sshd
	logins_are hold
	crowd_begins
	for many in 1 100 1000; do
		[ $many -le "$SESSIONS" ] || continue
		logins_are hold
		crowd_grow $many
		measure_memory $many
		measure_among $many
	done
	crowd_ends
	crowd_begins
	logins_are hold
	crowd_grow 1
	measure_among 1
	crowd_ends
	kill "$sshd_pid"
}
