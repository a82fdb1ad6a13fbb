# Completion of the old names in bash:   eval "$(vhost completion)"
# `vhost` itself:                        vhost --install-completion
_ctys_completion() {
    local IFS=$'\n'
    COMPREPLY=( $( COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _CTYS_COMPLETE=bash "$1" 2>/dev/null ) )
}
complete -o default -F _ctys_completion ctys ctys-vhost ctys-macmap ctys-macros ctys-groups ctys-vping \
    ctys-vdbgen ctys-extractMAClst ctys-extractARPlst ctys-dnsutil
