import { takenOver } from './former-managers.js';
import type { KubeObject, ManagedFieldsEntry } from './types.js';

const type = { group: 'apps', version: 'v1' };
const desired: KubeObject = {
  metadata: { name: 'web' },
  spec: { replicas: 3, template: { containers: [{ name: 'c' }] } },
};

function entry(manager: string, fieldsV1: Record<string, unknown>, more: object = {}): ManagedFieldsEntry {
  return { manager, operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1, ...more };
}

function existing(...managedFields: ManagedFieldsEntry[]): KubeObject {
  return { metadata: { name: 'web', managedFields } };
}

const kubectl = entry('kubectl-client-side-apply', {
  'f:metadata': { 'f:annotations': { 'f:note': {} } },
  'f:spec': { 'f:replicas': {}, 'f:paused': {} },
});
const helm = entry(
  'helm',
  { 'f:spec': { 'f:template': { 'f:containers': { 'k:{"name":"c"}': { 'f:image': {} } } } } },
  { operation: 'Apply' },
);
const controller = entry('kube-controller-manager', { 'f:metadata': { 'f:annotations': { 'f:revision': {} } } });
const scaler = entry('autoscaler', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' });
const elder = entry('old', { 'f:spec': { 'f:replicas': {} } }, { apiVersion: 'apps/v1beta1' });

test('what those wrote who wrote our fields becomes ours, and the rest stays', () => {
  expect(takenOver(existing(kubectl, controller, helm, scaler, elder), desired, type)).toEqual([
    controller,
    scaler,
    elder,
    entry(
      'kcp-syncer',
      {
        'f:metadata': { 'f:annotations': { 'f:note': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:paused': {},
          'f:template': { 'f:containers': { 'k:{"name":"c"}': { 'f:image': {} } } },
        },
      },
      { operation: 'Apply' },
    ),
  ]);
});

test('nothing moves when nobody wrote a field that we want', () => {
  expect(takenOver(existing(controller, scaler, elder), desired, type)).toBeUndefined();
  expect(takenOver({ metadata: { name: 'web' } }, desired, type)).toBeUndefined();
});

test('what is ours already does not move again', () => {
  const [, ours] = takenOver(existing(controller, kubectl), desired, type)!;
  expect(takenOver(existing(controller, ours!), desired, type)).toBeUndefined();
  expect(takenOver(existing(ours!, helm), desired, type)).toHaveLength(1);
});
