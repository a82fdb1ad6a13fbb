# Each part of the answer begins with `= NAME`; every line of it has a blank before it, so that nothing that a
# process or a file says can be taken for the beginning of another part.
raise=$1
part() {
    printf '= %s\n' "$1"
    shift
    "$@" 2>&1 | awk '{ print " " $0 }'
}
quiet() { "$@" 2>/dev/null; }
within() { if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
files() { for f in "$@"; do if [ -f "$f" ] && [ -r "$f" ]; then quiet cat "$f"; fi; done; }
values() { for f in "$@"; do [ -r "$f" ] && read -r value <"$f" && printf '%s\t%s\n' "$f" "$value"; done 2>/dev/null; }
host() {
    part node uname -n
    part system uname -s
    part release uname -r
    part version uname -v
    part machine uname -m
    part os files /etc/os-release
    part memory files /proc/meminfo
}
