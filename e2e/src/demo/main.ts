import { once } from 'node:events';
import { join, relative } from 'node:path';
import { findBinaries } from '../harness/build.js';
import { controlPlaneBinaries } from '../harness/binaries.js';
import { connect, deploy, install, show } from './story.js';
import { startWorld, type World } from './world.js';

const out = process.stdout;
const folder = join(import.meta.dirname, '..', '..', '..', '.demo');

function sayWhatNext(world: World): void {
  const path = (file: string): string => `$PWD/${relative(process.cwd(), file)}`;
  out.write(`
Both sides are up. In another terminal, in this folder:

  export KUBECONFIG=${path(world.kubeconfig)} PATH=${path(world.bin)}:$PATH

  kubectl get deployments --context=kcp
  kubectl get deployments --context=physical-cluster
  kubectl scale deployment/nginx-app --replicas=5 --context=kcp
  kubectl rollout status deployment/nginx-app --context=kcp
  kubectl get synctarget my-cluster -o yaml --context=kcp
  kubectl syncer status my-workspace --context=physical-cluster
  kubectl delete service nginx-service --context=kcp && kubectl get services --context=physical-cluster

Pods are played by kwok: they become ready, but run no program.
Ctrl-C ends everything.
`);
}

async function demo(): Promise<void> {
  await findBinaries([...controlPlaneBinaries, 'helm']);
  const world = await startWorld(folder, out);
  const operator = await install(world, out);
  await connect(world, out);
  await deploy(world, out);
  await show(world, out);
  if (process.env['ONCE'] !== '1') {
    sayWhatNext(world);
    const ended = operator.exit.then(({ code }) => {
      throw new Error(`syncer-operator ended with code ${String(code)}:\n${operator.lines.slice(-5).join('\n')}`);
    });
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), ended]);
    out.write('\nStopping\n');
  }
  await operator.stop();
  await Promise.all([world.kcp.stop(), world.cluster.stop()]);
}

try {
  await demo();
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
