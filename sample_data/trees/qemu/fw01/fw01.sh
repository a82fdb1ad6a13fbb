#!/bin/sh
# fw01 - OpenBSD install medium, never on the network: a guest without any interface
exec qemu-system-i386 -name fw01 -uuid 187e81ac-2c11-4e79-b730-20538dcceab0 -m 256 -nic none \
  -drive file=/mntn/kvm/qemu/fw01/openbsd.img,format=raw -cdrom /mntn/iso/install74.iso -boot d -nographic
