# Completion of the old names in fish:   vhost completion fish >~/.config/fish/conf.d/ctys.fish
# `vhost` itself:                        vhost --install-completion
function __ctys_completion
    set -l typed (commandline -opc) (commandline -ct)
    set -lx COMP_WORDS (string join \n -- $typed | string collect -N)
    set -lx COMP_CWORD (math (count $typed) - 1)
    set -lx _CTYS_COMPLETE fish
    $typed[1] 2>/dev/null
end
for name in ctys ctys-vhost ctys-macmap ctys-macros ctys-groups ctys-vping \
    ctys-vdbgen ctys-extractMAClst ctys-extractARPlst ctys-dnsutil
    complete -c $name -a '(__ctys_completion)'
end
