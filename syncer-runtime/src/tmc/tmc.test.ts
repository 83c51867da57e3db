import { FakeClock } from '../base/clock.fixture.js';
import { componentMetricNames } from './component-metrics.js';
import type { ComponentHealth, HealthProvider } from './health.js';
import type { TmcError } from './tmc-error.js';
import { createTmc, type Tmc } from './tmc.js';

function setup(): { tmc: Tmc; errors: TmcError[] } {
  const errors: TmcError[] = [];
  const onError = (error: TmcError): void => {
    errors.push(error);
  };
  return { tmc: createTmc({ component: 'backups', onError, clock: new FakeClock() }), errors };
}

const forbidden = Object.assign(new Error('configmaps "a" is forbidden'), { status: 403, details: { name: 'a' } });

function provider(componentID: string, health: () => ComponentHealth): HealthProvider {
  return { componentType: 'Job', componentID, health };
}

function report(componentID: string): ComponentHealth {
  return { componentType: 'Job', componentID, status: 'Healthy', message: 'fine', timestamp: '2026-01-01T00:00:00Z' };
}

test('an error that is handled is converted, counted, told and given back', async () => {
  const { tmc, errors } = setup();
  const subject = { gvk: 'v1/ConfigMap', namespace: 'default', cluster: 'c', logicalCluster: 'l', context: { a: 'b' } };
  const error = tmc.handleError(forbidden, { operation: 'save', subject });
  expect(errors).toEqual([error]);
  expect(error).toMatchObject({
    type: 'ResourcePermission',
    component: 'backups',
    operation: 'save',
    gvk: 'v1/ConfigMap',
    namespace: 'default',
    objectName: 'a',
    cluster: 'c',
    logicalCluster: 'l',
    message: 'configmaps "a" is forbidden',
    cause: forbidden,
    context: { status: '403', a: 'b' },
    retryable: true,
    retryAfterMs: 30_000,
  });
  expect(await tmc.registry.getSingleMetricAsString(componentMetricNames.errors)).toContain(
    '{component="backups",error_type="ResourcePermission",severity="High"} 1',
  );
});

test('anything thrown can be handled, also without circumstances', () => {
  expect(setup().tmc.handleError(undefined)).toMatchObject({ type: 'InternalError', operation: 'unknown' });
});

test('a provider is asked until it is taken back, and its series goes with it', async () => {
  const { tmc } = setup();
  const remove = tmc.registerHealthProvider(provider('a', () => report('a')));
  expect(await tmc.health()).toEqual([report('a')]);
  const series = 'tmc_component_health{component="a"} 1';
  expect(await tmc.registry.metrics()).toContain(series);
  remove();
  expect(await tmc.health()).toEqual([]);
  expect(await tmc.registry.metrics()).not.toContain(series);
});

test('two providers of one component are a mistake', () => {
  const { tmc } = setup();
  tmc.registerHealthProvider(provider('a', () => report('a')));
  expect(() => tmc.registerHealthProvider(provider('a', () => report('a')))).toThrow(
    'a health provider for a is registered already',
  );
});

test('a provider that fails is unhealthy, and the others are told all the same', async () => {
  const { tmc } = setup();
  tmc.registerHealthProvider(
    provider('broken', () => {
      throw new Error('no connection');
    }),
  );
  tmc.registerHealthProvider(provider('fine', () => report('fine')));
  expect(await tmc.health()).toMatchObject([
    { componentID: 'broken', status: 'Unhealthy', message: 'its health cannot be told: no connection' },
    { componentID: 'fine', status: 'Healthy' },
  ]);
});

test('two components share nothing', async () => {
  const [one, other] = [setup().tmc, setup().tmc];
  one.recordHeartbeat(false);
  one.recordResourceSync('v1/Secret', 'kcp-to-cluster', 0.2, true);
  const text = await one.registry.metrics();
  expect(text).toContain('operation="heartbeat",gvk="",result="error"} 1');
  expect(text).toContain('operation="kcp-to-cluster",gvk="v1/Secret",result="success"} 1');
  expect(text).toContain(
    'tmc_component_operation_duration_seconds_sum{component="backups",operation="kcp-to-cluster"} 0.2',
  );
  expect(await other.registry.metrics()).not.toContain('heartbeat');
});
