# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/cluster: what the cluster costs, and what it leaves on the machine.
# shellcheck shell=bash disable=SC2154 # what scripts/cluster sets

# processes: a line for each process in the cage: KiB of PSS, KiB of it anonymous, ticks of CPU so far, its program.
processes() {
    # shellcheck disable=SC2016 # awk's and the inner shell's
    in_cage bash -c '
        for folder in /proc/[0-9]*; do
            words=$(tr "\0" " " <"$folder/cmdline" 2>/dev/null) || continue
            [ -n "$words" ] || continue
            read -r program first _ <<<"$words"
            name=${program##*/}
            [ "$name" != knative ] || name="knative $first"
            ticks=$(sed "s/.*) //" "$folder/stat" 2>/dev/null | cut -d " " -f 12,13) || continue
            awk -v name="$name" -v ticks=$((${ticks/ /+})) \
                '\''/^Pss:/ { pss = $2 } /^Anonymous:/ { anonymous = $2 } END { print pss, anonymous, ticks, name }'\'' \
                "$folder/smaps_rollup" 2>/dev/null || true
        done'
}

# memory: MiB of every program in the cage, its processes together: PSS, anonymous. Shared pages are counted once.
memory() {
    processes | awk '
        NF > 3 { key = $4 " " $5; pss[key] += $1; anonymous[key] += $2; count[key]++; all += $1; all_anonymous += $2 }
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
    pgrep -xa 'cage-init|etcd|kube-apiserver|kubernetes|containerd|containerd-shim|coredns|envoy|knative' 2>/dev/null || [ $? -eq 1 ]
    echo "== mounts"
    cut -d ' ' -f 5- /proc/self/mountinfo
    echo "== links and routes"
    ip -brief link
    ip route
    ip netns list
    echo "== control groups"
    for controller in /sys/fs/cgroup /sys/fs/cgroup/*/; do find "$controller" -maxdepth 1 -mindepth 1 -type d; done
    ! is_cgroup2 || cat /sys/fs/cgroup/cgroup.subtree_control
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

# api_requests: how many the API server has answered.
api_requests() { kubectl_admin get --raw /metrics | awk '/^apiserver_request_total/ { sum += $NF } END { printf "%d\n", sum }'; }

# at_rest WHAT SECONDS: memory, CPU and requests to the API server of a cluster that nobody asks for anything, as JSON
# lines: each program, then all together.
at_rest() {
    local what=$1 seconds=$2 before requests begun
    before=$(processes)
    requests=$(api_requests)
    begun=$(date +%s.%N)
    # Not a wait for something: the time that is measured.
    sleep "$seconds"
    requests=$(($(api_requests) - requests))
    { echo "$before" && echo "==" && processes; } | awk -v what="$what" -v requests="$requests" \
        -v seconds="$(bc <<<"$(date +%s.%N) - $begun")" -v hertz="$(getconf CLK_TCK)" '
        function line(name, pss, ticks, more) {
            printf "{\"bench\":\"cluster\",\"part\":\"%s\",\"program\":\"%s\",\"pss_mib\":%.1f,\"cpu_percent\":%.2f%s}\n",
                what, name, pss / 1024, 100 * ticks / hertz / seconds, more
        }
        $1 == "==" { is_after = 1; next }
        NF < 4 { next }
        { name = $4 ($5 == "" ? "" : " " $5) }
        !is_after { ticks[name] -= $3; next }
        { ticks[name] += $3; pss[name] += $1 }
        END {
            for (name in pss) {
                # One that ended meanwhile takes what it used with it.
                if (ticks[name] < 0) ticks[name] = 0
                line(name, pss[name], ticks[name], "")
                all += pss[name]; all_ticks += ticks[name]
            }
            line("all", all, all_ticks, sprintf(",\"api_requests_per_s\":%.2f", requests / seconds))
        }'
}

# sizes: of programs and of archives of images, as JSON lines.
sizes() {
    local file
    for file in "$programs"/*; do
        # What leads to a neighbour is another name of it.
        [[ ! -L $file || $(readlink "$file") == */* ]] || continue
        printf '{"bench":"cluster","part":"size","program":"%s","bytes":%d}\n' "${file##*/}" "$(stat -Lc %s "$file")"
    done
    for file in "${!archives[@]}"; do
        printf '{"bench":"cluster","part":"size","images":"%s","bytes":%d}\n' "$file" "$(stat -Lc %s "${archives[$file]}")"
    done
}

# many_objects: 200 functions at zero and 500 Triggers of 20 Brokers, each in a namespace of its own.
many_objects() {
    local number of version
    version=$(cat "$root/VERSION")
    for number in $(seq 20); do
        printf -- '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: many-%d, labels: {millrace.dev/many: "yes"}}\n' "$number"
    done
    for number in $(seq 20); do
        cat <<YAML
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default, namespace: many-$number, annotations: {eventing.knative.dev/broker.class: Millrace}}
YAML
        for of in $(seq 25); do
            cat <<YAML
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: trigger-$of, namespace: many-$number}
spec:
  broker: default
  filters: [{exact: {type: many.$number.$of}}]
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: function-$(((of - 1) % 10 + 1))}}
YAML
        done
        for of in $(seq 10); do
            cat <<YAML
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: function-$of, namespace: many-$number, labels: {millrace.dev/runtime: python}}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/initial-scale: "0"}}
    spec: {containers: [{image: "dev.local/millrace/python:$version"}]}
YAML
        done
    done
}

# figures [SECONDS]: what a cluster costs that runs and that nobody asks, empty and with many objects in it.
figures() {
    local seconds=${1:-60} yaml
    build
    sizes
    at_rest empty "$seconds"
    yaml=$(many_objects)
    kubectl_admin apply --server-side --filename - <<<"$yaml" >/dev/null
    kubectl_admin wait --all-namespaces --for=condition=Ready trigger --all --timeout=300s >/dev/null
    kubectl_admin wait --all-namespaces --for=condition=Ready ksvc --all --timeout=300s >/dev/null
    at_rest many "$seconds"
    kubectl_admin delete namespace --selector millrace.dev/many=yes --timeout=300s >/dev/null
}
