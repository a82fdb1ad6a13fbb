#!/bin/sh
# tst201 - for kernel tests; nobody wrote tags, the command line says it all
set -e
modprobe -q kvm_intel || true
exec qemu-system-x86_64 \
    -name guest=tst201,debug-threads=on \
    -uuid cb1bb619-6044-4e56-b134-aa70ff0ec4a8 \
    -machine q35,accel=kvm \
    -cpu host \
    -m 2G \
    -smp cpus=4,sockets=1,cores=4,threads=1 \
    -drive file=/mntn/kvm/qemu/tst201/root.qcow2,if=virtio,format=qcow2 \
    -netdev bridge,id=net0,br=br0 \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:12:02:01 \
    -vnc 127.0.0.1:21 \
    -serial mon:stdio
