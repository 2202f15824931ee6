#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an appliance costs that nobody asks for anything: a line for each program with MiB of memory (PSS: what is shared counts once) and
# percent of a core over SECONDS (120), then all together. As root in the appliance, from this machine:
#   ssh root@APPLIANCE sh -s [SECONDS] <tests/appliance/figures.sh
#   tests/appliance/machine in_guest sh -s [SECONDS] <tests/appliance/figures.sh
set -eu
seconds=${1:-120}

# A line for each process: KiB, KiB of them that no file backs, clock ticks used so far, its number, its program.
processes() {
    for folder in /proc/[0-9]*; do
        # One that has ended meanwhile has none of these.
        words=$(tr '\0' ' ' 2>/dev/null <"$folder/cmdline") || continue
        [ -n "$words" ] || continue
        # shellcheck disable=SC2086 # its words
        set -- $words
        name=${1##*/}
        # One program of several jobs is named with the job.
        [ "$name" != knative ] || name="$name-${2:-}"
        ticks=$(sed 's/.*) //' "$folder/stat" 2>/dev/null | awk '{ print $12 + $13 }')
        awk -v name="${name%:}" -v number="${folder#/proc/}" -v ticks="${ticks:-0}" \
            '/^Pss:/ { pss = $2 } /^Anonymous:/ { anonymous = $2 } END { if (pss != "") print pss, anonymous, ticks, number, name }' \
            "$folder/smaps_rollup" 2>/dev/null || true
    done
}

# Nanoseconds of processor that all of the machine has used, what has ended too.
used() {
    cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '$1 == "usage_usec" { printf "%d\n", $2 * 1000 }' /sys/fs/cgroup/cpu.stat
}

before=$(processes)
used=$(used)
# Not a wait for something: the time that is measured.
sleep "$seconds"
used=$(($(used) - used))
after=$(processes)
printf '%s\n==\n%s\n' "$before" "$after" | awk -v seconds="$seconds" -v hertz="$(getconf CLK_TCK)" -v used="$used" '
    $1 == "==" { is_after = 1; next }
    !is_after { ticks[$4 $5] = $3; next }
    {
        pss[$5] += $1; anonymous[$5] += $2; spent[$5] += $3 - ticks[$4 $5]; count[$5]++
        all += $1; all_anonymous += $2
    }
    END {
        printf "%-28s %5s %8s %8s %6s\n", "program", "count", "MiB", "anon.", "CPU %"
        for (name in pss)
            printf "%-28s %5d %8.1f %8.1f %6.2f\n", name, count[name], pss[name] / 1024, anonymous[name] / 1024,
                100 * spent[name] / hertz / seconds | "sort -rnk 3"
        close("sort -rnk 3")
        printf "%-28s %5s %8.1f %8.1f %6.2f\n", "all", "", all / 1024, all_anonymous / 1024, used / 1e7 / seconds
    }'
