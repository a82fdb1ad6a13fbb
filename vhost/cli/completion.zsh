# Completion of the old names in zsh, behind compinit:   eval "$(vhost completion zsh)"
# `vhost` itself:                                        vhost --install-completion
_ctys_completion() {
    local -a found
    found=("${(@f)$(COMP_WORDS="${(F)${(Q)words[@]}}" COMP_CWORD=$((CURRENT - 1)) _CTYS_COMPLETE=zsh $words[1] 2>/dev/null)}")
    found=(${found:#})
    if (( $#found )); then
        compadd -- $found
    else
        _files
    fi
}
compdef _ctys_completion ctys ctys-vhost ctys-macmap ctys-macros ctys-groups ctys-vping \
    ctys-vdbgen ctys-extractMAClst ctys-extractARPlst ctys-dnsutil
