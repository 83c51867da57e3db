{{- define "kcp-syncer.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "kcp-syncer.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "kcp-syncer.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "kcp-syncer.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Of objects without a namespace: two releases must not share them. */}}
{{- define "kcp-syncer.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "kcp-syncer.fullname" .) }}
{{- end }}

{{/* The same for types whose names take no colon. */}}
{{- define "kcp-syncer.dnsClusterName" -}}
{{- printf "%s.%s" (include "kcp-syncer.fullname" .) .Release.Namespace }}
{{- end }}

{{- define "kcp-syncer.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kcp-syncer.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "kcp-syncer.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "kcp-syncer.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kcp-syncer.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "kcp-syncer.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "kcp-syncer.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "kcp-syncer.subject" -}}
- kind: ServiceAccount
  name: {{ include "kcp-syncer.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* The namespaces that are never written, as a regular expression: kube-*, our own, and the protected ones. */}}
{{- define "kcp-syncer.protectedPattern" -}}
{{- $names := concat (list "kube-*" .Release.Namespace) .Values.protectedNamespaces }}
{{- range .Values.tenants }}{{ $names = append $names .namespace }}{{ end }}
{{- printf "^(%s)$" (join "|" (uniq $names) | replace "*" ".*") }}
{{- end }}

{{- define "kcp-syncer.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "kcp-syncer.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Annotations of a part of the hook before a release goes; given is when it is made. */}}
{{- define "kcp-syncer.releaseHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
