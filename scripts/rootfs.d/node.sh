# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/build-rootfs: what makes the appliance a node of Kubernetes, from appliance/node. Uses $root, $cache,
# $manifests (Knative's objects).
# shellcheck shell=bash disable=SC2154 # what scripts/build-rootfs sets

# Sets image_tag and archives, and layers: those of them that have what others made, as the bill of materials wants them.
build_images() {
    local built name key file layer
    archives=() layers=()
    built=$("$root/scripts/build-images" all)
    while read -r name key file; do
        archives+=("$file")
        case $name in
            millrace)
                image_tag=$key
                for layer in base python shell; do layers+=(--layer "$cache/images/layers/$layer"); done
                ;;
            powershell) layers+=(--layer "$cache/images/layers/powershell") ;;
        esac
    done <<<"$built"
}

# fill FILE...: what is fixed when the system is built. Networks are the form's.
fill() {
    sed -i -e "s|@RUN@|/var/lib/millrace/cluster|g; s|@CGROUP@|/|g; s|@CGROUP_DRIVER@|systemd|g; s|@SYSTEMD_CGROUP@|true|g" \
        -e "s|@PAUSE_IMAGE@|dev.local/millrace/pause:$(version_of k8s.io/kubernetes kubernetes)|g; s|@DOMAIN@|millrace.local|g" \
        -e "s|@KNATIVE_VERSION@|$(version_of knative.dev/serving knative)|g; s|@IMAGE_TAG@|$image_tag|g" "$@"
}

# node_unit SYSTEM NAME: the command line of appliance/node/processes/NAME for the unit millrace-NAME. What @NAME@ is for a file is
# ${NAME} for systemd; each word is quoted.
node_unit() {
    local system=$1 name=$2 folder=$1/usr/lib/systemd/system/millrace-$2.service.d line words=() variables=() program
    while IFS= read -r line; do
        case $line in
            '#'*) ;;
            [A-Z]*=*) variables+=("$line") ;;
            *) words+=("$(sed -E 's/%/%%/g; s/@RUN@/\/var\/lib\/millrace\/cluster/g; s/@([A-Z_]+)@/${\1}/g' <<<"$line")") ;;
        esac
    done <"$root/appliance/node/processes/$name"
    program=/usr/libexec/millrace/${words[0]}
    [ -e "$system$program" ] || program=/usr/bin/${words[0]}
    mkdir -p "$folder"
    {
        echo '[Service]'
        [ ${#variables[@]} -eq 0 ] || printf 'Environment="%s"\n' "${variables[@]}"
        printf 'ExecStart=%s' "$program"
        [ ${#words[@]} -eq 1 ] || printf ' "%s"' "${words[@]:1}"
        echo
    } >"$folder/command.conf"
}

# What the node's programs are made of, ours first: a file of appliance/rootfs is in the place of appliance/node's.
add_node() {
    local system=$1 share=$1/usr/share/millrace/node file
    mkdir -p "$share"/{cni,config,objects} "$system/usr/share/millrace/images"
    cp --no-clobber "$root"/appliance/node/config/* "$share/config/"
    mv "$share/config/bridge.conflist" "$share/cni/10-bridge.conflist"
    cp "$root"/appliance/node/objects/{ingress,node,volumes}.yaml "$manifests"/{definitions,knative}.yaml "$share/objects/"
    fill "$share"/*/*
    for file in "$root"/appliance/node/processes/*; do node_unit "$system" "${file##*/}"; done
    cp -rT "$root/appliance/chart" "$system/usr/share/millrace/chart"
    cp -rT "$root/services/console/web/dist" "$system/usr/share/millrace/web"
    cp -rT "$root/appliance/functions" "$system/usr/share/millrace/functions"
    cp --reflink=auto "${archives[@]}" "$system/usr/share/millrace/images/"
    # What a person at the VM's console needs.
    ln -s ../libexec/millrace/{kubectl,millrace-configurator,millrace-console} "$system/usr/bin/"
    # So that kubectl, where root has signed in, asks this node.
    install -d -m 0700 "$system/root/.kube"
    ln -s /var/lib/millrace/cluster/kubeconfig/admin "$system/root/.kube/config"
}

# Upstream's, with the other names of one.
add_programs() {
    local system=$1 name program target=$1/usr/libexec/millrace
    install -D -m 0755 -s --strip-program=llvm-strip-19 --target-directory "$target" "${built[@]}"
    for name in "${upstream[@]}"; do
        program=$(readlink -f "$cache/upstream/bin/$name")
        [ -e "$target/${program##*/}" ] || install -m 0755 "$program" "$target/"
        [ "${program##*/}" = "$name" ] || ln -s "${program##*/}" "$target/$name"
    done
}
