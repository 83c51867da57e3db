import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const lowest = 20_000;
const highest = 32_000;
const attempts = 200;

/**
 * Finds `count` ports of 127.0.0.1 that nobody listens on. They lie below the range that the kernel takes for outgoing
 * connections: a client that redials a stopped server could otherwise be given the server's own port.
 */
export async function freePorts(count: number): Promise<number[]> {
  const top = Math.min(highest, await firstOutgoingPort());
  const found = new Set<number>();
  for (let attempt = 0; attempt < attempts && found.size < count; attempt++) {
    const port = lowest + Math.floor(Math.random() * (top - lowest));
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count) throw new Error(`no ${count} free ports between ${lowest} and ${top}`);
  return [...found];
}

async function firstOutgoingPort(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const first = Number.parseInt(range, 10);
  return first > lowest + attempts ? first : highest;
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}
