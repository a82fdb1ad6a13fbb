"""The disks of a QEMU guest.

    -drive file=/srv/vm/tst200.qcow2,if=virtio,format=qcow2
    -blockdev driver=qcow2,node-name=d0,file.driver=file,file.filename=/srv/vm/tst200.qcow2
    -cdrom /srv/iso/debian.iso

Source: qemu(1), "Block device options". QEMU locks a writable local image, so that no second guest
can use it, unless its device says `share-rw=on`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from scanners.qemu_options import Option, Options
from vhost.claims import Disk

_PLAIN = ("hda", "hdb", "hdc", "hdd", "cdrom", "fda", "fdb", "sd", "mtdblock", "pflash")
_REFERENCES = ("file", "backing", "data-file", "image", "child", "primary", "secondary")
_ON = frozenset({"on", "true", "yes"})
_REMOTE = re.compile(r"(?!file:|host_device:)[a-z][a-z0-9+]+:")
_LONGEST_CHAIN = 8


def disks(options: Options) -> list[Disk]:
    """Return the disks whose image is stated, in their order: plain options, drives, block devices."""
    shared = {drive for device in options.named("device") if _on(device, "share-rw") and (drive := device.get("drive"))}
    return [*_plain(options), *_drives(options, shared), *_block_devices(options, shared)]


def _plain(options: Options) -> Iterator[Disk]:
    images = options.named("image")
    alone = images if len(images) == 1 and "=" not in images[0].parameters["value"] else []
    for option in (*options.named(*_PLAIN), *alone):
        source = option.get("value")
        if source:
            target = "hda" if option.name == "image" else option.name
            yield _disk(target, source, None, readonly=target == "cdrom")


def _drives(options: Options, shared: set[str]) -> Iterator[Disk]:
    numbers: Counter[str] = Counter()
    for drive in options.named("drive"):
        bus = drive.get("if") or "ide"
        target = drive.get("id") or f"{bus}{drive.get('index') or numbers[bus]}"
        numbers[bus] += 1
        source = drive.get("file", "file.filename")
        if source:
            readonly = drive.get("media") == "cdrom" or _on(drive, "readonly", "read-only")
            kept = _on(drive, "snapshot")
            yield _disk(
                target, source, drive.get("format", "driver"), readonly=readonly, free=target in shared, kept=kept
            )


def _block_devices(options: Options, shared: set[str]) -> Iterator[Disk]:
    nodes = {name: node for node in options.named("blockdev") if (name := node.get("node-name"))}
    used = {name for node in nodes.values() for key in _REFERENCES if (name := node.get(key))}
    for name, node in nodes.items():
        source = _image(node, nodes)
        if name not in used and source:
            yield _disk(name, source, _format(node), readonly=_on(node, "read-only"), free=name in shared)


def _image(node: Option, nodes: Mapping[str, Option]) -> str | None:
    """Return the file or address at the end of a chain of block devices, None if it is not stated."""
    for _ in range(_LONGEST_CHAIN):
        following = nodes.get(node.get("file") or "")
        if following is None:
            break
        node = following
    return _stated(node)


def _stated(node: Option) -> str | None:
    filename = node.get("filename", "file.filename", "file.file.filename", "url", "device")
    if filename:
        return filename
    kind, pool, image = node.get("driver"), node.get("pool"), node.get("image")
    if kind == "rbd" and pool and image:
        return f"rbd:{pool}/{image}"
    portal, target = node.get("portal"), node.get("target")
    return f"iscsi://{portal}/{target}/{node.get('lun') or 0}" if kind == "iscsi" and portal and target else None


def _format(node: Option) -> str | None:
    return node.get("driver") if node.get("file", "file.driver", "file.filename") else "raw"


def _on(option: Option, *keys: str) -> bool:
    return option.get(*keys) in _ON


def _disk(
    target: str, source: str, image_format: str | None, *, readonly: bool, free: bool = False, kept: bool = False
) -> Disk:
    """Return a disk; `free` is one that may be shared, `kept` one whose image is never written."""
    exclusive: bool | None = None
    if free:
        exclusive = False
    elif not readonly and not kept and not _REMOTE.match(source):
        exclusive = True
    return Disk(target=target, source=source, format=image_format, readonly=readonly, exclusive=exclusive)
