#!/bin/sh
# mon01 - how it ran before it was imported into libvirt (libvirt/mon01.xml)
exec qemu-system-x86_64 \
    -name mon01 \
    -uuid bba06c4c-bb84-4ea7-bddf-5687b4ae07d4 \
    -enable-kvm -m 1024 -smp 1 \
    -drive file=/mntn/kvm/images/mon01.qcow2,format=qcow2,if=virtio \
    -netdev bridge,br=br0,id=net0 \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:4e:01:26 \
    -vnc :26 -daemonize
