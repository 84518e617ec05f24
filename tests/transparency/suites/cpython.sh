# shellcheck shell=sh
# CPython's own tests of what starts, ends and signals processes, as Debian
# packages them for the python3 that it has.
packages=
needs='python3'
limit=900

build() {
	/usr/bin/python3 -c 'import test.test_subprocess'
}

units() {
	cat <<-'END'
		test_multiprocessing_spawn
		test_multiprocessing_forkserver
		test_multiprocessing_fork
		test_multiprocessing_main_handling
		test_os
		test_posix
		test_signal
		test_subprocess
		test_threading
	END
}

# A case can be run alone: its name goes on as it is.
whole() {
	awk '!seen[$0]++' | sed 's/: /:/'
}

alone() {
	scratch
	PYTHONPATH='' /usr/bin/python3 "$here/cpython.py" "${1%%:*}" \
	    "$scratch" "${1#"${1%%:*}"}"
}
