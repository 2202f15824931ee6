# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it: where things are, and how they speak.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${MILLRACE_CACHE:-$root/.cache}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
PATH=$cache/node/bin:$PATH
export PATH

# A PowerShell for tests and measurements is brought by who runs them; none comes from a package.
no_powershell() { echo "set MILLRACE_POWERSHELL to a powershell-7.x.y-linux-x64.tar.gz, or install pwsh"; }
has_powershell() { [ -f "${MILLRACE_POWERSHELL:-}" ] || command -v pwsh >/dev/null; }

# The appliance's root file system is booted in namespaces, on a disk of its own.
cannot_boot() { echo "it needs root, loop devices, ext4, overlayfs, and namespaces of mounts, processes, time and cgroups"; }
can_boot() {
    local image status=0
    [ "$(id -u)" -eq 0 ] && grep -qw overlay /proc/filesystems || return 1
    image=$(mktemp)
    # shellcheck disable=SC2016 # expanded inside
    truncate -s 16M "$image" && mkfs.ext4 -q "$image" &&
        unshare --mount --pid --fork --uts --ipc --cgroup --time sh -c 'mount -o loop "$0" /mnt' "$image" 2>/dev/null || status=1
    rm -f "$image"
    return $status
}

# Of a virtual machine; that this machine has KVM is known when a virtual processor was made with it.
accelerator() {
    if [ -w /dev/kvm ] && echo quit | timeout 20 qemu-system-x86_64 -machine pc -accel kvm -cpu host -m 64 -display none -nic none \
        -S -monitor stdio >/dev/null 2>&1; then echo kvm; else echo tcg; fi
}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() {
    printf 'error: %s\n' "$1" >&2
    exit "${2:-1}"
}

# run NAME COMMAND...: one line while it works, its output only if it fails.
run() {
    local name=$1 log status=0 begun=$SECONDS
    shift
    log=$(mktemp)
    printf '%-48s' "$name ..." >&2
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        printf 'ok (%ss)\n' "$((SECONDS - begun))" >&2
    else
        printf 'failed\n' >&2
        cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

# The folder of a Go module at the version that FOLDER/go.mod pins; `go list -m` knows none for one that was not fetched yet.
module_folder() { env -C "$1" go mod download -json "$2" | jq -er .Dir; }

# version_of MODULE FOLDER: the version that appliance/upstream/FOLDER/go.mod pins.
version_of() { env -C "$root/appliance/upstream/$2" go list -m -f '{{.Version}}' "$1"; }

# key_of FILE...: names what is in them.
key_of() { sha256sum "$@" | cut -d ' ' -f 1 | sha256sum | cut -c 1-12; }
