import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { eventually } from './eventually.js';
import { freePorts } from './ports.js';
import { ServerFailed, ServerProcess, startOnFreePorts } from './server-process.js';

describe('ServerProcess', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'server-process-test-'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const shell = (script: string, ready?: () => Promise<void>): ServerProcess =>
    new ServerProcess({
      name: 'toy',
      command: 'sh',
      args: ['-c', script],
      logPath: join(folder, 'log'),
      ...(ready && { ready }),
    });

  it('is started when it serves, and can be started again after a kill', async () => {
    let asked = 0;
    const server = shell('exec sleep 60', async () => {
      await Promise.resolve();
      if (++asked < 3) throw new Error('not yet');
    });
    await server.start();
    const first = server.pid;
    expect(asked).toBe(3);
    await expect(server.start()).rejects.toThrow('toy runs already');
    await server.kill();
    expect(server.pid).toBe(-1);
    await server.start();
    expect(server.pid).not.toBe(first);
    await server.kill();
  });

  it('shows the log of a start that failed', async () => {
    const server = shell('echo no such flag; exit 3', async () => {
      await Promise.reject(new Error('refused'));
    });
    await expect(server.start()).rejects.toThrow(
      /toy ended by itself with code 3; its log is .*\/log, its end:\nno such flag/,
    );
  });

  it('tells when a server that served ends by itself, and not when it was asked to', async () => {
    const told = jest.spyOn(console, 'error').mockReturnValue();
    const server = shell('exec sleep 60');
    await server.start();
    process.kill(server.pid, 'SIGTERM');
    await eventually('it is told', () => told.mock.calls.length === 1, { timeoutMs: 5000 });
    expect(told).toHaveBeenCalledWith(expect.stringContaining('toy ended by itself with SIGTERM'));
    await server.start();
    await server.kill();
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('takes other ports when somebody was quicker', async () => {
    const tried: (readonly number[])[] = [];
    const server = await startOnFreePorts(2, (ports) => {
      tried.push(ports);
      const refuses = tried.length === 1;
      const ready = async (): Promise<void> => {
        await (refuses ? Promise.reject(new Error('refused')) : Promise.resolve());
      };
      // A server tries its own ports five times before others are taken.
      return shell(refuses ? 'echo bind: address already in use; exit 1' : 'exec sleep 60', ready);
    });
    expect(tried).toHaveLength(2);
    expect(tried[0]).not.toEqual(tried[1]);
    await server.kill();
  });

  it('does not take other ports for another failure', async () => {
    let made = 0;
    const make = (): ServerProcess => {
      made++;
      return shell('exit 1', async () => {
        await Promise.reject(new Error('refused'));
      });
    };
    await expect(startOnFreePorts(1, make)).rejects.toThrow(ServerFailed);
    expect(made).toBe(1);
  });
});

describe('freePorts', () => {
  it('gives different ports that can be listened on', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    const server = createServer().listen(ports[0], '127.0.0.1');
    await once(server, 'listening');
    expect((server.address() as AddressInfo).port).toBe(ports[0]);
    server.close();
  });
});
