#!/bin/bash
# Started by tst200.ctys, which holds the tags.
VDE=/var/run/vde_switch0.${USER}
exec vdeq qemu-system-x86_64 \
    -enable-kvm \
    -name tst200 \
    -uuid 2e28cc72-0318-4b77-95e4-0570f7d5068d \
    -m 1024 -smp 2 \
    -hda ./hda.qcow2 \
    -net nic,macaddr=52:54:00:12:02:00 \
    -net vde,sock="$VDE" \
    -vnc :20 \
    -k de "$@"
