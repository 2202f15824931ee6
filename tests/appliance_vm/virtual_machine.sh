# SPDX-License-Identifier: Apache-2.0
# Sourced: a virtual machine of the disks of an OVA, in the folder VM; QEMU has VMware's own SCSI and network devices.
#   `on bios`, `on uefi` (Secure Boot), `power_cut`, `in_guest COMMAND`, `power_off`; each wait has an end.
# The folder has console.log, what it says on its serial port, and the screens that `screenshot` takes. It is reached from this machine
# alone, by SSH and on $web_port, and reaches nobody but $vcenter_address, port 443, which is $vcenter_port of this machine.
# The sourcing script has common.sh, and reads `started`.
# shellcheck shell=bash disable=SC2034,SC2154
: "${VM:?the folder of the machine}"

# Software emulation on two quiet cores needs a minute until it lets in, and N until it is configured; five times that is a fault.
boot_limit=${BOOT_LIMIT:-300} configured_limit=${CONFIGURED_LIMIT:-3600}
vcenter_address=10.0.2.100
pid='' port='' web_port='' vcenter_port=''

# make_machine OVA FORM: new disks on those of the OVA, and a CD with the form.
make_machine() {
    mkdir -p "$VM/ova" "$VM/disc"
    tar -xf "$1" -C "$VM/ova"
    sed -E 's/^SHA256\((.*)\)= (.*)$/\2  \1/' "$VM"/ova/*.mf | (cd "$VM/ova" && sha256sum --check --quiet)
    new_disks
    cp "$2" "$VM/disc/ovf-env.xml"
    genisoimage -quiet -J -R -V 'OVF ENV' -o "$VM/cd.iso" "$VM/disc"
}
new_disks() {
    local one
    for one in system data; do
        qemu-img create -q -f qcow2 -F vmdk -b "$(echo "$VM"/ova/*-"$one".vmdk)" "$VM/$one.qcow2"
    done
}

free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# VMware's controller, of which Debian 12's UEFI knows nothing: there it is another one.
disks() {
    local one number=0
    echo "-device $1,id=scsi"
    for one in system data; do
        echo "-drive if=none,id=$one,file=$VM/$one.qcow2,discard=unmap -device scsi-hd,bus=scsi.0,scsi-id=$number,drive=$one,bootindex=$number"
        number=$((number + 1))
    done
}

# Each connection to it is a process of its own.
vcenter() { echo "guestfwd=tcp:$vcenter_address:443-cmd:$root/tests/appliance_vm/relay $vcenter_port"; }

on() {
    local machine
    [ -z "$pid" ] || fail "the machine is on"
    port=$(free_port) web_port=$(free_port)
    case $1 in
        bios) machine="-machine pc $(disks pvscsi) -device ide-cd,bus=ide.1,drive=cd" ;;
        uefi)
            cp /usr/share/OVMF/OVMF_VARS_4M.ms.fd "$VM/variables.fd"
            machine="-machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on
                -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd
                -drive if=pflash,format=raw,file=$VM/variables.fd $(disks virtio-scsi-pci) -device ide-cd,bus=ide.1,drive=cd"
            ;;
    esac
    rm -f "$VM/console.log"
    started=$SECONDS
    # shellcheck disable=SC2046,SC2086 # lists of words
    qemu-system-x86_64 $machine -smp 2 -m 4096 -display none -no-reboot \
        $([ "$(accelerator)" = kvm ] && echo "-accel kvm -cpu host" || echo "-accel tcg,thread=multi,tb-size=2048 -cpu max") \
        -drive "if=none,id=cd,media=cdrom,readonly=on,file=$VM/cd.iso" \
        -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-10.0.2.15:22,hostfwd=tcp:127.0.0.1:$web_port-10.0.2.15:443,$(vcenter)" \
        -device vmxnet3,netdev=net,romfile= \
        -serial "file:$VM/console.log" -qmp "unix:$VM/qmp,server=on,wait=off" >"$VM/qemu.log" 2>&1 &
    pid=$!
}
is_on() { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
is_off() { ! is_on; }

# within SECONDS WHAT COMMAND...: until it succeeds; the end of the console where it does not.
within() {
    local limit=$1 what=$2 until=$((SECONDS + $1))
    shift 2
    until "$@"; do
        if [ "$SECONDS" -ge "$until" ] || { [ "$1" != is_off ] && is_off; }; then
            tail -c 3000 "$VM/console.log" "$VM/qemu.log" >&2
            fail "$what: not within $limit s"
        fi
        sleep 0.5
    done
}
said() { grep -aqF -- "$1" "$VM/console.log" 2>/dev/null; }

# Each sign in costs an emulated machine seconds: who waits for something inside waits inside.
in_guest() {
    timeout "$configured_limit" ssh -i "$VM/key" -p "$port" -o BatchMode=yes -o ConnectTimeout=20 -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1 "$@"
}
lets_in() { in_guest true 2>/dev/null; }
# The configurator says each step when it has ended.
has_ended() { grep -aqE "($1 +(done|held|warning)|.{28} failed)" "$VM/console.log"; }
# finished [LAST_STEP]: of the form that is vCenter's; of a later boot the cluster's.
finished() {
    local status
    within "$configured_limit" "the end of the configuration" has_ended "${1:-vCenter}"
    within "$boot_limit" "SSH" lets_in
    status=$(in_guest "systemctl is-system-running --wait >/dev/null; cat /run/millrace/status.json") || fail "nothing is known of the configurator"
    [ "$(jq -r .state <<<"$status")" = finished ] || { jq . <<<"$status" >&2 && fail "the configurator has not finished"; }
}

power_cut() {
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
    pid=''
}
power_off() {
    in_guest systemctl --no-block poweroff || true
    within 120 "an orderly power off" is_off
    wait "$pid" || fail "QEMU ended with $?"
    pid=''
}
screenshot() { "$root/tests/appliance_vm/qmp" "$VM/qmp" screendump "filename=$VM/$1.png" format=png >/dev/null; }
