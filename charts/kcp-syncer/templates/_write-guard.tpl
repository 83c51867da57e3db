{{/* Only the operator's account is guarded. */}}
{{- define "kcp-syncer.guardedAccount" -}}
matchConditions:
  - name: operator
    expression: request.userInfo.username == 'system:serviceaccount:{{ .Release.Namespace }}:{{ include "kcp-syncer.serviceAccountName" . }}'
{{- end }}

{{- define "kcp-syncer.guardVariables" -}}
- name: resource
  expression: >-
    request.resource.group + '/' + request.resource.resource + '/' + (has(request.subResource) ? request.subResource : '')
- name: within
  expression: "has(request.namespace) ? request.namespace : ''"
- name: name
  expression: >-
    has(request.name) && request.name != '' ? request.name
    : (object != null && has(object.metadata) && has(object.metadata.name) ? object.metadata.name : '')
- name: isMarked
  expression: >-
    object != null && has(object.metadata) && has(object.metadata.labels) && 'syncer.kcp.io/owner' in object.metadata.labels
- name: wasMarked
  expression: >-
    oldObject != null && has(oldObject.metadata) && has(oldObject.metadata.labels)
    && 'syncer.kcp.io/owner' in oldObject.metadata.labels
- name: isNamespace
  expression: variables.resource == '/namespaces/'
# Tokens that `kubectl syncer connect` made and the operator renews: nothing of the Secret changes but its data.
- name: isRenewal
  expression: >-
    request.operation == 'UPDATE' && variables.resource == '/secrets/'
    && has(oldObject.metadata.labels) && 'syncer.kcp.io/managed' in oldObject.metadata.labels
    && oldObject.metadata.labels['syncer.kcp.io/managed'] == 'true'
    && has(object.metadata.labels) && object.metadata.labels == oldObject.metadata.labels
    && has(object.metadata.annotations) == has(oldObject.metadata.annotations)
    && (!has(object.metadata.annotations) || object.metadata.annotations == oldObject.metadata.annotations)
    && has(object.metadata.finalizers) == has(oldObject.metadata.finalizers)
    && has(object.metadata.ownerReferences) == has(oldObject.metadata.ownerReferences)
# What the operator writes about itself: Events, the status and the finalizer of a SyncerDeployment, its Lease.
- name: isReport
  expression: >-
    variables.isRenewal
    || (request.operation in ['CREATE', 'UPDATE'] && variables.resource in ['/events/', 'events.k8s.io/events/'])
    || (request.operation == 'UPDATE' && variables.resource == 'workload.kcp.io/syncerdeployments/status')
    || (request.operation == 'UPDATE' && variables.resource == 'workload.kcp.io/syncerdeployments/' && object.spec == oldObject.spec)
    || (request.operation in ['CREATE', 'UPDATE'] && variables.resource == 'coordination.k8s.io/leases/'
    && variables.within == '{{ .Release.Namespace }}' && variables.name == 'kcp-syncer-operator')
{{- end }}
