# SPDX-License-Identifier: Apache-2.0
# Sourced: the cluster in the virtual machine, and what is around it: a simulated vCenter that it reaches at $vcenter_address, a browser.
# The sourcing script has virtual_machine.sh, and `is`.
# shellcheck shell=bash disable=SC2034,SC2154
: "${VM:?the folder of the machine}"

# A function's first call after a boot needs a pod that starts: a minute and a half where everything is emulated.
event_limit=${EVENT_LIMIT:-600}
host=millrace.example.com
console_password='C0nsole-pass%word'
vcenter_password='Vc3nter-pass%word'
simulator_pid=''

start_vcenter() {
    printf %s "$vcenter_password" >"$VM/vcenter.password"
    "$root/build/${MILLRACE_PRESET:-release}/bin/millrace-simulator" --state="$VM/vcenter" --password-file="$VM/vcenter.password" \
        --vcenter-listen="127.0.0.1:$vcenter_port" --rate=1 >"$VM/vcenter.log" 2>&1 &
    simulator_pid=$!
}

# page PATH [WORD...]: what the web page's interface answers, as a browser would ask it.
page() {
    local path=$1
    shift
    curl --silent --show-error --fail-with-body --insecure --max-time 60 --connect-to "$host:443:127.0.0.1:$web_port" \
        --cookie-jar "$VM/cookies" --cookie "$VM/cookies" --header 'X-Requested-With: millrace' --header 'Sec-Fetch-Site: same-origin' \
        --header 'Content-Type: application/json' "$@" "https://$host/api/v1$path"
}
signs_in() { page /session --data "$(jq -n --arg password "$console_password" '{user: "admin", $password}')" >"$VM/page.txt" 2>&1; }
calls() { page /functions/echo 2>>"$VM/page.txt" | jq -e .calls; }
calls_exceed() { local now && now=$(calls) && [ "$now" -gt "$1" ]; }

# Whatever happens, it is called.
make_function() {
    within "$event_limit" "the web page's login" signs_in
    page /functions --data '{"name": "echo", "recipe": "echo", "triggers": [{"types": [], "attributes": []}]}' >"$VM/page.txt" ||
        fail "the function: $(cat "$VM/page.txt")"
}

# From vCenter by router, broker, Envoy and Knative.
event_comes() {
    local before
    within "$event_limit" "the web page's login" signs_in
    before=$(calls) || before=0
    within "$event_limit" "an event of vCenter in a function" calls_exceed "$before"
}

# A node with cgroup v2 and systemd as its driver.
cluster_is_well() {
    is "the node" "node/millrace condition met" "kubectl wait --for=condition=Ready node/millrace --timeout=60s"
    # Pods of functions come and go.
    in_guest "kubectl wait --for=condition=Ready pods --all-namespaces --field-selector=metadata.namespace!=vmware-functions \
        --timeout=${event_limit}s" >"$VM/pods.log" 2>&1 || fail "not ready: $(cat "$VM/pods.log")"
    in_guest "kubectl get pods --all-namespaces --output=wide" >"$VM/pods.log"
    is "the kubelet's driver" systemd \
        "kubectl get --raw /api/v1/nodes/millrace/proxy/configz | grep -o '\"cgroupDriver\":\"[a-z]*' | cut -d '\"' -f 4"
    is "control groups of containers" kubepods.slice \
        "systemctl show --property=ControlGroup --value 'cri-containerd-*.scope' | grep . | cut -d / -f 2 | sort -u"
    is "units that failed" "" "systemctl list-units --failed --no-legend --plain"
}

# In MiB: what all processes have, what is in use of the machine's; and how much of the processors' time passes at rest.
figures() {
    # shellcheck disable=SC2016 # of the guest
    in_guest 'cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk "/^Pss:/ {sum += \$2} END {printf \"  memory: PSS %d MiB\", sum / 1024}"
        awk "/^MemTotal/ {total = \$2} /^MemAvailable/ {printf \", in use %d MiB\n\", (total - \$2) / 1024}" /proc/meminfo
        df --block-size=M --output=target,used,size / /var/lib/millrace | sed 1d'
}
