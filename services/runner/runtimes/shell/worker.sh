#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The worker side of the shell runtime: sources handler.sh and calls its handle() for each event.
# The protocol is that of the Python worker: JSON lines on descriptors 3 and 4.
# handle() gets the attributes as CE_ID, CE_TYPE, CE_VMNAME..., the data on standard input, and a
# file name in REPLY_FILE: a CloudEvent in JSON written there is the reply. Exit status 75
# (EX_TEMPFAIL) asks for the event again later; any other but 0 is an error.
set -u

send() { printf '%s\n' "$1" >&4; }

refuse() {
    send "$(jq -cn --arg error "$1" '{ready: false, error: $error}')"
    exit 1
}

command -v jq >/dev/null || { send '{"ready":false,"error":"jq is not installed"}'; exit 1; }
[ -r "$MILLRACE_CODE/handler.sh" ] || refuse "there is no handler.sh"
bash -n "$MILLRACE_CODE/handler.sh" || refuse "handler.sh has a syntax error; see the log"
cd "$MILLRACE_CODE" || exit 1
# shellcheck disable=SC1091 # the user's code
. ./handler.sh
declare -F handle >/dev/null || refuse "handler.sh must define a function handle"
send '{"ready":true}'

# The attributes as export statements, quoted by jq.
attributes='.event | del(.data, .data_base64) | to_entries[]
    | "export CE_\(.key | ascii_upcase)=\(.value | tostring | @sh)"'
data='.event | if has("data_base64") then .data_base64 | @base64d
    elif (.data | type) == "string" then .data else .data // empty | tojson end'

while IFS= read -r request <&3; do
    id=$(jq -r '.id' <<<"$request")
    REPLY_FILE=$(mktemp)
    export REPLY_FILE
    status=0
    (
        exec 3<&- 4>&-
        eval "$(jq -r "$attributes" <<<"$request")"
        jq -rj "$data" <<<"$request" | handle
    ) || status=$?
    if [ "$status" -eq 75 ]; then
        send "{\"id\":$id,\"status\":\"retry\",\"afterSeconds\":5,\"error\":\"handle asked for a retry (75)\"}"
    elif [ "$status" -ne 0 ]; then
        send "{\"id\":$id,\"status\":\"error\",\"error\":\"handle ended with status $status\"}"
    elif [ -s "$REPLY_FILE" ]; then
        reply=$(jq -c --argjson id "$id" '{id: $id, status: "ok", reply: .}' "$REPLY_FILE" 2>/dev/null) ||
            reply="{\"id\":$id,\"status\":\"error\",\"error\":\"the reply is not JSON\"}"
        send "$reply"
    else
        send "{\"id\":$id,\"status\":\"ok\",\"reply\":null}"
    fi
    rm -f "$REPLY_FILE"
done
