hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
sessions() {
    for p in /proc/[0-9]*; do
        read -r name <"$p/comm" || continue
        case $name in *vnc* | *VNC* | ssh) ;; *) continue ;; esac
        set -- $(ls -ldn "$p")
        printf '%s %s %s %s %s\n' "${p#/proc/}" "$3" "$4" "$(printf '%s' "$name" | tr -c 'A-Za-z0-9._-' '?')" "$(hex "$p/cmdline")"
    done 2>/dev/null
}
cards() {
    while read -r card target _; do
        [ "$target" = 00000000 ] || continue
        printf 'card\t%s\n' "$card"
        read -r mac <"/sys/class/net/$card/address" && printf 'mac\t%s\n' "$mac"
        ip -o -4 addr show dev "$card" scope global | awk '{ print "ip\t" $4 }'
        break
    done </proc/net/route 2>/dev/null
}
main() {
    part node uname -n
    part machine uname -m
    part user id -un
    part owngroup id -gn
    part users quiet getent passwd
    part passwd files /etc/passwd
    part groups quiet getent group
    part group files /etc/group
    part cards quiet cards
    part sessions sessions
    printf '= end\n'
}
main </dev/null
