/** Bundles the command of this package. */
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';

const here = import.meta.dirname;

await bundle({
  entry: join(here, 'src', 'cli', 'main.ts'),
  outfile: join(here, 'dist', 'bundle', 'workload-syncer.mjs'),
});
