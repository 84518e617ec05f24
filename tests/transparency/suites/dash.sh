# shellcheck shell=sh
# dash has no tests of its own.  Those of other shells are run with it: mksh's
# check.t, and busybox's for ash.  Many are for more than POSIX and fail; they
# must fail with the guard as they do without.
packages='mksh busybox'
needs='dash perl gcc libc6-dev'

build() {
	mkdir -p work
	cp -r busybox/shell/ash_test/. work/
	for tool in printenv recho zecho; do
		gcc -w -o work/$tool work/$tool.c
	done
	ln -sf /usr/bin/dash work/ash
}

units() {
	echo check.t
	# Those of signals sleep a lot: one by one they do so at once.
	(cd work && ls -d ash-* ash-signals/*.tests) | grep -v '^ash-signals$'
}

alone() {
	if [ "$1" = check.t ]; then
		check_t
		return
	fi
	cd "work/${1%/*}" || exit 1
	export PATH="$OLDPWD/work:$PATH" THIS_SH=/usr/bin/dash
	case $1 in
	*.tests) set -- "$1" "${1##*/}" ;;
	*) set -- "$1" *.tests ;;
	esac
	unit=$1
	shift
	for test; do
		# A signal races with what the shell does next, or with
		# another: they end either way without a guard, too.
		case $test in
		exitcode_trap[2-6].tests | signal5.tests) continue ;;
		esac
		echo "== $test"
		timeout 60 /usr/bin/dash "./$test" 2>&1 |
		    diff -u - "${test%.tests}.right"
		passed "$unit: $test" $?
	done
}

check_t() {
	scratch
	cp check.pl check.t "$scratch"
	cd "$scratch" || exit 1
	perl check.pl -s check.t -v -p /usr/bin/dash -C regress:no-ctty \
	    -T "$scratch" | tee /dev/fd/2 | awk '
		/^pass / { print "pass check.t: " name($2) }
		/^FAIL / { print "fail check.t: " name($2) }
		function name(text) {
			sub(/^.*:/, "", text)
			return text
		}' >&3
}
