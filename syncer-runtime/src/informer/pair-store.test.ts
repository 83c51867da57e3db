import type { DownFacts, Pair, UpFacts } from './pair.js';
import { inStep } from './pair.js';
import { PairStore } from './pair-store.js';
import { downFacts, pairOf, upFacts } from './pairs.fixture.js';

const key = 'default/web';

function up(rv: string, more: Partial<UpFacts> = {}): UpFacts {
  return { ...upFacts, rv, ...more };
}

function down(rv: string, more: Partial<DownFacts> = {}): DownFacts {
  return { ...downFacts, rv, ...more };
}

function storeWith(...keys: string[]): PairStore {
  const store = new PairStore();
  for (const known of keys) {
    store.observeUp(known, up('10'), 'watch');
    store.observeDown(known, down('20'), 'watch');
  }
  return store;
}

function pairIn(store: PairStore, at = key): Pair {
  const pair = store.get(at);
  if (!pair) throw new Error(`no pair ${at}`);
  return pair;
}

describe('completeness', () => {
  test('a side is incomplete until it is said what it consists of', () => {
    const store = new PairStore();
    expect(store.isComplete('upstream')).toBe(false);
    store.setScopes('upstream', ['']);
    expect(store.isComplete('upstream')).toBe(false);
    store.listed('upstream', '', store.listStarted());
    expect([store.isComplete('upstream'), store.isComplete('downstream')]).toEqual([true, false]);
  });

  test('a side of several namespaces is complete when the last of them was listed', () => {
    const store = new PairStore();
    store.setScopes('downstream', ['a', 'b']);
    store.listed('downstream', 'a', store.listStarted());
    expect(store.isComplete('downstream')).toBe(false);
    store.listed('downstream', 'b', store.listStarted());
    expect(store.isComplete('downstream')).toBe(true);
  });

  test('a namespace that joins makes the side incomplete again', () => {
    const store = new PairStore();
    store.setScopes('downstream', ['a']);
    store.listed('downstream', 'a', store.listStarted());
    store.setScopes('downstream', ['b']);
    expect(store.isComplete('downstream')).toBe(false);
  });

  test('an invalid side is incomplete although every scope was listed, and what is known of it stays', () => {
    const store = storeWith(key);
    store.setScopes('upstream', ['']);
    store.listed('upstream', '', store.listStarted());
    store.invalidate('upstream');
    expect(store.isComplete('upstream')).toBe(false);
    expect(store.get(key)?.up?.rv).toBe('10');
  });
});

describe('a list', () => {
  test('tells which objects it did not bring', () => {
    const store = storeWith('default/a', 'default/b');
    const startedAt = store.listStarted();
    store.observeUp('default/a', up('11'), 'list');
    expect(store.listed('upstream', '', startedAt).map((pair) => pair.key)).toEqual(['default/b']);
  });

  test('says nothing of objects that came after it began: it may be older than they are', () => {
    const store = storeWith('default/a');
    const startedAt = store.listStarted();
    store.observeDown('default/b', down('30'), 'watch');
    expect(store.listed('downstream', '', startedAt).map((pair) => pair.key)).toEqual(['default/a']);
  });

  test('does not contradict a write that was answered after it began', () => {
    const store = new PairStore();
    const { pair } = store.observeUp(key, up('10'), 'watch');
    const startedAt = store.listStarted();
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('30'));
    expect(store.listed('downstream', '', startedAt)).toEqual([]);
  });

  test('of a namespace says nothing of others, also of one whose name begins alike', () => {
    const store = storeWith('team/a', 'team-b/a', 'team/b');
    const startedAt = store.listStarted();
    store.observeUp('team/b', up('11'), 'list');
    expect(store.listed('upstream', 'team', startedAt).map((pair) => pair.key)).toEqual(['team/a']);
  });

  test('of one side says nothing of the other', () => {
    const store = storeWith(key);
    const startedAt = store.listStarted();
    store.observeUp(key, up('11'), 'list');
    expect(store.listed('upstream', '', startedAt)).toEqual([]);
    expect(store.get(key)?.down).toBeDefined();
  });
});

describe('the echo of a write of ours', () => {
  test('is no news, and leaves the pair in step', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    pair.wrote = pairOf({}).wrote!;
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('21'));
    expect(inStep(pair, { hasStatus: true, epoch: 1 })).toBe(true);
    expect(store.observeDown(key, down('21'), 'watch').news).toBe('echo');
    expect(inStep(pair, { hasStatus: true, epoch: 1 })).toBe(true);
  });

  test('that came before the answer makes the answer old', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.observeDown(key, down('21'), 'watch');
    store.observeDown(key, down('22', { status: 'newer' }), 'watch');
    store.answeredDown(pair, down('21'));
    expect(pair.down).toMatchObject({ rv: '22', status: 'newer' });
    expect(store.observeDown(key, down('23'), 'watch').news).toBe('new');
  });

  test('is waited for: what comes before it is older, and is not believed', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('25', { status: 'ours' }));
    expect(store.observeDown(key, down('24', { status: 'older' }), 'watch').news).toBe('stale');
    expect(pair.down?.status).toBe('ours');
    expect(store.observeDown(key, down('25', { status: 'ours' }), 'watch').news).toBe('echo');
    expect(store.observeDown(key, down('26', { status: 'newer' }), 'watch').news).toBe('new');
    expect(pair.down?.status).toBe('newer');
  });

  test('is not waited for after a write that changed nothing', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'upstream');
    store.answeredUp(pair, up('10'));
    expect(store.observeUp(key, up('11', { content: 'other' }), 'watch').news).toBe('new');
  });

  test('is not waited for after a list, which ends all waiting', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('25'));
    expect(store.observeDown(key, down('27'), 'list').news).toBe('new');
    expect(store.observeDown(key, down('28'), 'watch').news).toBe('new');
  });

  test('is not waited for when the object came by a list while the write was on its way', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.observeDown(key, down('27', { status: 'listed' }), 'list');
    store.answeredDown(pair, down('25', { status: 'ours' }));
    expect(pair.down?.status).toBe('listed');
    expect(store.observeDown(key, down('28'), 'watch').news).toBe('new');
  });

  test('is not waited for when the object is gone', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('25'));
    store.removeDown(pair);
    expect(store.observeDown(key, down('30', { uid: 'down-2' }), 'watch').news).toBe('new');
  });

  test('of one side is not confused with that of the other', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('25'));
    expect(store.observeUp(key, up('25'), 'watch').news).toBe('new');
  });

  test('leaves no trace of a write that failed', () => {
    const store = storeWith(key);
    const pair = store.beginReconcile(key)!;
    store.beginWrite(pair, 'downstream');
    store.endReconcile(pair);
    store.observeDown(key, down('21'), 'watch');
    expect(pair.downEcho).toEqual({});
  });
});

describe('an echo that does not come', () => {
  test('is given up at the second resync, and the pair is looked at anew', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    pair.wrote = pairOf({}).wrote!;
    store.beginWrite(pair, 'downstream');
    store.answeredDown(pair, down('25'));
    store.ageEchoes();
    expect(store.observeDown(key, down('24'), 'watch').news).toBe('stale');
    expect(inStep(pair, { hasStatus: true, epoch: 1 })).toBe(true);
    store.ageEchoes();
    expect(inStep(pair, { hasStatus: true, epoch: 1 })).toBe(false);
    expect(store.observeDown(key, down('26'), 'watch').news).toBe('new');
  });

  test('is not given up because another one was waited for the last time', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    for (const rv of ['25', '26']) {
      store.beginWrite(pair, 'upstream');
      store.answeredUp(pair, up(rv));
      store.ageEchoes();
    }
    expect(store.observeUp(key, up('24'), 'watch').news).toBe('stale');
  });
});

describe('absence upstream', () => {
  test('that is seen names the object that went', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.removeUp(pair, true);
    expect([pair.up, pair.gone, pair.inferred]).toEqual([undefined, 'up-1', undefined]);
  });

  test('that a list tells is inferred', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.removeUp(pair, false);
    expect([pair.gone, pair.inferred]).toEqual([undefined, true]);
  });

  test('is forgotten when the object is seen again', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.removeUp(pair, false);
    pair.incident = 'the type was deleted';
    pair.held = { reason: 'DeletionsHeld', why: 'too many vanished' };
    store.observeUp(key, up('30', { uid: 'up-2' }), 'watch');
    expect([pair.inferred, pair.incident, pair.held]).toEqual([undefined, undefined, undefined]);
  });

  test('of an incident stays one while the object is seen going', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    pair.incident = 'the type was deleted';
    store.observeUp(key, up('30', { deleting: true }), 'watch');
    expect(pair.incident).toBe('the type was deleted');
  });

  test("that an incident made is nobody's deletion: the successor does not replace it (S16)", () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    pair.incident = 'the type was deleted';
    store.removeUp(pair, true);
    expect(pair.gone).toBeUndefined();
  });
});

describe('an incident', () => {
  test('holds every copy, takes back what was seen to go, and names the objects that are going (S25)', () => {
    const store = storeWith('default/a', 'default/b', 'default/c');
    store.observeUp('default/b', up('30', { deleting: true }), 'watch');
    store.removeUp(pairIn(store, 'default/c'), true);
    store.observeUp('default/uncopied', up('31', { deleting: true }), 'watch');
    expect(store.blame('the type was deleted').map((pair) => pair.key)).toEqual(['default/b', 'default/uncopied']);
    expect(['a', 'b', 'c', 'uncopied'].map((name) => store.get(`default/${name}`)?.incident !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(store.get('default/c')?.gone).toBeUndefined();
  });

  test('while the syncer was away holds only what this run never saw', () => {
    const store = storeWith('default/seen');
    store.removeUp(pairIn(store, 'default/seen'), true);
    store.observeDown('default/unseen', down('30'), 'list');
    store.observeUp('default/there', up('31'), 'list');
    store.blameUnseen('the type was made anew');
    expect(['seen', 'unseen', 'there'].map((name) => store.get(`default/${name}`)?.incident)).toEqual([
      undefined,
      'the type was made anew',
      undefined,
    ]);
  });
});

describe('a pair', () => {
  test('is forgotten when both sides are gone', () => {
    const store = storeWith(key);
    store.removeUp(pairIn(store), true);
    expect(store.size).toBe(1);
    store.removeDown(pairIn(store));
    expect([store.size, store.get(key)]).toEqual([0, undefined]);
  });

  test('is not forgotten while it is worked: what was just created would be lost', () => {
    const store = new PairStore();
    store.observeUp(key, up('10'), 'watch');
    const pair = store.beginReconcile(key)!;
    store.beginWrite(pair, 'downstream');
    store.removeUp(pair, true);
    store.answeredDown(pair, down('20'));
    store.endReconcile(pair);
    expect(store.get(key)).toBe(pair);
    expect(pair).toMatchObject({ gone: 'up-1', down: { rv: '20' } });
  });

  test('that came to nothing while it was worked is forgotten in the end', () => {
    const store = new PairStore();
    store.observeUp(key, up('10'), 'watch');
    const pair = store.beginReconcile(key)!;
    store.removeUp(pair, true);
    expect(store.size).toBe(1);
    store.endReconcile(pair);
    expect(store.size).toBe(0);
  });

  test('does not remember of a former copy since when it was going', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    pair.goingSince = 1_000;
    store.removeDown(pair);
    store.observeDown(key, down('30', { uid: 'down-2' }), 'watch');
    expect(pair.goingSince).toBeUndefined();
  });

  test('whose name means something to JavaScript is a pair like any other', () => {
    const store = storeWith('default/__proto__', 'default/constructor');
    expect([store.size, store.get('default/__proto__')?.up?.uid]).toEqual([2, 'up-1']);
  });
});

test('a lone copy that left the watch is kept in mind until it is certain that none can exist', () => {
  const store = new PairStore();
  const { pair } = store.observeDown('default/web', downFacts, 'list');
  pair.lost = downFacts.uid;
  store.removeDown(pair);
  expect(store.size).toBe(1);
  store.forgetLost();
  expect(store.size).toBe(0);
});

describe('an answer that shows an object', () => {
  test('counts when nothing was known of it, and nothing is waited for', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.removeUp(pair, false);
    store.beginWrite(pair, 'upstream');
    store.foundUp(pair, up('12'));
    expect(pair.up?.rv).toBe('12');
    expect(store.observeUp(key, up('13'), 'watch').news).toBe('new');
  });

  test('does not bring it back when its end was told meanwhile', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginReconcile(key);
    store.beginWrite(pair, 'upstream');
    store.removeUp(pair, true);
    store.foundUp(pair, up('10'));
    expect([pair.up, pair.gone]).toEqual([undefined, upFacts.uid]);
    store.beginWrite(pair, 'downstream');
    store.removeDown(pair);
    store.foundDown(pair, down('20'), true);
    expect(pair.down).toBeUndefined();
  });

  test('does not bring it back when a list told its end meanwhile, whatever version it is', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'upstream');
    store.removeUp(pair, false);
    store.foundUp(pair, up('11'));
    expect(pair.up).toBeUndefined();
  });

  test('waits for no version of a copy that lost our label', () => {
    const store = storeWith(key);
    const pair = pairIn(store);
    store.beginWrite(pair, 'downstream');
    store.foundDown(pair, down('25'), false);
    expect(pair.down?.rv).toBe('25');
    expect(store.observeDown(key, down('26'), 'watch').news).toBe('new');
  });
});
