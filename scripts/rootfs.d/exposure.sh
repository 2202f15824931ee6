# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/build-rootfs: what our units may do, by the appliance's own systemd. Uses $root.
# shellcheck shell=bash disable=SC2154 # what scripts/build-rootfs sets

# is_within SYSTEM UNIT BOUND: whether the unit's exposure is at most that; prints all that counts.
is_within() { chroot "$1" systemd-analyze security --offline=true --no-pager --threshold="$3" "$2.service"; }

# check_exposure SYSTEM: each of our units against appliance/exposure.
check_exposure() {
    local unit bound name file status=0
    local -A bounds=()
    while read -r unit bound; do
        [[ -z $unit || $unit == '#'* ]] || bounds[$unit]=$bound
    done <"$root/appliance/exposure"
    for file in "$1"/usr/lib/systemd/system/millrace-*.service; do
        name=$(basename "$file" .service)
        if [ -z "${bounds[$name]:-}" ]; then
            echo "$name has no bound in appliance/exposure"
            status=1
        elif is_within "$1" "$name" 0 >/dev/null 2>&1; then
            # Nothing has no exposure at all.
            echo "$name: systemd-analyze security tells nothing"
            status=1
        elif ! is_within "$1" "$name" "${bounds[$name]}"; then
            echo "$name is over its bound in appliance/exposure, ${bounds[$name]}"
            status=1
        fi
        unset "bounds[$name]"
    done
    for unit in "${!bounds[@]}"; do
        echo "appliance/exposure names $unit, which there is not"
        status=1
    done
    return $status
}
