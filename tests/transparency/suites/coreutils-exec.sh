# shellcheck shell=sh
# Those of coreutils' tests whose programs run others, with the programs that
# the machine has: nothing is built.
packages=coreutils
needs='coreutils perl gcc libc6-dev'
limit=120

build() {
	:
}

units() {
	(cd tests && ls misc/chroot-fail.sh misc/env.sh misc/env-null.sh \
	    misc/env-S.pl misc/env-S-script.sh misc/env-signal-handler.sh \
	    misc/nice.sh misc/nice-fail.sh misc/nohup.sh \
	    misc/printenv.sh misc/stdbuf.sh misc/timeout.sh \
	    misc/timeout-blocked.pl misc/timeout-group.sh \
	    misc/timeout-parameters.sh misc/sort-compress.sh \
	    split/filter.sh)
}

# Debian packages no getlimits, of which tests take numbers.
getlimits() {
	cat <<-'END'
		#!/bin/sh
		cat <<-'LIMITS'
			CHAR_MAX=127
			INT_MAX=2147483647
			INT_OFLOW=2147483648
			LONG_MAX=9223372036854775807
			SIZE_MAX=18446744073709551615
			SIZE_OFLOW=18446744073709551616
			SSIZE_MAX=9223372036854775807
			SSIZE_OFLOW=9223372036854775808
			TIME_T_MAX=9223372036854775807
			TIME_T_OFLOW=9223372036854775808
			UINT_MAX=4294967295
			UINTMAX_MAX=18446744073709551615
			UINTMAX_OFLOW=18446744073709551616
		LIMITS
	END
}

# What the Makefile would say, had it been made.
alone() {
	scratch
	mkdir "$scratch/src"
	built_programs=$(dpkg -L coreutils | sed -n 's,^.*/s*bin/,,p' | tr '\n' ' ')
	for program in $built_programs; do
		ln -s "/usr/bin/$program" "$scratch/src/$program"
	done
	getlimits >"$scratch/src/getlimits"
	chmod +x "$scratch/src/getlimits"
	CU_TEST_NAME=coreutils,$(printf %s "$1" | tr / -)
	export PATH="$scratch/src:$PATH" built_programs srcdir=. top_srcdir=. \
	    abs_top_srcdir="$PWD" abs_srcdir="$PWD" abs_top_builddir="$scratch" \
	    host_os=linux-gnu CC=gcc AWK=awk EGREP='grep -E' MAKE=make \
	    PERL=perl SHELL=/bin/bash fail=0 CONFIG_HEADER=/dev/null \
	    RUN_EXPENSIVE_TESTS=yes CU_TEST_NAME
	case $1 in
	*.pl)
		name=tests/$1
		perl -w -Itests -MCuSkip -MCoreutils -M"CuTmpdir qw($name)" \
		    "$name" 9>&2
		;;
	*) bash "tests/$1" 9>&2 ;;
	esac
	passed "$1" $?
}
