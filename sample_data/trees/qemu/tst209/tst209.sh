#!/bin/bash
# tst209 - an experiment that no inventory needs to know
#@#MAGICID-IGNORE
#@#LABEL="tst209"
exec qemu-system-x86_64 -name tst209 -m 128 -nic none -nographic -kernel ./bzImage "$@"
