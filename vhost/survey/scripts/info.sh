programs() {
    for name in xl xm virsh VBoxManage vmrun vmware qm pct pveversion ssh sshd Xvnc Xtigervnc Xvfb vncserver \
        vncviewer xtigervncviewer xterm gnome-terminal emacs xauth shutdown init ksu sudo socat; do
        path=$(command -v "$name" 2>/dev/null) && printf '%s\t%s\n' "$name" "$path"
    done
    IFS=:
    for folder in $PATH; do
        for path in "$folder"/qemu-system-*; do
            [ -f "$path" ] && [ -x "$path" ] && printf '%s\t%s\n' "${path##*/}" "$path"
        done
    done
    unset IFS
}
places() {
    for path in /proc/xen/capabilities /dev/kvm /dev/vboxdrv /dev/vmmon /run/libvirt/libvirt-sock \
        /run/libvirt/virtqemud-sock /var/run/libvirt/libvirt-sock /etc/pve/storage.cfg /etc/xen /tmp/.X11-unix; do
        [ -e "$path" ] || continue
        mode=
        [ -r "$path" ] && mode=r
        [ -w "$path" ] && mode=${mode}w
        printf '%s\t%s\n' "$path" "$mode"
    done
}
version() { command -v "$1" >/dev/null 2>&1 && within 5 "$@"; }
first() { for name in "$@"; do command -v "$name" >/dev/null 2>&1 && printf '%s' "$name" && return; done; }
asked() {
    tool=$(first "$1" "$2")
    [ -n "$tool" ] || return
    shift 2
    within 5 $raise "$tool" "$@" && echo 'vhost: answered'
}
emulator() {
    path=$(programs | awk -F '\t' '/^qemu-system-/ { print $2; exit }')
    [ -n "$path" ] && within 5 "$path" --version
}
main() {
    host
    part cpus files /proc/cpuinfo
    part online files /sys/devices/system/cpu/online
    part hypervisor files /sys/hypervisor/type
    part dom0 files /proc/xen/capabilities
    part programs programs
    part places places
    part xen asked xl xm info
    part libvirt asked virsh virsh version --daemon
    part qemu emulator
    part vbox version VBoxManage --version
    part vmware version vmware -v
    part pve version pveversion
    part viewer version "$(first xtigervncviewer vncviewer)" --version
    part vnc version "$(first Xtigervnc Xvnc)" -version
    part ssh ssh -V
    part xterm version xterm -version
    part gterm version gnome-terminal --version
    part emacs version emacs --version
    part user id
    printf '= end\n'
}
main </dev/null
