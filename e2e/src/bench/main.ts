import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startCluster } from '../harness/cluster.js';
import { startKcp } from '../harness/kcp.js';
import { writeDocument } from './document.js';
import { tableOf, type Measured } from './report.js';
import type { Bench, Scenario } from './scenario.js';
import { scenarios } from './scenarios/list.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '30' },
    document: { type: 'string', default: '' },
    output: { type: 'string', short: 'o', default: 'table' },
  },
});

function chosen(): readonly Scenario[] {
  const names = options.only.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown === undefined) return scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
  throw new Error(`there is no scenario ${unknown}; there are ${scenarios.map(({ name }) => name).join(', ')}`);
}

/** As people would start it for what was measured so far. */
function commandLine(measured: readonly Measured[]): string {
  const names = measured.map(({ scenario }) => scenario).join(',');
  const only = measured.length === scenarios.length ? '' : ` ONLY=${names}`;
  return `make bench${only} RUNS=${options.runs} MINUTES=${options.minutes}`;
}

async function measure(scenario: Scenario, bench: Bench): Promise<Measured> {
  const [loadAverage = NaN] = loadavg();
  bench.say(`${scenario.name} begins, load average ${loadAverage.toFixed(1)}`);
  const figures = await scenario.run(bench);
  const measured = { scenario: scenario.name, loadAverage, figures };
  bench.say(tableOf([measured]));
  return measured;
}

/** One scenario that fails keeps no other from being measured. */
function failed(name: string, say: Bench['say']): (error: unknown) => undefined {
  return (error) => {
    process.exitCode = 1;
    say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  };
}

async function run(): Promise<void> {
  const wanted = chosen();
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  say('starting kcp and a cluster');
  const [kcp, cluster] = await Promise.all([startKcp(), startCluster({ controllers: 'basic' })]);
  const bench = { servers: { kcp, cluster }, runs: Number(options.runs), minutes: Number(options.minutes), say };
  const all: Measured[] = [];
  try {
    for (const scenario of wanted) {
      const measured = await measure(scenario, bench).catch(failed(scenario.name, say));
      if (measured === undefined) continue;
      all.push(measured);
      if (options.document !== '') await writeDocument(options.document, commandLine(all), all);
    }
  } finally {
    await Promise.all([kcp.stop(), cluster.stop()]);
  }
  process.stdout.write(`${options.output === 'json' ? JSON.stringify(all, undefined, 2) : tableOf(all)}\n`);
}

try {
  await run();
} catch (error) {
  console.error(`The bench failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
