import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { reportCrashes } from '@kcp-syncer/syncer-runtime/cli/crash.js';
import { exitWith, keepAlive } from '@kcp-syncer/syncer-runtime/cli/run-process.js';
import { listenForStop } from '@kcp-syncer/syncer-runtime/cli/stop-requests.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import { safeErrorText } from '@kcp-syncer/syncer-runtime/tmc/safe-text.js';
import { createInterface } from 'node:readline/promises';
import { complete } from '../kubectl/completion.js';
import type { Io } from '../kubectl/io.js';
import { readCommandLine } from '../kubectl/program.js';
import { runCommand } from '../kubectl/run.js';

reportCrashes(process);
keepAlive();

async function main(argv: readonly string[]): Promise<void> {
  const [first, ...words] = argv;
  if (first === '__complete') {
    process.stdout.write(complete(words));
    return;
  }
  const wish = readCommandLine(argv);
  if (wish.kind === 'text') process.stdout.write(wish.text);
  else await runCommand(wish, io(), process.env);
}

function io(): Io {
  const { stop } = listenForStop(process, systemClock);
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  return {
    clock: systemClock,
    signal: stop,
    out: (text) => {
      process.stdout.write(text);
    },
    say: (line) => {
      process.stderr.write(`${oneLine(line)}\n`);
    },
    ask: isTerminal ? async (question) => await ask(question, stop) : undefined,
  };
}

/** On standard error, for standard output may go into a file. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${oneLine(question)} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}

async function exitCode(): Promise<number> {
  try {
    await main(process.argv.slice(2));
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${oneLine(safeErrorText(error))}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

exitWith(await exitCode());
