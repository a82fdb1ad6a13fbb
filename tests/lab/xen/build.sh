#!/usr/bin/env bash
# Build a bootable Xen with a dom0 for QEMU/TCG from Debian 12 packages: build.sh OUT DEBS
# No root needed, nothing outside of the two directories. Output: OUT/{xen,vmlinux,dom0.cpio,id}
# Guests that are told `deaf` on their command line ignore shutdown and reboot.
set -euo pipefail
OUT=$1 DL=$2; ST=$OUT/stage; IR=$OUT/ir
mkdir -p "$OUT" "$DL"; rm -rf "$ST" "$IR"; mkdir -p "$ST" "$IR"
KV=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-//p' | grep -v '[<>]' | head -1)
XV=4.17
PK="xen-hypervisor-$XV-amd64 xen-utils-$XV xen-utils-common xenstore-utils linux-image-$KV busybox-static dropbear-bin bash iproute2 cpio
 libbpf1 libbsd0 libc6 libcap2 libcap-ng0 libcom-err2 libcrypt1 libelf1 libgcc-s1 libgcrypt20 libgmp10 libgpg-error0 libgssapi-krb5-2 libk5crypto3 libkeyutils1
 libkrb5-3 libkrb5support0 liblz4-1 liblzma5 libmd0 libmnl0 libncurses6 libpcre2-8-0 libselinux1 libtinfo6 libtirpc3 libtomcrypt1
 libtommath1 libuuid1 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenmisc$XV
 libxenstore4 libxentoolcore1 libxentoollog1 libyajl2 libzstd1 zlib1g"
( cd "$DL"; for p in $PK; do ls "$p"_*.deb >/dev/null 2>&1 || echo "$p"; done | xargs -r apt-get download -qq )
for p in $PK; do dpkg-deb -x "$DL/$p"_*.deb "$ST"; done
CPIO=$ST/bin/cpio
gzip -dc "$ST/boot/xen-$XV-amd64.gz" > "$OUT/xen"          # multiboot ELF for qemu -kernel
# uncompressed ELF kernel: saves XZ decompression under TCG, for dom0 (done by Xen) and domU (done by xl)
python3 - "$ST/boot/vmlinuz-$KV" "$OUT/vmlinux" <<'P'
import sys,struct,lzma
d=open(sys.argv[1],'rb').read(); ss=d[0x1f1]; po,pl=struct.unpack_from('<II',d,0x248); b=(ss+1)*512+po
o=lzma.LZMADecompressor().decompress(d[b:b+pl]); assert o[:4]==b'\x7fELF'; open(sys.argv[2],'wb').write(o)
P
# ---- initramfs
mkdir -p "$IR"/{bin,sbin,usr/bin,usr/sbin,lib64,dev,proc,sys,run,tmp,root/.ssh,etc/dropbear,etc/xen,var/lib/xen,var/log/xen,var/lock,usr/lib/xen-$XV/bin,guest,lib/x86_64-linux-gnu,usr/lib/x86_64-linux-gnu}
ln -s /run "$IR/var/run"
cp "$ST/bin/busybox" "$IR/bin/busybox"; cp "$ST/bin/bash" "$IR/bin/bash"
X="$ST/usr/lib/xen-$XV/bin"; BINS=()
for b in xl xenstored xenconsoled xenconsole libxl-save-helper xen-init-dom0 xentop; do cp "$X/$b" "$IR/usr/lib/xen-$XV/bin/"; BINS+=("$X/$b"); done
ln -s /usr/lib/xen-$XV/bin/xl "$IR/usr/sbin/xl"; ln -s /usr/lib/xen-$XV/bin/xentop "$IR/usr/sbin/xentop"
cp -a "$ST"/usr/bin/xenstore* "$IR/usr/bin/"; BINS+=("$ST/usr/bin/xenstore")
cp "$ST/usr/sbin/dropbear" "$ST/usr/bin/dropbearkey" "$IR/usr/sbin/"; BINS+=("$ST/usr/sbin/dropbear" "$ST/usr/bin/dropbearkey" "$ST/bin/bash")
cp "$ST/bin/ip" "$IR/bin/ip"; cp "$ST/sbin/bridge" "$IR/bin/bridge"; BINS+=("$ST/bin/ip" "$ST/sbin/bridge")
cp -a "$ST/etc/xen/scripts" "$IR/etc/xen/"
# library closure, resolved inside the stage (no chroot): iterate NEEDED
LIBDIRS=("$ST/lib/x86_64-linux-gnu" "$ST/usr/lib/x86_64-linux-gnu")
declare -A seen; queue=("${BINS[@]}")
while ((${#queue[@]})); do f=${queue[0]}; queue=("${queue[@]:1}")
  for n in $(python3 - "$f" <<'P'
import struct,sys
d=open(sys.argv[1],'rb').read(); phoff=struct.unpack_from('<Q',d,32)[0]; es,n=struct.unpack_from('<HH',d,54)
seg=[struct.unpack_from('<IIQQQQQQ',d,phoff+i*es) for i in range(n)]
def off(va):
    for s in seg:
        if s[0]==1 and s[3]<=va<s[3]+s[5]: return va-s[3]+s[2]
dyn=[s for s in seg if s[0]==2]
if dyn:
    o=dyn[0][2]; e=[]
    while 1:
        t,v=struct.unpack_from('<qQ',d,o); o+=16
        if t==0: break
        e.append((t,v))
    st=off(dict(e)[5])
    for t,v in e:
        if t==1: print(d[st+v:d.index(b'\0',st+v)].decode())
P
); do [ "${seen[$n]:-}" ] && continue; seen[$n]=1
    for L in "${LIBDIRS[@]}"; do [ -e "$L/$n" ] && { cp -L "$L/$n" "$IR/lib/x86_64-linux-gnu/$n"; queue+=("$L/$n"); break; }; done
    [ -e "$IR/lib/x86_64-linux-gnu/$n" ] || [ "$n" = ld-linux-x86-64.so.2 ] || echo "MISSING $n" >&2
  done
done
cp -L "$ST/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$IR/lib64/"
cp -L "$ST/lib/x86_64-linux-gnu/libgcc_s.so.1" "$IR/lib/x86_64-linux-gnu/"   # dlopen'ed by pthread_cancel
for n in nss_files nss_dns; do cp -L "$ST/lib/x86_64-linux-gnu/libnss_$n.so.2" "$IR/lib/x86_64-linux-gnu/" 2>/dev/null || true; done
# modules
MD="lib/modules/$KV"; mkdir -p "$IR/$MD"
python3 - "$ST" "$IR" "$KV" <<'P'
import sys,os,subprocess,shutil,struct
st,ir,kv=sys.argv[1:]; base=f'{st}/lib/modules/{kv}/kernel'; idx={}
for r,_,fs in os.walk(base):
    for f in fs:
        if f.endswith('.ko'): idx[f[:-3].replace('-','_')]=os.path.join(r,f)
order=[]
def deps(p):
    d=open(p,'rb').read(); i=d.rfind(b'\0depends=')
    if i<0: i=d.find(b'depends=')-1
    return [x for x in d[i+9:d.index(b'\0',i+1)].decode().split(',') if x]
def add(m):
    m=m.replace('-','_')
    if m in order or m not in idx: return
    for x in deps(idx[m]): add(x)
    order.append(m)
for m in 'xenfs xen_privcmd xen_evtchn xen_gntdev xen_gntalloc e1000 virtio_pci virtio_net af_packet bridge xen_netback xen_blkback loop'.split(): add(m)
os.makedirs(f'{ir}/m',exist_ok=True)
for i,m in enumerate(order): shutil.copy(idx[m],f'{ir}/m/{i:02d}-{m}.ko')
print('modules:',*order)
P
rmdir -p "$IR/$MD" 2>/dev/null || true
# ---- domU: same kernel + busybox-only initramfs
D=$OUT/domu; rm -rf "$D"; mkdir -p "$D"/{bin,dev,proc,sys}; cp "$ST/bin/busybox" "$D/bin/"
mkdir -p "$D/m"; for m in xen-netfront xen-blkfront; do f=$(find "$ST/lib/modules/$KV" -name $m.ko); [ "$f" ] && cp "$f" "$D/m/"; done
cat > "$D/init" <<'I'
#!/bin/busybox sh
/bin/busybox mkdir -p /sbin; /bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for k in /m/*.ko; do insmod $k; done
A=$(sed -n "s/.*ip4=\([^ ]*\).*/\1/p" /proc/cmdline); ip link set lo up; ip link set eth0 up 2>/dev/null && [ "$A" ] && ip addr add $A dev eth0
if grep -qw deaf /proc/cmdline; then for p in poweroff reboot; do printf '#!/bin/busybox sh\n' >/sbin/$p; done; fi
echo "DOMU-READY $(cat /proc/uptime)"
exec /bin/busybox init
I
mkdir -p "$D/etc"; cat > "$D/etc/inittab" <<'I'
::sysinit:/bin/true
hvc0::respawn:/bin/sh
::ctrlaltdel:/bin/reboot -f
::shutdown:/bin/true
I
chmod +x "$D/init"; mkdir -p "$D/sbin"; printf '#!/bin/busybox sh\n/bin/busybox poweroff -f\n' > "$D/sbin/poweroff"; printf '#!/bin/busybox sh\n/bin/busybox reboot -f\n' > "$D/sbin/reboot"; chmod +x "$D"/sbin/*
( cd "$D"; find . | "$CPIO" -o -H newc --quiet -R 0:0 | gzip -1 > "$IR/guest/initrd.gz" )
cp "$OUT/vmlinux" "$IR/guest/vmlinux"
# ---- dom0 config
cat > "$IR/etc/passwd" <<'I'
root:x:0:0:root:/root:/bin/bash
I
echo 'root:x:0:' > "$IR/etc/group"; printf '/bin/sh\n/bin/bash\n' > "$IR/etc/shells"; echo 'root:*:19000:0:99999:7:::' > "$IR/etc/shadow"
printf 'autoballoon="off"\n' > "$IR/etc/xen/xl.conf"
[ -f "$OUT/id" ] || ssh-keygen -q -t ed25519 -N '' -f "$OUT/id"
cp "$OUT/id.pub" "$IR/root/.ssh/authorized_keys"; chmod 700 "$IR/root" "$IR/root/.ssh"; chmod 600 "$IR/root/.ssh/authorized_keys"
cat > "$IR/init" <<'I'
#!/bin/busybox sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
/bin/busybox --install -s /bin; ln -sf /bin/busybox /sbin/modprobe
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs tmpfs /run
for k in /m/*.ko; do insmod $k || echo "insmod $k failed"; done
mount -t xenfs xenfs /proc/xen
mkdir -p /run/xen /run/xenstored /run/lock /var/lib/xenstored /var/log/xen/console /var/lock/xen /run/xen-hotplug
echo "STAGE modules $(cut -d' ' -f1 /proc/uptime)"
X=/usr/lib/xen-4.17/bin
$X/xenstored --pid-file /run/xen/xenstored.pid; 
i=0; while ! xenstore-read -s / >/dev/null 2>&1 && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done
$X/xen-init-dom0; $X/xenconsoled --pid-file=/run/xen/xenconsoled.pid --log=all
hostname dom0; ip link set lo up
ip link add xenbr0 type bridge; ip link set eth0 master xenbr0; ip link set eth0 up; A=$(sed -n "s/.*ip4=\([^ ]*\).*/\1/p" /proc/cmdline); H=$(sed -n "s/.*hn=\([^ ]*\).*/\1/p" /proc/cmdline); hostname ${H:-dom0}; ip addr add ${A:-10.0.2.15/24} dev xenbr0; ip link set xenbr0 up; [ "$A" ] || ip route add default via 10.0.2.2
echo "STAGE xen $(cut -d' ' -f1 /proc/uptime)"
dropbear -R -E -p 22
xl info | egrep 'host|xen_version|free_memory|xen_caps'; xl list
echo "DOM0-READY $(cut -d' ' -f1 /proc/uptime)"
while :; do setsid cttyhack sh; done
I
chmod +x "$IR/init"
( cd "$IR"; find . | "$CPIO" -o -H newc --quiet -R 0:0 > "$OUT/dom0.cpio" )
rm -rf "$ST" "$IR" "$D" "$OUT/dom0.cpio.gz"
