#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints each event: the attributes first, which are the variables CE_..., then the data.

handle() {
    local name
    for name in $(compgen -A export CE_ | sort); do
        printf '%s: %s\n' "$(tr '[:upper:]' '[:lower:]' <<<"${name#CE_}")" "${!name}"
    done
    printf 'data: %s\n' "$(cat)"
}
