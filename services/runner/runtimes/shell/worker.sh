#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The worker side of the shell runtime: sources handler.sh and calls its handle() for each event.
# The protocol is that of the Python worker: JSON lines on descriptors 3 and 4.
# handle() gets the attributes as CE_ID, CE_TYPE, CE_VMNAME..., the data on standard input, and a
# file name in REPLY_FILE: a CloudEvent in JSON written there is the reply. Exit status 75
# (EX_TEMPFAIL) asks for the event again later; any other but 0 is an error.
# JSON data and replies are passed as they stand: jq 1.6 would write numbers anew.
set -u

send() { printf '%s\n' "$1" >&4; }

refuse() {
    send "$(jq -cn --arg error "$1" '{ready: false, error: $error}')"
    exit 1
}

command -v jq >/dev/null || { send '{"ready":false,"error":"jq is not installed"}'; exit 1; }
cd "$MILLRACE_CODE" || exit 1
[ -r handler.sh ] || refuse "there is no handler.sh"
if ! problem=$(bash -n handler.sh 2>&1); then
    printf '%s\n' "$problem" >&2
    refuse "${problem%%$'\n'*}"
fi
# shellcheck disable=SC1091 # the user's code
. ./handler.sh
declare -F handle >/dev/null || refuse "handler.sh must define a function handle"
send '{"ready":true}'

# The attributes as export statements, quoted by jq.
attributes='.event | del(.data, .data_base64) | to_entries[]
    | "export CE_\(.key | ascii_upcase)=\(.value | tostring | @sh)"'

# The data of a request to standard output. It stands last in the frame, and no attribute can hold
# what begins it: a quote inside a JSON text is escaped.
print_data() {
    local kind=${1#*\"kind\":\"} data
    case ${kind%%\"*} in
        json)
            data=${1#*,\"data\":}
            printf '%s' "${data%\}\}}"
            ;;
        text) jq -rj '.event.data' <<<"$1" ;;
        base64)
            data=${1#*,\"data_base64\":\"}
            base64 -d <<<"${data%\"\}\}}"
            ;;
    esac
}

# The answer to a call that wrote a reply: one line, the reply as it stands.
answer_with_reply() {
    if jq -es 'length == 1' "$REPLY_FILE" >/dev/null 2>&1; then
        printf '{"id":%s,"status":"ok","reply":%s}' "$1" "$(tr '\r\n' '  ' <"$REPLY_FILE")"
    else
        printf '{"id":%s,"status":"error","error":"the reply is not JSON"}' "$1"
    fi
}

while IFS= read -r request <&3; do
    id=${request#\{\"id\":}
    id=${id%%,*}
    REPLY_FILE=$(mktemp)
    export REPLY_FILE
    status=0
    (
        exec 3<&- 4>&-
        eval "$(jq -r "$attributes" <<<"$request")"
        print_data "$request" | handle
    ) || status=$?
    if [ "$status" -eq 75 ]; then
        send "{\"id\":$id,\"status\":\"retry\",\"afterSeconds\":5,\"error\":\"handle asked for a retry (75)\"}"
    elif [ "$status" -ne 0 ]; then
        send "{\"id\":$id,\"status\":\"error\",\"error\":\"handle ended with status $status\"}"
    elif [ -s "$REPLY_FILE" ]; then
        send "$(answer_with_reply "$id")"
    else
        send "{\"id\":$id,\"status\":\"ok\",\"reply\":null}"
    fi
    rm -f "$REPLY_FILE"
done
