/** Bundles the commands of this package. */
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';

const here = import.meta.dirname;

const commands = { 'syncer-operator': 'main.ts', 'kubectl-syncer': 'kubectl-syncer.ts' };
await Promise.all(
  Object.entries(commands).map(async ([name, file]) => {
    const outfile = join(here, 'dist', 'bundle', `${name}.mjs`);
    await bundle({ entry: join(here, 'src', 'cli', file), outfile });
  }),
);
