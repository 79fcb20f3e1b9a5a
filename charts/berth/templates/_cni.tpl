{{/* The init container that installs berth-cni on the node. */}}
{{- define "berth.cniInstall" -}}
- name: install-cni
  image: {{ include "berth.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [berth-cni, install]
  args:
    - --bin-dir={{ .Values.cni.binDir }}
    - --conf-dir={{ .Values.cni.confDir }}
    - --conf-name={{ .Values.cni.confName }}
    - --network={{ .Values.cni.network }}
    - --socket={{ include "berth.cniSocket" . }}
    - --mtu={{ .Values.cni.mtu }}
  securityContext:
    # The runtime's folders are root's.
    runAsUser: 0
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
  resources:
    {{- toYaml .Values.agent.resources | nindent 4 }}
  volumeMounts:
    - name: cni-bin
      mountPath: {{ .Values.cni.binDir }}
    - name: cni-conf
      mountPath: {{ .Values.cni.confDir }}
{{- end }}

{{- define "berth.cniSocket" -}}
{{ .Values.agent.runDir }}/agent.sock
{{- end }}

{{- define "berth.cniVolumes" -}}
- name: cni-bin
  hostPath:
    path: {{ .Values.cni.binDir }}
    type: DirectoryOrCreate
- name: cni-conf
  hostPath:
    path: {{ .Values.cni.confDir }}
    type: DirectoryOrCreate
- name: netns
  hostPath:
    path: {{ .Values.cni.netnsDir }}
    type: DirectoryOrCreate
{{- end }}
