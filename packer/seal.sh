#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Takes from the disk what belongs to this boot (identity, seed, journal, memory of the disk for data), gives back unused blocks, and
# writes to /run/files what is on it.
set -eu
# Those that write when they end have to end first.
systemctl stop systemd-timesyncd systemd-random-seed
journalctl --relinquish-var
umount /var/lib/millrace
mkdir /run/system
# Only what is on the disk itself.
mount --bind / /run/system
cd /run/system
rm -rf var/log/* var/lib/millrace var/lib/millrace-data-disk var/lib/dbus/machine-id var/cache/ldconfig/aux-cache
rm -rf var/lib/systemd/random-seed var/lib/systemd/timers var/lib/systemd/timesync root/.bash_history tmp/..?* tmp/* var/tmp/*
rm -f etc/.updated var/.updated etc/ssh/ssh_host_* etc/millrace/machine-uuid root/.ssh/*
# Folders that every boot makes.
rmdir --ignore-fail-on-non-empty etc/millrace etc/nftables.d var/lib/systemd/linger
: >etc/machine-id
sync
fstrim /
sh /run/list-files . >/run/files
