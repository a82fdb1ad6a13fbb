users() { quiet getent passwd || files /etc/passwd; }
domains() { for tool in xl xm; do command -v $tool >/dev/null 2>&1 && { quiet within 5 $raise $tool list; return; }; done; }
guests() {
    for p in /proc/[0-9]*; do
        read -r name <"$p/comm" || continue
        case $name in qemu-system* | qemu-kvm | kvm | VBoxHeadless | VirtualBoxVM | vmware-vmx | lxc-start) ;; *) continue ;; esac
        printf '%s %s\n' "${p#/proc/}" "$(od -An -v -tx1 "$p/cmdline" | tr -d ' \n')"
    done 2>/dev/null
}
moment() {
    part "uptime$1" files /proc/uptime
    part "processes$1" quiet cat /proc/[0-9]*/stat
    part "domains$1" domains
}
main() {
    host
    part load files /proc/loadavg
    part cpus grep -c '^cpu[0-9]' /proc/stat
    part page getconf PAGESIZE
    part tick getconf CLK_TCK
    moment 1
    part users users
    part disks quiet within 5 df -P -k
    part mounts files /proc/self/mounts
    part raid files /proc/mdstat
    part kernel files /proc/vmstat
    part units quiet within 5 systemctl --failed --plain --no-legend
    part temperatures values /sys/class/thermal/thermal_zone*/temp
    part limits values /sys/class/thermal/thermal_zone*/trip_point_*_temp
    part kinds values /sys/class/thermal/thermal_zone*/trip_point_*_type
    part sensors values /sys/class/hwmon/hwmon*/*_alarm
    sleep 1
    moment 2
    part owners quiet ls -ldn /proc/[0-9]*
    part guests guests
    printf '= end\n'
}
main </dev/null
