# bash completion of execguardctl(8): what it can do it says itself.

_execguardctl_verbs() {
	execguardctl help 2>/dev/null | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'
}

_execguardctl_options() {
	execguardctl help "$1" 2>/dev/null |
	    grep -oE -- '(^|[[:space:][,])--?[A-Za-z][a-z-]*' |
	    sed 's/^[^-]*//' | sort -u
}

_execguardctl_sessions() {
	execguardctl sessions 2>/dev/null | sed -n '2,$s/ .*//p'
}

_execguardctl() {
	local current=${COMP_WORDS[COMP_CWORD]}
	local before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
	local words

	if [ "$COMP_CWORD" = 1 ] || [ "$verb $COMP_CWORD" = 'help 2' ]; then
		words=$(_execguardctl_verbs)
	elif [ "$before" = -u ] || [ "$before" = --user ]; then
		words=$(compgen -u)
	elif [ "$before" = -g ] && [ "$verb" != run ]; then
		words=$(compgen -g)
	elif [ "$before" = -s ] || [ "$before" = --session ] ||
	    [ "$verb $COMP_CWORD" = 'show 2' ]; then
		words=$(_execguardctl_sessions)
	elif [ "$before" = -c ] || [ "$before" = --check ]; then
		words='segvguard exec tpe elf integrity environment'
	elif [ "$verb $COMP_CWORD" = 'permit 2' ]; then
		words="$(compgen -u) $(_execguardctl_sessions)"
	elif [ "$verb $COMP_CWORD" = 'manifest 2' ]; then
		words='create verify'
	elif [ "${current#-}" != "$current" ]; then
		words=$(_execguardctl_options "$verb")
	elif [ "$verb" = enroll ] || [ "$verb" = unenroll ]; then
		words=$(ls /etc/pam.d)
	else
		return # names of files: complete's default
	fi
	# shellcheck disable=SC2207 # words
	COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -o default -F _execguardctl execguardctl
