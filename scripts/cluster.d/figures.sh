# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/cluster: what the cluster costs, and what it leaves on the machine.
# shellcheck shell=bash disable=SC2154 # what scripts/cluster sets

# memory: MiB of every program in the cage, its processes together: PSS, anonymous. Shared pages are counted once.
memory() {
    # shellcheck disable=SC2016 # awk's and the inner shell's
    in_cage bash -c '
        for folder in /proc/[0-9]*; do
            words=$(tr "\0" " " <"$folder/cmdline" 2>/dev/null) || continue
            [ -n "$words" ] || continue
            read -r program first _ <<<"$words"
            name=${program##*/}
            [ "$name" != knative ] || name="knative $first"
            awk -v name="$name" '\''/^Pss:/ { pss = $2 } /^Anonymous:/ { anonymous = $2 } END { print pss, anonymous, name }'\'' \
                "$folder/smaps_rollup" 2>/dev/null || true
        done' | awk '
        NF > 2 { key = $3 " " $4; pss[key] += $1; anonymous[key] += $2; count[key]++; all += $1; all_anonymous += $2 }
        END {
            for (key in pss) printf "%-28s %3d %8.1f %8.1f\n", key, count[key], pss[key] / 1024, anonymous[key] / 1024 | "sort -rnk 3"
            close("sort -rnk 3")
            printf "%-28s     %8.1f %8.1f\n", "all", all / 1024, all_anonymous / 1024
        }'
}

# machine_state: what a cluster could leave behind, a line each.
machine_state() {
    local controller
    echo "== processes of the cluster"
    # Where it finds none, it warns of the pattern's length and ends with 1.
    pgrep -xa 'cage-init|etcd|kube-apiserver|kube-scheduler|kube-controller|kubelet|kube-proxy|containerd|containerd-shim|coredns|envoy|knative' 2>/dev/null || [ $? -eq 1 ]
    echo "== mounts"
    cut -d ' ' -f 5- /proc/self/mountinfo
    echo "== links and routes"
    ip -brief link
    ip route
    ip netns list
    echo "== control groups"
    for controller in /sys/fs/cgroup /sys/fs/cgroup/*/; do find "$controller" -maxdepth 1 -mindepth 1 -type d; done
    echo "== settings"
    sysctl "${cage_settings[@]}" net.ipv4.ip_forward
    ls -d /run/netns /run/containerd /var/lib/kubelet /var/lib/cni /var/log/pods /opt/containerd 2>/dev/null || true
}

# leaves_nothing: starts and stops a cluster and compares the machine before and after. The cluster must not run.
leaves_nothing() {
    local before after
    ! cage_process >/dev/null || fail "cluster: it runs; scripts/cluster down stops it" 2
    before=$(machine_state)
    up
    cage_down
    after=$(machine_state)
    diff <(echo "$before") <(echo "$after") >&2 || fail "cluster: that is what it left"
    say "The machine is as it was."
}
