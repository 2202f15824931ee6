# SPDX-License-Identifier: Apache-2.0
# Sourced: the control groups of a machine that is booted in namespaces, below our own one in each hierarchy.
# shellcheck shell=bash

# cgroups NAME: its folder in each hierarchy that this machine has.
cgroups() {
    local controllers path
    while IFS=: read -r _ controllers path; do
        case $controllers in
            name=*) controllers=${controllers#name=} ;;
            # Version 2, alone or beside version 1.
            '') if [ -e /sys/fs/cgroup/cgroup.procs ]; then controllers=.; else controllers=unified; fi ;;
        esac
        [ ! -d "/sys/fs/cgroup/$controllers" ] || echo "/sys/fs/cgroup/$controllers${path%/}/$1"
    done </proc/self/cgroup
}

# join_cgroups NAME: makes them, for this process and what it starts.
join_cgroups() {
    local folder file
    for folder in $(cgroups "$1"); do
        mkdir -p "$folder"
        case $folder in
            /sys/fs/cgroup/cpuset/*)
                for file in cpus mems; do cat "${folder%/*}/cpuset.$file" >"$folder/cpuset.$file"; done
                ;;
            /sys/fs/cgroup/memory/*) [ -z "${MEMORY_SIZE:-}" ] || echo "$MEMORY_SIZE" >"$folder/memory.limit_in_bytes" ;;
            *) [ -z "${MEMORY_SIZE:-}" ] || [ ! -e "$folder/memory.max" ] || echo "$MEMORY_SIZE" >"$folder/memory.max" ;;
        esac
        echo $$ >"$folder/cgroup.procs"
    done
}

# thaw_cgroups NAME: runc freezes a container while it writes its rules; in version 1 what is frozen does not die of SIGKILL.
thaw_cgroups() {
    local folder file
    for folder in $(cgroups "$1"); do
        while IFS= read -r file; do
            echo THAWED >"$file" 2>/dev/null || true
        done < <(find "$folder" -name freezer.state 2>/dev/null)
    done
}

remove_cgroup() {
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
    [ ! -d "$1" ]
}

# drop_cgroups NAME: they outlive their processes, the last of which end a moment later.
drop_cgroups() {
    local folder
    for folder in $(cgroups "$1"); do
        [ ! -d "$folder" ] || within 10 remove_cgroup "$folder" || fail "the cgroup $folder is still in use"
    done
}
