#!/bin/bash
# tst202 - CentOS Stream 9 with IPv6 only
#@#MAGICID-QEMU
#@#IP0="2001:db8:1::202%64%br0%enp0s2%22%2001:db8:1::1"
#@#CATEGORY="VM"
#@#VMSTATE="ACTIVE"
#@#DIST="CentOS"
#@#DISTREL="9-stream"
#@#OS="Linux"
#@#OSREL="5.14.0"
#@#CSTRG="br0"
#@#USTRG="ticket 4711; ask Jörg first"
exec /usr/bin/qemu-system-x86_64 \
    -name 'tst202' \
    -uuid 'c8344c9f-af79-4a81-bc43-230ec5b1a4ab' \
    -M pc -accel kvm -m 1536 -smp 2 \
    -blockdev driver=qcow2,node-name=root,file.driver=file,file.filename=/mntn/kvm/qemu/tst202/root.qcow2 \
    -device virtio-blk-pci,drive=root \
    -nic bridge,br=br0,model=virtio-net-pci,mac=52:54:00:12:02:02 \
    -display none -vnc :22 -daemonize
