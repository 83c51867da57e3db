import { connect, createServer } from 'node:net';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { ListenError, plain, startHttpServer, type HttpServer, type Route } from './http-server.js';
import type { Logger } from './logger.js';

const silent: Logger = {
  enabled: () => false,
  log: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(routes: Record<string, Route> = {}, port = 0, address = '127.0.0.1'): Promise<HttpServer> {
  const options = { name: 'metrics', portFlag: '--metrics-port', address, port, logger: silent };
  const server = await startHttpServer({ ...options, routes: { '/ok': () => plain(200, 'ok'), ...routes } });
  running.push(server);
  return server;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function ask(server: HttpServer, path: string, method = 'GET'): Promise<Reply> {
  return await new Promise<Reply>((resolve, reject) => {
    const sent = request({ port: server.port, host: '127.0.0.1', path, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? 'body' : undefined);
  });
}

/** Sends `text` on a plain socket, leaves it open, and gives back what came until the server closed it. */
async function raw(server: HttpServer, text: string): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.on('data', (chunk) => (got += chunk.toString()));
    socket.on('close', () => {
      resolve(got);
    });
    socket.on('error', reject);
  });
}

test('a known path is answered, with or without a query', async () => {
  const server = await start();
  expect(await ask(server, '/ok')).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await ask(server, '/ok?verbose=1')).toMatchObject({ status: 200 });
});

test('HEAD answers as GET does, without the body', async () => {
  const reply = await ask(await start(), '/ok', 'HEAD');
  expect(reply).toMatchObject({ status: 200, body: '', headers: { 'content-length': '3' } });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is refused', async (method) => {
  const reply = await ask(await start(), '/ok', method);
  expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

test.each(['/', '/other', '/__proto__', '/constructor', '/ok/', '//ok', '/%6fk', 'http://elsewhere/ok'])(
  'the path %s is not found',
  async (path) => {
    expect(await ask(await start(), path)).toMatchObject({ status: 404 });
  },
);

test('a head that is too long is refused, and the server goes on', async () => {
  const server = await start();
  expect(await raw(server, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  expect(await ask(server, '/ok')).toMatchObject({ status: 200 });
});

test('what is not HTTP is refused, and the server goes on', async () => {
  const server = await start();
  expect(await raw(server, '\u0016\u0003\u0001 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await ask(server, '/ok')).toMatchObject({ status: 200 });
});

test('a connection whose request has a body is closed after the answer', async () => {
  const got = await raw(await start(), 'GET /ok HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\nabc');
  expect(got).toMatch(/^HTTP\/1.1 200 /);
  expect(got).toMatch(/connection: close/i);
});

test('a client that never finishes its head is cut off after seconds', async () => {
  const got = await raw(await start(), 'GET /ok HTTP/1.1\r\nhost: a\r\nx-slow: ');
  expect(got).toMatch(/^HTTP\/1.1 408 /);
}, 15_000);

test('a route that fails is a 500 that tells nothing, and the server goes on', async () => {
  const server = await start({
    '/broken': () => {
      throw new Error('inner workings');
    },
  });
  expect(await ask(server, '/broken')).toMatchObject({ status: 500, body: 'internal error\n' });
  expect(await ask(server, '/ok')).toMatchObject({ status: 200 });
});

test('a port that is taken is one line that names the port and the flag', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  running.push({ close: promisify(taken.close.bind(taken)) });
  const { port } = taken.address() as { port: number };
  await expect(start({}, port)).rejects.toThrow(
    new ListenError(
      `port ${port} on 127.0.0.1 is taken: choose another for the metrics server with --metrics-port, or 0 to switch it off`,
    ),
  );
});

test('an address that this machine does not have is one line that names the flag', async () => {
  await expect(start({}, 0, '192.0.2.1')).rejects.toThrow(
    '192.0.2.1 is no address of this machine: choose another with --bind-address',
  );
});
