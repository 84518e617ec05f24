# fish completion of execguardctl(8): what it can do it says itself.

function __execguardctl_verbs
    execguardctl help 2>/dev/null |
        string replace -rf '^  ([a-z]+) +(.*)$' '$1\t$2'
end

function __execguardctl_options
    set -l verb (commandline -opc)[2]
    execguardctl help $verb 2>/dev/null |
        string match -rag -- '(?:^|[\s\[,])(--?[A-Za-z][a-z-]*)' | sort -u
end

function __execguardctl_sessions
    execguardctl sessions 2>/dev/null | tail -n +2 | string replace -r ' .*' ''
end

# Whether the word before the cursor's is one of these.
function __execguardctl_after
    contains -- (commandline -opc)[-1] $argv
end

function __execguardctl_words
    test (count (commandline -opc)) = $argv[1]
end

complete -c execguardctl -n '__execguardctl_words 1' -f -a '(__execguardctl_verbs)'
complete -c execguardctl -n '__execguardctl_after help' -f -a '(__execguardctl_verbs)'
complete -c execguardctl -n '__execguardctl_after manifest' -f -a 'create verify'
complete -c execguardctl -n '__execguardctl_after -u --user' -f -a '(__fish_complete_users)'
complete -c execguardctl -n '__execguardctl_after -s --session show' -f -a '(__execguardctl_sessions)'
complete -c execguardctl -n '__execguardctl_after permit' -f -a '(__fish_complete_users; __execguardctl_sessions)'
complete -c execguardctl -n 'contains -- (commandline -opc)[2] enroll unenroll' -f -a '(ls /etc/pam.d)'
complete -c execguardctl -n '__execguardctl_after -c --check' -f -a 'segvguard exec tpe elf integrity environment'
complete -c execguardctl -n 'not __execguardctl_words 1; and string match -q -- "-*" (commandline -ct)' -f -a '(__execguardctl_options)'
