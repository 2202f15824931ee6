#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is to be true of the machine before it is sealed.
set -eu
state=$(systemctl is-system-running --wait) || { systemctl --failed --no-legend >&2 && echo "provision: the system is $state" >&2 && exit 1; }
[ "$(findmnt --noheadings --output FSTYPE /sys/fs/cgroup)" = cgroup2 ] || { echo "provision: no cgroup v2" >&2 && exit 1; }
[ "$(findmnt --noheadings --output LABEL --mountpoint /var/lib/millrace)" = millrace-data ] || { echo "provision: the data have no disk of their own" >&2 && exit 1; }
for driver in vmw_pvscsi vmxnet3 vmw_vmci vmwgfx; do
    modinfo "$driver" >/dev/null || { echo "provision: the kernel has no driver $driver" >&2 && exit 1; }
done
