# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/cluster: the cage, which all of a cluster lives in. Network, mounts and processes of its own: when
# its first process is killed, every other ends with it, containers too, and every mount is gone. Outside there are
# a network namespace's name, a link to it, cgroups, and kernel settings, all of which cage_down takes back.
# Uses $run (the folder of the cluster), $node (appliance/node), node.env. Sets $cage_cgroup.
# shellcheck shell=bash disable=SC2154 # what scripts/cluster sets

cage_name=millrace-cluster
cage_cgroup=/$cage_name
# Of version 2: what the kubelet wants, and io, which containers' limits can name.
cage_controllers=(cpu cpuset memory pids hugetlb io)
cage_link=millrace0          # at most 15 characters
host_address=10.200.0.254
# What the kubelet and kube-proxy set for the whole machine.
cage_settings=(kernel.panic kernel.panic_on_oops vm.overcommit_memory vm.panic_on_oom kernel.keys.root_maxkeys kernel.keys.root_maxbytes)

# The number of the cage's first process, found by the file that it runs; fails where there is none.
cage_process() {
    local process
    for process in $(pgrep -x cage-init); do
        if [ "$(readlink "/proc/$process/exe")" = "$run/cage-init" ]; then echo "$process" && return; fi
    done
    return 1
}

# in_cage COMMAND...: runs it inside; its working directory is /.
in_cage() { nsenter --target "$(cage_process)" --net --mount --pid -- "$@"; }

is_cgroup2() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }

# cgroup_folders: one a controller in version 1, one in version 2.
cgroup_folders() {
    if is_cgroup2; then
        echo "/sys/fs/cgroup$cage_cgroup"
    else
        local controller
        for controller in /sys/fs/cgroup/*/; do
            [ ! -e "$controller/cgroup.procs" ] || echo "$controller${cage_cgroup#/}"
        done
    fi
}

# pass_on CGROUP CONTROLLER
pass_on() { echo "+$2" >"/sys/fs/cgroup$1/cgroup.subtree_control"; }

# In version 2 a cgroup has the controllers that the one above passes on, and the kubelet starts only with all of its own that the kernel
# has. systemd passes on what its units use, and would take it back; not from a cgroup that passes it on itself.
enable_controllers() {
    local name
    for name in "${cage_controllers[@]}"; do
        grep -qw "$name" /sys/fs/cgroup/cgroup.controllers || continue
        if ! grep -qw "$name" /sys/fs/cgroup/cgroup.subtree_control; then
            pass_on "" "$name" || fail "cluster: /sys/fs/cgroup does not pass on the cgroup controller $name"
            echo "$name" >>"$run/controllers"
        fi
        pass_on "$cage_cgroup" "$name"
    done
}

# What the root has not passed on before; the kernel refuses what somebody else uses by now.
disable_controllers() {
    local name
    [ -f "$run/controllers" ] || return 0
    while read -r name; do
        { echo "-$name" >/sys/fs/cgroup/cgroup.subtree_control; } 2>/dev/null || say "The cgroup controller $name stays, since it is used."
    done <"$run/controllers"
    rm "$run/controllers"
}

cage_up() {
    local folder init=$run/cage-init
    mkdir -p "$run/log"
    # Told apart from every other process by its file.
    cp "$cache/images/layers/pause/pause" "$init"
    [ -f "$run/settings" ] || { sysctl "${cage_settings[@]}" >"$run/settings.new" && mv "$run/settings.new" "$run/settings"; }
    cgroup_folders | while read -r folder; do mkdir -p "$folder"; done
    if is_cgroup2; then enable_controllers; fi
    ip netns add $cage_name
    ip link add $cage_link type veth peer name node0 netns $cage_name
    ip addr add "$host_address/24" dev $cage_link
    ip link set $cage_link up
    # Not `ip netns exec`: it mounts /sys anew, without the cgroups. The way out leads to nobody.
    nsenter --net=/run/netns/$cage_name sh -ec "
        ip link set lo up
        ip addr add $NODE_ADDRESS/24 dev node0
        ip link set node0 up
        ip route add default via 10.200.0.253 dev node0
        sysctl -qw net.ipv4.ip_forward=1"
    # This machine reaches pods and Services by their addresses, and they reach it; the link takes the routes with it.
    ip route add "$POD_CIDR" via "$NODE_ADDRESS" dev $cage_link
    ip route add "$SERVICE_CIDR" via "$NODE_ADDRESS" dev $cage_link
    nohup setsid nsenter --net=/run/netns/$cage_name \
        unshare --mount --pid --fork --mount-proc --propagation private "$init" >"$run/log/cage.log" 2>&1 </dev/null &
    wait_for 5 "the cage" cage_process
    cage_mounts
}

# containerd, kubelet and CNI write to fixed places, too. Inside /run is empty, as after a start of the machine; of
# /var/lib and /var/log the machine's stay as they are.
cage_mounts() {
    local folder
    in_cage mount --make-rshared /
    in_cage mount -t tmpfs -o mode=755 tmpfs /run
    for folder in lib log; do
        mkdir -p "$run/overlay/$folder" "$run/overlay/$folder.work"
        in_cage mount -t overlay overlay -o "lowerdir=/var/$folder,upperdir=$run/overlay/$folder,workdir=$run/overlay/$folder.work" "/var/$folder"
    done
    printf 'nameserver %s\nsearch svc.cluster.local cluster.local\n' "$NODE_ADDRESS" >"$run/resolv.conf"
    in_cage mount --bind "$run/resolv.conf" "$(readlink -f /etc/resolv.conf)"
}

cage_down() {
    local process folder
    if process=$(cage_process); then
        kill -KILL "$process"
        wait_for 10 "the end of the cage" test ! -d "/proc/$process"
    fi
    # They outlive their processes, which end a moment after the first one's.
    for folder in $(cgroup_folders); do
        [ ! -d "$folder" ] || wait_for 10 "the end of cgroup $folder" remove_cgroup "$folder"
    done
    disable_controllers
    ip netns del $cage_name 2>/dev/null || true
    ip link del $cage_link 2>/dev/null || true
    # `ip netns add` mounts /run/netns on itself and leaves it so.
    if mountpoint -q /run/netns && [ -z "$(ls -A /run/netns)" ]; then umount /run/netns && rmdir /run/netns; fi
    if [ -f "$run/settings" ]; then
        sed 's/ = /=/' "$run/settings" | xargs -r sysctl -qw
        rm -f "$run/settings"
    fi
}

remove_cgroup() {
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
    [ ! -d "$1" ]
}
