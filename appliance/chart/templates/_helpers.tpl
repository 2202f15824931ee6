{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* Called with (dict "root" $ "part" "broker"). */}}
{{- define "millrace.name" -}}
{{ .root.Release.Name | trunc 40 | trimSuffix "-" }}-{{ .part }}
{{- end }}

{{- define "millrace.selector" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "millrace.labels" -}}
{{ include "millrace.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "millrace.image" -}}
{{ .Values.image.services }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Of a pod: what Pod Security "restricted" asks for. */}}
{{- define "millrace.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* Where pods may run, and as whom their images are pulled. Called with $. */}}
{{- define "millrace.placement" -}}
{{- range $field, $value := .Values.pods }}
{{- with $value }}
{{ $field }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* The claim of a part's volume. */}}
{{- define "millrace.claim" -}}
{{- $storage := (index .root.Values .part).storage -}}
{{ $storage.existingClaim | default (include "millrace.name" .) }}
{{- end }}

{{/* The address under which a part is asked. */}}
{{- define "millrace.address" -}}
http://{{ include "millrace.name" . }}.{{ .root.Release.Namespace }}.svc.cluster.local
{{- end }}

{{- define "millrace.brokerAddress" -}}
{{ include "millrace.address" (dict "root" . "part" "broker") }}
{{- end }}

{{/* What is made once and kept by an upgrade. Called with (dict "root" $ "name" SECRET "key" KEY "new" VALUE). */}}
{{- define "millrace.kept" -}}
{{- $there := lookup "v1" "Secret" .root.Release.Namespace .name -}}
{{- if $there }}{{ index $there.data .key | b64dec }}{{ else }}{{ .new }}{{ end }}
{{- end }}

{{/* The bearer token of every part's API. */}}
{{- define "millrace.token" -}}
{{- with .Values.token.value }}{{ . }}{{ else -}}
{{ include "millrace.kept" (dict "root" . "name" (include "millrace.name" (dict "root" . "part" "token")) "key" "token" "new" (randAlphaNum 48)) }}
{{- end }}
{{- end }}

{{/* Whether an object is of this release. Called with (dict "root" $ "object" ...). */}}
{{- define "millrace.isOurs" -}}
{{- $annotations := dig "metadata" "annotations" dict (.object | default dict) -}}
{{- and (eq (index $annotations "meta.helm.sh/release-name" | default "") .root.Release.Name) (eq (index $annotations "meta.helm.sh/release-namespace" | default "") .root.Release.Namespace) -}}
{{- end }}
