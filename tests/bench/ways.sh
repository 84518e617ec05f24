# shellcheck shell=sh
# ways.sh - the ways in which the same program is run, by alice, and who
# watches it then.
#
#	bare		nobody
#	let-go		a guard: tpe, traced from ask to confirm only
#	hold		a guard: tpe and segvguard, traced all the time
#	full		a guard: every check, and held
#	judged		a guard: tpe with its libraries, and let go
#	every		a guard: every check but segvguard and libraries, and let go
#	sudo-intercept	sudo, Defaults intercept, by ptrace
#	sudo-log	sudo, Defaults log_subcmds
#	strace		strace of execve, stopped at no other call
#	fapolicyd	the daemon, permissive, by its own rules for known libraries
#
#	way NAME CMD...		run it so: 300 s at most
#	way_is_there NAME	whether who watches says what he should; else $why
#
# Who compiles is trusted with what he made (own = true): that is what a host
# with a compiler has.

POLICIES=/etc/execguard-bench
# What login(1) gives a user: root's own has folders that he cannot search.
USERS_PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games
PEERS='sudo-intercept sudo-log strace fapolicyd'
pin='' # words before the command that starts it: pinned, so is its guard

# --- policies -------------------------------------------------------------------

# A manifest of 5,000 entries: of what is here as many as it takes, and names
# that nobody asks for.
write_manifest() {
	"$CTL" manifest create "$TRUSTED" /usr/bin /usr/lib/*-linux-gnu*/ld-* |
	    head -n 5000 >"$1"
	awk 'END {
		for (i = NR; i < 5000; i++)
			printf "SHA256 (/usr/lib/nobody/%d) = %064d\n", i, i
	}' "$1" >"$T/more"
	cat "$T/more" >>"$1"
}

# bench_policy NAME TPE [SECTIONS]
bench_policy() {
	cat >"$POLICIES/$1" <<-END
		events = "$EVENTS"
		policy "$1" {
		    users = {"alice"}
		    tpe { roots = {"/usr", "$TRUSTED"}  own = true  $2 }
		    $3
		}
	END
}

write_policies() {
	mkdir -m 0755 "$POLICIES"
	write_manifest "$TRUSTED/manifest"
	checks="
	    exec { default = allow  deny = {\"/usr/games/**\"} }
	    elf { execstack = deny  elf32 = deny  textrel = deny  rwx = deny }
	    integrity { manifest = {\"$TRUSTED/manifest\"}  unlisted = allow }
	    environment { secure = true }"
	bench_policy let-go ''
	bench_policy hold '' 'segvguard { }'
	bench_policy judged 'libraries = true'
	bench_policy every '' "$checks"
	bench_policy full 'libraries = true' "segvguard { } $checks"
}

# --- sudo -----------------------------------------------------------------------

write_sudoers_for() {
	cat >"$T/sudoers.$1" <<-END
		Defaults !lecture, !requiretty, !syslog, logfile = $T/sudo.log
		Defaults $2
		root ALL = (ALL:ALL) NOPASSWD: ALL
	END
	chmod 0440 "$T/sudoers.$1"
}

write_peers() {
	write_sudoers_for sudo-intercept 'intercept, intercept_type = trace'
	write_sudoers_for sudo-log log_subcmds
}

# --- fapolicyd ------------------------------------------------------------------

# It watches mounts: in a mount namespace of its own it sees what runs there,
# and nothing else.  As root: to be another user it wants CAP_SYS_RESOURCE,
# which not every root has.
start_fapolicyd() {
	fap_rules=/usr/share/fapolicyd/sample-rules
	fap_log=$T/fapolicyd.log
	[ -d $fap_rules ] || return
	sed -i 's/^permissive.*/permissive = 1/; s/^trust .*/trust = file/
	    s/^[ug]id .*/#&/' /etc/fapolicyd/fapolicyd.conf
	printf 'uid = root\ngid = root\n' >>/etc/fapolicyd/fapolicyd.conf
	rm -f /etc/fapolicyd/rules.d/*
	# The set known-libs of its README-rules.
	for fap_rule in 10-languages 20-dracut 21-updaters 30-patterns 40-bad-elf \
	    41-shared-obj 42-trusted-elf 70-trusted-lang 72-shell \
	    90-deny-execute 95-allow-open; do
		cp $fap_rules/$fap_rule.rules /etc/fapolicyd/rules.d/
	done
	fagenrules --load >"$fap_log" 2>&1
	# Not all of /usr/lib: its tool looks each file up among all before it.
	for fap_folder in /usr/bin /usr/lib/*-linux-gnu* /usr/lib/gcc \
	    /usr/lib/python3* "$TRUSTED"; do
		fapolicyd-cli --file add "$fap_folder" --trust-file bench
	done >>"$fap_log" 2>&1
	setpriv --pdeathsig KILL unshare -m sh -c '
		mount -t tmpfs tmpfs /var/lib/fapolicyd &&
		mount -t tmpfs tmpfs /run/fapolicyd &&
		exec fapolicyd --debug-deny' >>"$fap_log" 2>&1 &
	fapolicyd=$!
	wait_until 60 fapolicyd_settled
}

fapolicyd_settled() {
	grep -q 'Starting to listen' "$fap_log" || ! kill -0 "$fapolicyd"
}

# --- one program ----------------------------------------------------------------

way() {
	way_name=$1
	shift
	case $way_name in
	bare)
		set -- setpriv --reuid alice --regid alice --init-groups "$@"
		;;
	sudo-*)
		cp "$T/sudoers.$way_name" /etc/sudoers
		set -- sudo -u alice -- "$@"
		;;
	strace)
		set -- strace --seccomp-bpf -f -qq -e trace=execve \
		    -o "${strace_log:-/dev/null}" -u alice "$@"
		;;
	fapolicyd)
		set -- nsenter -m -t "${fapolicyd:-0}" \
		    setpriv --reuid alice --regid alice --init-groups "$@"
		;;
	*)
		set -- "$CTL" run -u alice -p "$POLICIES/$way_name" -- "$@"
		;;
	esac
	# shellcheck disable=SC2086 # nothing, or taskset and its words
	PATH=$USERS_PATH $pin timeout 300 "$@" </dev/null
}

# --- is anybody watching? ---------------------------------------------------------

# What was said of one more exec than the command itself.
is_told() {
	wait_until 5 grep -q "$1" "$2" && return
	why="nothing about an exec in $2: $(tail -n 1 "$2" 2>/dev/null)"
	return 1
}

# bob's program in alice's session: a guard refuses it, the others talk of it.
way_is_there() {
	why='' strace_log=$T/strace.log
	: >"$T/sudo.log"
	: >"$strace_log"
	way "$1" sh -c '/home/bob/tool ran; :' >"$T/way.out" 2>&1
	strace_log=''
	case $1 in
	bare) grep -qx ran "$T/way.out" ;;
	sudo-*) is_told /home/bob/tool "$T/sudo.log" ;;
	strace) is_told /home/bob/tool "$T/strace.log" ;;
	fapolicyd) is_told 'deny.*/home/bob/tool' "$T/fapolicyd.log" ;;
	*)
		grep -q 'ermission denied' "$T/way.out" &&
		    ! grep -qx ran "$T/way.out"
		;;
	esac && return
	why="${why:-$(tail -n 1 "$T/way.out")}"
	return 1
}

# Leaves in $ways_here who can be measured, and in $T/absent who cannot, and why.
find_ways() {
	write_policies
	write_peers
	start_fapolicyd
	copy bob /usr/bin/echo /home/bob/tool
	ways_here=''
	: >"$T/absent"
	for name in bare let-go hold full judged every $PEERS; do
		if way_is_there "$name"; then
			ways_here="$ways_here $name"
			continue
		fi
		echo "$name: $why" >>"$T/absent"
		case " $PEERS " in *" $name "*) continue ;; esac
		echo "bench: $name does not work: $why" >&2
		exit 1
	done
}

is_here() {
	case " $ways_here " in *" $1 "*) return 0 ;; esac
	return 1
}
