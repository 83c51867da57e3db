#!/usr/bin/env node
import { existsSync } from 'node:fs';
const bundle = new URL('../dist/bundle/kubectl-syncer.mjs', import.meta.url);
if (existsSync(bundle)) await import(bundle.href);
else {
  process.stderr.write('error: kubectl-syncer is not built: run npm run build first\n');
  process.exitCode = 1;
}
