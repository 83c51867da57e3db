import type { TypeDefinition } from '../sync/evidence/verdict.js';
import { TypeIdentity } from './type-identity.js';

const builtIn: TypeDefinition = { kind: 'builtIn' };
const unknown: TypeDefinition = { kind: 'unknown', why: 'nobody may say' };

function crd(uid: string, deleting = false): TypeDefinition {
  return { kind: 'crd', name: 'deployments.apps', uid, deleting };
}

function binding(uid: string): TypeDefinition {
  return { kind: 'binding', name: 'kubernetes', uid, deleting: false };
}

function identityOf(stored = '', ...learnt: TypeDefinition[]): TypeIdentity {
  const identity = new TypeIdentity('deployments.apps', stored);
  for (const definition of learnt) identity.learn(definition);
  return identity;
}

const held = (): boolean => true;
const free = (): boolean => false;

describe('nothing happened', () => {
  test('when the type is met for the first time', () => {
    expect(identityOf().learn(crd('1'))).toBeUndefined();
    expect(identityOf().learn(builtIn)).toBeUndefined();
  });

  test('when it is the one that was stored', () => {
    expect(identityOf('1').learn(crd('1'))).toBeUndefined();
  });

  test('when it is what it was', () => {
    const identity = identityOf('', crd('1'));
    expect([identity.learn(crd('1')), identity.learn(unknown), identity.learn(crd('1'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('when a built-in type gets a definition: its objects stay', () => {
    expect(identityOf('', builtIn).learn(crd('1'))).toBeUndefined();
  });
});

describe('it is an incident (S25)', () => {
  test.each([
    ['a CRD by another', crd('1'), crd('2')],
    ['a binding by another', binding('1'), binding('2')],
    ['a CRD by a binding', crd('1'), binding('2')],
    ['a CRD by what is built in', crd('1'), builtIn],
  ])('when %s is replaced before our eyes', (_, before, after) => {
    expect(identityOf('', before).learn(after)).toEqual({
      cause: 'deployments.apps was deleted and made anew in the workspace',
      wasAway: false,
      isReplaced: true,
    });
  });

  test('when it is not the one that was stored: it was replaced while the syncer was away', () => {
    expect(identityOf('1').learn(crd('2'))).toEqual({
      cause: 'deployments.apps was deleted and made anew in the workspace while the syncer was away',
      wasAway: true,
      isReplaced: true,
    });
  });

  test('also when for a while nobody could say what serves it', () => {
    expect(identityOf('', crd('1'), unknown).learn(crd('2'))).toMatchObject({ wasAway: false, isReplaced: true });
  });

  test('when it is being deleted, told once', () => {
    const identity = identityOf('', crd('1'));
    expect(identity.learn(crd('1', true))).toMatchObject({ isReplaced: false, wasAway: false });
    expect(identity.learn(crd('1', true))).toBeUndefined();
    expect(identity.learn(crd('2'))).toMatchObject({ isReplaced: true });
    expect(identity.learn(crd('2', true))).toMatchObject({ isReplaced: false });
  });
});

describe('the type seems to be missing', () => {
  test('when what served it does not any more', () => {
    expect(identityOf('', crd('1')).isMissing(undefined)).toBe(true);
    expect(identityOf('', binding('1')).isMissing(builtIn)).toBe(true);
  });

  test('not when nothing was known of it, it is built in, or something serves it', () => {
    expect(identityOf().isMissing(undefined)).toBe(false);
    expect(identityOf('', builtIn).isMissing(undefined)).toBe(false);
    expect(identityOf('', crd('1')).isMissing(crd('2'))).toBe(false);
    expect(identityOf('', crd('1')).isMissing(unknown)).toBe(false);
  });

  test('not any more when it was found out why, until it is served again', () => {
    const identity = identityOf('', crd('1'));
    identity.settleAbsence();
    expect(identity.isMissing(undefined)).toBe(false);
    expect(identity.learn(crd('2'))).toMatchObject({ isReplaced: true });
    expect(identity.isMissing(undefined)).toBe(true);
  });
});

describe('the identity to remember (S26)', () => {
  test('is the stored one until something is known', () => {
    expect(identityOf('1').remembered(free)).toBe('1');
    expect(identityOf('1', unknown).remembered(free)).toBe('1');
  });

  test('is the uid of what serves the type, and none for one that is built in', () => {
    expect(identityOf('', crd('1')).remembered(free)).toBe('1');
    expect(identityOf('', builtIn).remembered(free)).toBe('');
  });

  test('is the former one while copies are held that belong to it', () => {
    const identity = identityOf('', crd('1'), crd('2'));
    expect(identity.remembered(held)).toBe('1');
    expect(identity.remembered(free)).toBe('2');
    expect(identity.remembered(held)).toBe('2');
  });

  test('is the first of several former ones while copies are held', () => {
    const identity = identityOf('1', crd('2'));
    expect(identity.remembered(held)).toBe('1');
    const gone = identityOf('', crd('1'));
    gone.settleAbsence();
    expect(gone.remembered(held)).toBe('1');
  });
});
