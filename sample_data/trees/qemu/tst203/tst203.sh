#!/bin/bash
# tst203 - ARM board for cross builds; reached only through its serial console
#@#MAGICID-QEMU
#@#CATEGORY="VM"
#@#VMSTATE="ACTIVE"
#@#DIST="debian"
#@#DISTREL="5.0.0"
#@#OS="Linux"
#@#ARCH="arm"
#@#PLATFORM="versatilepb"
#@#HWREQ="arm926,256MB"
qemu-system-arm -M versatilepb -cpu arm926 -m 256 \
  -name tst203 \
  -kernel /mntn/kvm/qemu/tst203/vmlinuz-2.6.26-2-versatile \
  -initrd /mntn/kvm/qemu/tst203/initrd.img-2.6.26-2-versatile \
  -append "root=/dev/sda1 console=ttyAMA0" \
  -hda /mntn/kvm/qemu/tst203/hda.img \
  -net nic,model=smc91c111,macaddr=52:54:00:12:02:03 -net user,hostfwd=tcp::2203-:22 \
  -nographic
