#!/bin/bash
# tst204 - holds 192.168.1.204; libvirt/web03.xml believes that it is free
#@#MAGICID-QEMU
#@#IP0="192.168.1.204%255.255.255.0%br0%ens3%22%192.168.1.1"
#@#CATEGORY="VM"
#@#VMSTATE="ACTIVE"
#@#DIST="debian"
#@#DISTREL="11"
#@#OS="Linux"
#@#OSREL="5.10.0-28-amd64"
#@#EXECLOCATION="lab02"
qemu-system-x86_64 -name tst204 -uuid 204c1bfd-485a-41c2-84c7-11fe703b43bf \
    -enable-kvm -m 512 \
    -drive file=/mntn/kvm/qemu/tst204/root.raw,format=raw,if=virtio \
    -netdev tap,id=n0,ifname=tap204,script=no,downscript=no \
    -device e1000,netdev=n0,mac=52:54:00:12:02:04 \
    -vnc :24 -daemonize -pidfile /run/tst204.pid
