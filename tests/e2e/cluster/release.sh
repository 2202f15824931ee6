# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests that change the chart's release in the cluster that scripts/cluster has started.
# shellcheck shell=bash disable=SC2034 # who sources it uses what it sets
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/common.sh"

inside() { "$root/scripts/cluster" run "$@"; }

# The words behind `helm upgrade` and `helm install` for what runs now.
image=$(inside kubectl --namespace millrace get deployment millrace-console --output 'jsonpath={.spec.template.spec.containers[0].image}')
release=(millrace "$root/appliance/chart" --namespace millrace --values "$cache/cluster/config/chart-values.yaml" --set "image.tag=${image##*:}" --wait --timeout 120s)
