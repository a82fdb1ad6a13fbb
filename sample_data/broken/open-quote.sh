#!/bin/sh
exec qemu-system-x86_64 -name half04 -m 512 \
  -netdev user,id=n0 -device virtio-net-pci,netdev=n0,mac=52:54:00:66:00:08 \
  -append "root=/dev/vda1 ro \
