import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniqueName } from '../harness/shared.js';
import type { Connected } from './connected.fixture.js';

/** Writes a file of settings with this section `sync`, for `--config`; it goes with the servers. */
export function configFile({ cluster }: Connected, sync: object): string {
  const path = join(cluster.folder, `${uniqueName('config')}.yaml`);
  writeFileSync(path, JSON.stringify({ sync }));
  return path;
}
