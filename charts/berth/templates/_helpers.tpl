{{- define "berth.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "berth.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "berth.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* Labels of an object of a part: (dict "top" $ "part" "controller"). */}}
{{- define "berth.labels" -}}
{{ include "berth.selectorLabels" . }}
app.kubernetes.io/version: {{ .top.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .top.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .top.Chart.Name .top.Chart.Version | replace "+" "_" }}
{{- with .top.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "berth.selectorLabels" -}}
app.kubernetes.io/name: {{ include "berth.name" .top }}
app.kubernetes.io/instance: {{ .top.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* The account of a part: (dict "top" $ "part" "controller"). */}}
{{- define "berth.serviceAccountName" -}}
{{- $account := (index .top.Values .part).serviceAccount }}
{{- if $account.name }}
{{- $account.name }}
{{- else }}
{{- $account.create | ternary (printf "%s-%s" (include "berth.fullname" .top) .part) "default" }}
{{- end }}
{{- end }}

{{- define "berth.image" -}}
{{- with .Values.image }}
{{- if .digest }}
{{- printf "%s@%s" .repository .digest }}
{{- else }}
{{- printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Flags for databases that are named with ssl:. */}}
{{- define "berth.tlsArgs" -}}
{{- if .Values.ovn.tls.secretName -}}
- --ca-cert=/etc/berth/tls/{{ .Values.ovn.tls.ca }}
- --certificate=/etc/berth/tls/{{ .Values.ovn.tls.certificate }}
- --private-key=/etc/berth/tls/{{ .Values.ovn.tls.privateKey }}
{{- else if or (contains "ssl:" .Values.ovn.nb) (contains "ssl:" .Values.ovn.sb) -}}
{{- fail "ovn.nb or ovn.sb is named with ssl:, so its server is to be verified: name the Secret with the certificates in ovn.tls.secretName" }}
{{- end }}
{{- end }}

{{- define "berth.tlsMount" -}}
{{- if .Values.ovn.tls.secretName -}}
- name: tls
  mountPath: /etc/berth/tls
  readOnly: true
{{- end }}
{{- end }}

{{- define "berth.tlsVolume" -}}
{{- if .Values.ovn.tls.secretName -}}
- name: tls
  secret:
    secretName: {{ .Values.ovn.tls.secretName }}
    defaultMode: 0440
{{- end }}
{{- end }}
