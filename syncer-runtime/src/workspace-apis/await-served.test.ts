import { FakeClock } from '../base/clock.fixture.js';
import { awaitServed } from './await-served.js';
import type { Crd, CrdCondition } from './crd.js';
import { FakeServer, Refusal, type Answer } from './fake-server.fixture.js';

const { signal } = new AbortController();
const crd: Crd = {
  metadata: { name: 'deployments.apps' },
  spec: {
    group: 'apps',
    scope: 'Namespaced',
    names: { plural: 'deployments', kind: 'Deployment' },
    versions: [{ name: 'v1', served: true, storage: true }],
  },
};
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/deployments.apps';
const listPath = '/apis/apps/v1/deployments';
const established = withCondition({ type: 'Established', status: 'True' });

function withCondition(condition: CrdCondition): Answer {
  return { ...crd, status: { conditions: [condition] } };
}

async function outcomeOf(answers: [string, Answer][], later: [string, Answer][] = []): Promise<string> {
  const clock = new FakeClock();
  const workspace = new FakeServer('upstream', new Map(answers));
  let outcome = 'waits';
  void awaitServed(workspace, crd, { clock, signal }).then(
    () => (outcome = 'served'),
    (error: unknown) => (outcome = (error as Error).message),
  );
  await clock.advance(1_000);
  if (later.length === 0) return outcome;
  expect(outcome).toBe('waits');
  for (const [path, answer] of later) workspace.answers.set(path, answer);
  await clock.advance(500);
  return outcome;
}

test('a type is served when it is established and can be listed', async () => {
  expect(
    await outcomeOf([
      [crdPath, established],
      [listPath, { items: [] }],
    ]),
  ).toBe('served');
});

test.each([
  ['404 in plain text', new Refusal(404, '404 page not found')],
  ['429 while its storage starts', new Refusal(429)],
  ['503', new Refusal(503)],
])('it is waited for while its list answers %s', async (_, refusal) => {
  expect(
    await outcomeOf(
      [
        [crdPath, established],
        [listPath, refusal],
      ],
      [[listPath, { items: [] }]],
    ),
  ).toBe('served');
});

test('it is waited for until it is established', async () => {
  const young = withCondition({ type: 'NamesAccepted', status: 'True' });
  expect(
    await outcomeOf(
      [
        [crdPath, young],
        [listPath, { items: [] }],
      ],
      [[crdPath, established]],
    ),
  ).toBe('served');
});

test('who may not list its objects does not wait for the list', async () => {
  expect(
    await outcomeOf([
      [crdPath, established],
      [listPath, new Refusal(403)],
    ]),
  ).toBe('served');
});

test('names that are taken end the wait, with what the server says', async () => {
  const taken = withCondition({ type: 'NamesAccepted', status: 'False', message: '"deploy" is already in use' });
  expect(await outcomeOf([[crdPath, taken]])).toBe('the workspace does not take its names: "deploy" is already in use');
});

test('after a minute the wait ends', async () => {
  const clock = new FakeClock();
  let outcome = 'waits';
  awaitServed(new FakeServer('upstream', new Map()), crd, { clock, signal }).catch((error: unknown) => {
    outcome = (error as Error).message;
  });
  await clock.advance(59_000);
  expect(outcome).toBe('waits');
  await clock.advance(2_000);
  expect(outcome).toBe('the workspace has taken the type and does not serve it');
});
