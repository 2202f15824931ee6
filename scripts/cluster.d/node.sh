# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/cluster: the programs of the node, from appliance/node. Uses $run, $node, $begun, node.env.
# shellcheck shell=bash disable=SC2154 # what scripts/cluster sets

# filled FILE: its text with @NAME@ replaced.
filled() {
    sed -e "s|@RUN@|$run|g; s|@CGROUP@|$cage_cgroup|g; s|@CGROUP_DRIVER@|cgroupfs|g; s|@SYSTEMD_CGROUP@|false|g; s|@PAUSE_IMAGE@|$pause_image|g; s|@KNATIVE_VERSION@|$knative_version|g" \
        -e "s|@NODE@|$NODE|g; s|@NODE_ADDRESS@|$NODE_ADDRESS|g; s|@POD_CIDR@|$POD_CIDR|g; s|@SERVICE_CIDR@|$SERVICE_CIDR|g" \
        -e "s|@DNS_ADDRESS@|$DNS_ADDRESS|g; s|@XDS_ADDRESS@|$XDS_ADDRESS|g; s|@DOMAIN@|$DOMAIN|g; s|@CONSOLE_PORT@|$CONSOLE_PORT|g" "$1"
}

node_files() {
    local file
    mkdir -p "$run"/{config,cni,etcd,volumes/broker,volumes/router,kubelet}
    for file in "$node"/config/*; do filled "$file" >"$run/config/${file##*/}"; done
    mv "$run/config/bridge.conflist" "$run/cni/10-bridge.conflist"
    chown 65532:65532 "$run"/volumes/*
    "$root/build/release/bin/millrace-configurator" certificates --folder "$run" --address "$NODE_ADDRESS" --api-address "$API_ADDRESS"
}

# An etcd before 3.5 (Debian 12) cannot be asked how far a watch is: unless it says so by itself, the API server's caches
# look old to it for ten minutes, lists that must be current wait three seconds, and watches that begin with a list fail.
# Measured: said each second, it costs API server and etcd a tenth of a core.
etcd_progress() { ! etcd --version | grep -q 'Version: 3\.4\.' || echo --experimental-watch-progress-notify-interval=2s; }

# start_process NAME [ARGUMENT...]: in the cage, and again whenever it ends, as systemd does on the appliance. Lines NAME=VALUE in
# its file are its environment, the others its command.
start_process() {
    local name=$1 words
    shift
    mapfile -t words < <(filled "$node/processes/$name" | grep -v '^#')
    # shellcheck disable=SC2016 # expanded inside
    PATH=$programs:$PATH nohup setsid nsenter --target "$(cage_process)" --net --mount --pid -- bash -c '
        name=$1
        shift
        while :; do
            env "$@" && status=0 || status=$?
            printf "%s %s ended with %s; it is started again.\n" "$(date -u +%FT%TZ)" "$name" "$status"
            sleep 0.5
        done' supervise "$name" "${words[@]}" "$@" >>"$run/log/$name.log" 2>&1 </dev/null &
    disown # or bash tells of its end, which is meant
}

kubectl_admin() { KUBECONFIG=$run/kubeconfig/admin KUBECACHEDIR=$run/kubecache "$programs/kubectl" "$@"; }

# pods_are_up NAMESPACE: every container of it is ready, and was started after $begun: what was ready before the cluster
# stopped still says so until the kubelet has looked.
pods_are_up() {
    kubectl_admin get pods --namespace "$1" --output \
        'jsonpath={range .items[*].status.containerStatuses[*]}{.ready} {.state.running.startedAt}{"\n"}{end}' |
        awk -v since="$(date -u -d "@${begun%.*}" +%FT%TZ)" '$1 != "true" || $2 < since { exit 1 }'
}

# applied_copy FILE: where the text that was applied of it stands.
applied_copy() { echo "$run/applied/${1##*/}"; }

is_applied() { [ "$(filled "$1")" = "$(cat "$(applied_copy "$1")" 2>/dev/null)" ]; }

# apply FILE...: of manifests with @NAMES@, unless the same has been applied. What others own of them becomes ours.
apply() {
    local file text
    mkdir -p "$run/applied"
    for file; do
        ! is_applied "$file" || continue
        text=$(filled "$file")
        kubectl_admin apply --server-side --force-conflicts --filename - <<<"$text" >>"$run/log/apply.log"
        echo "$text" >"$(applied_copy "$file")"
    done
}

# are_taken FILE: whether the API server would take what it says.
are_taken() { filled "$1" | kubectl_admin apply --server-side --force-conflicts --dry-run=server --filename -; }

containerd_control() { in_cage ctr --address /run/containerd/containerd.sock --namespace k8s.io "$@"; }

# import_archive FILE: unless containerd has it. Its layers are unpacked then, and their packed form is not needed.
import_archive() {
    local file=$1 imported=$run/imported
    mkdir -p "$imported"
    [ ! -e "$imported/${file##*/}" ] || return 0
    containerd_control images import --all-platforms "$file" >>"$run/log/import.log" 2>&1 ||
        fail "containerd does not take $file: $(tail -n 1 "$run/log/import.log")"
    containerd_control content prune references >/dev/null
    touch "$imported/${file##*/}"
}
