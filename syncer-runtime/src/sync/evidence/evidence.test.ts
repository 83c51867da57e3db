import { FakeClock, settle } from '../../base/clock.fixture.js';
import { Evidence, type EvidenceSource } from './evidence.js';
import type { ChainVerdict } from './verdict.js';

const intact: ChainVerdict = { kind: 'intact' };

class Source implements EvidenceSource {
  readonly log: string[] = [];
  readonly woken: string[] = [];
  readonly incidents: string[] = [];
  /** Keys of objects that exist. */
  readonly objects = new Set<string>();
  chain: ChainVerdict | Error = intact;
  objectError: Error | undefined;
  /** Looks wait for it. */
  pause: Promise<void> = Promise.resolve();

  async exists(key: string): Promise<boolean> {
    this.log.push(`get ${key}`);
    await this.pause;
    if (this.objectError) throw this.objectError;
    return this.objects.has(key);
  }

  async look(): Promise<ChainVerdict> {
    this.log.push('chain');
    await this.pause;
    if (this.chain instanceof Error) throw this.chain;
    return this.chain;
  }

  wake(key: string): void {
    this.woken.push(key);
  }

  onIncident(cause: string): void {
    this.incidents.push(cause);
  }
}

function setup(): { source: Source; clock: FakeClock; evidence: Evidence } {
  const source = new Source();
  const clock = new FakeClock();
  return { source, clock, evidence: new Evidence(source, clock) };
}

function subject(key: string, upSeq = 1): { key: string; upSeq: number } {
  return { key, upSeq };
}

const a = subject('ns/a');

test('who asks first gets nothing, and is woken when the look is done', async () => {
  const { source, evidence } = setup();
  expect(evidence.verdict(a, 'absent')).toBeUndefined();
  await settle();
  expect(source.woken).toEqual(['ns/a']);
  expect(evidence.verdict(a, 'absent')).toEqual({ kind: 'proven', identified: true });
});

test('the chain is looked at after the object answered: a type that was remade answers perfect 404s (S25)', async () => {
  const { source, evidence } = setup();
  evidence.verdict(a, 'absent');
  await settle();
  expect(source.log).toEqual(['get ns/a', 'chain']);
});

test('evidence is used once', async () => {
  const { source, evidence } = setup();
  evidence.verdict(a, 'absent');
  await settle();
  evidence.verdict(a, 'absent');
  expect(evidence.verdict(a, 'absent')).toBeUndefined();
  await settle();
  expect(source.log.filter((line) => line === 'chain')).toHaveLength(2);
});

test('evidence of five seconds counts, older evidence is looked for again (S24)', async () => {
  const { clock, evidence } = setup();
  evidence.verdict(a, 'absent');
  await clock.advance(5_000);
  expect(evidence.verdict(a, 'absent')).toBeDefined();
  evidence.verdict(a, 'absent');
  await settle();
  await clock.advance(5_001);
  expect(evidence.verdict(a, 'absent')).toBeUndefined();
});

test('evidence for one state of the pair serves no later one', async () => {
  const { evidence } = setup();
  evidence.verdict(subject('ns/a', 1), 'absent');
  await settle();
  expect(evidence.verdict(subject('ns/a', 2), 'absent')).toBeUndefined();
});

test('that an object goes does not prove that it is gone', async () => {
  const { evidence } = setup();
  evidence.verdict(a, 'marked');
  await settle();
  expect(evidence.verdict(a, 'absent')).toBeUndefined();
});

describe('all that ask', () => {
  test('in one turn share one look at the chain', async () => {
    const { source, evidence } = setup();
    for (const key of ['ns/a', 'ns/b', 'ns/c']) evidence.verdict(subject(key), 'absent');
    await settle();
    expect(source.log).toEqual(['get ns/a', 'get ns/b', 'get ns/c', 'chain']);
    expect(source.woken).toEqual(['ns/a', 'ns/b', 'ns/c']);
  });

  test('while a look is under way share the next one, which begins after them', async () => {
    const { source, evidence } = setup();
    let goOn = (): void => undefined;
    source.pause = new Promise((resolve) => (goOn = resolve));
    evidence.verdict(a, 'marked');
    await settle();
    evidence.verdict(subject('ns/b'), 'marked');
    evidence.verdict(subject('ns/c'), 'marked');
    await settle();
    expect(source.log).toEqual(['chain']);
    goOn();
    await settle();
    expect(source.log).toEqual(['chain', 'chain']);
    expect(source.woken).toEqual(['ns/a', 'ns/b', 'ns/c']);
  });

  test('are looked at two hundred at a time, so that each can be acted upon in time', async () => {
    const { source, evidence } = setup();
    for (let i = 0; i < 201; i++) evidence.verdict(subject(`ns/${String(i)}`), 'marked');
    await settle();
    expect(source.log).toEqual(['chain', 'chain']);
    expect(source.woken).toHaveLength(201);
  });
});

describe('a verdict', () => {
  async function verdictOf(change: (source: Source) => void, need: 'absent' | 'marked' = 'absent'): Promise<unknown> {
    const { source, evidence } = setup();
    change(source);
    evidence.verdict(a, need);
    await settle();
    return evidence.verdict(a, need);
  }

  test('is that the object is present, when it is', async () => {
    expect(await verdictOf((source) => source.objects.add('ns/a'))).toEqual({ kind: 'present' });
  });

  test('of a marked object asks for the chain alone', async () => {
    expect(await verdictOf((source) => source.objects.add('ns/a'), 'marked')).toEqual({
      kind: 'proven',
      identified: true,
    });
  });

  test('is an incident, whatever the object answers', async () => {
    const incident: ChainVerdict = { kind: 'incident', cause: 'workspace root:team-a is being deleted' };
    expect(await verdictOf((source) => (source.chain = incident))).toEqual(incident);
    expect(await verdictOf((source) => (source.chain = incident), 'marked')).toEqual(incident);
    expect(
      await verdictOf((source) => {
        source.chain = incident;
        source.objectError = new Error('503');
      }),
    ).toEqual(incident);
  });

  test('is unknown when the object does not answer, however intact the chain is', async () => {
    expect(await verdictOf((source) => (source.objectError = new Error('401')))).toEqual({
      kind: 'unknown',
      why: '401',
    });
  });

  test('is unknown when the chain does not answer, however absent the object is', async () => {
    expect(await verdictOf((source) => (source.chain = new Error('time-out')))).toEqual({
      kind: 'unknown',
      why: 'time-out',
    });
    const unknown: ChainVerdict = { kind: 'unknown', why: 'kcp answers 403' };
    expect(await verdictOf((source) => (source.chain = unknown))).toEqual(unknown);
    expect(await verdictOf((source) => (source.chain = unknown), 'marked')).toEqual(unknown);
  });

  test('where nobody may read what serves the type: a mark is evidence, absence is none', async () => {
    const unidentified: ChainVerdict = { kind: 'unidentified', why: 'CRDs may not be listed' };
    expect(await verdictOf((source) => (source.chain = unidentified), 'marked')).toEqual({
      kind: 'proven',
      identified: false,
    });
    expect(await verdictOf((source) => (source.chain = unidentified))).toEqual({
      kind: 'unknown',
      why: 'CRDs may not be listed',
    });
  });
});

test('an incident is told before those who asked are woken', async () => {
  const { source, evidence } = setup();
  source.chain = { kind: 'incident', cause: 'the type was deleted' };
  const order: string[] = [];
  source.wake = (key) => order.push(key);
  source.onIncident = (cause) => order.push(cause);
  evidence.verdict(a, 'marked');
  await settle();
  expect(order).toEqual(['the type was deleted', 'ns/a']);
});

test('a look that failed does not keep the next from being made', async () => {
  const { source, evidence } = setup();
  source.chain = new Error('time-out');
  evidence.verdict(a, 'marked');
  await settle();
  evidence.verdict(a, 'marked');
  source.chain = intact;
  evidence.verdict(a, 'marked');
  await settle();
  expect(evidence.verdict(a, 'marked')).toEqual({ kind: 'proven', identified: true });
});
