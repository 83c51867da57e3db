import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { FakeClock } from '../base/clock.fixture.js';
import { systemClock, type Clock } from '../base/clock.js';
import { serverAccess } from './access.js';
import { ApiError } from './api-error.js';
import { selfSigned } from './certificate.fixture.js';
import type { KubeClient } from './client.js';
import { ConnectionError } from './connection-error.js';
import { FaultServer, until } from './fault-server.fixture.js';
import { Gates } from './gates.js';
import { createKubeClient, type KubeClientOptions } from './http-client.js';
import type { RequestRecord } from './wire.js';

let server: FaultServer;
const open: KubeClient[] = [];
const gates = new Gates();

beforeEach(async () => {
  server = await FaultServer.start();
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await server.stop();
});

function clientOf(kubeconfig = server.kubeconfig(), more: Partial<KubeClientOptions> = {}): KubeClient {
  const clock: Clock = more.clock ?? systemClock;
  const access = serverAccess(kubeconfig, { clock });
  const client = createKubeClient({ side: 'downstream', access, gates, clock, version: '1.2.3', ...more });
  open.push(client);
  return client;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => {
      throw new Error(`it did not fail: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** A controller whose signal many may listen to. */
function aborter(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

const quick = { connectMs: 5_000, headersMs: 200, bodyMs: 200, watchGraceMs: 200 };

describe('a process that may not write any more', () => {
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

  test.each(methods)('sends no %s, and says so', async (method) => {
    let may = true;
    const client = clientOf(undefined, { mayWrite: () => may });
    await client.request({ method, path: '/api', body: '{}' });
    may = false;
    const failure = await failureOf(client.request({ method, path: '/api', body: '{}', lane: 'heartbeat' }));
    expect(failure).toMatchObject({ name: 'ConnectionError', code: 'MAY_NOT_WRITE' });
    expect(server.calls).toHaveLength(1);
  });

  test('still reads', async () => {
    await clientOf(undefined, { mayWrite: () => false }).request({ method: 'GET', path: '/api' });
    expect(server.calls).toHaveLength(1);
  });
});

describe('a request', () => {
  test('carries credentials, product, body and its type, and gives back text and headers', async () => {
    server.on((call) => {
      call.json(201, { big: 1 }, { 'x-answer': 'yes' });
    });
    const reply = await clientOf().request({
      method: 'PATCH',
      path: '/api/v1/things?a=1',
      body: '{}',
      contentType: 'application/apply-patch+yaml',
    });
    expect(reply).toMatchObject({ status: 201, text: '{"big":1}', headers: { 'x-answer': 'yes' } });
    expect(server.calls[0]).toMatchObject({ method: 'PATCH', path: '/api/v1/things?a=1', body: '{}' });
    expect(server.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'user-agent': 'kcp-workload-syncer/1.2.3',
      'content-type': 'application/apply-patch+yaml',
      accept: 'application/json',
    });
    expect(server.calls[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  test('goes to the logical cluster of its client, and to the server itself by at("")', async () => {
    const client = clientOf().at('/clusters/root:team-a');
    await client.request({ method: 'GET', path: '/api' });
    await client.at('/clusters/abc').request({ method: 'GET', path: '/api' });
    await client.at('').request({ method: 'GET', path: '/readyz' });
    expect(server.calls.map(({ path }) => path)).toEqual(['/clusters/root:team-a/api', '/clusters/abc/api', '/readyz']);
    expect(client.server).toBe(`${server.url}/clusters/root:team-a`);
  });

  test('reuses connections', async () => {
    const client = clientOf();
    for (let i = 0; i < 5; i++) await client.request({ method: 'GET', path: '/api' });
    // The second takes over while the first is still being given back.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('that is answered with an error is an ApiError with what the Status says', async () => {
    server.on((call) => {
      call.status(404, 'NotFound', { message: 'things "a" not found', details: { name: 'a', kind: 'things' } });
    });
    const error = await failureOf(clientOf().request({ method: 'GET', path: '/api/v1/things/a?x=y' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404,
      reason: 'NotFound',
      message: 'things "a" not found',
      side: 'downstream',
      path: '/api/v1/things/a',
    });
  });

  test('is not followed to another place', async () => {
    server.on((call) => {
      call.text(302, '', { location: 'http://127.0.0.1:1/evil' });
    });
    const error = await failureOf(clientOf().request({ method: 'GET', path: '/api' }));
    expect(error).toMatchObject({ name: 'ApiError', status: 302, message: 'GET /api: redirects are not followed' });
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    [
      'resets the connection',
      'ECONNRESET',
      (call: { reset(): void }) => {
        call.reset();
      },
    ],
    [
      'closes the connection',
      'UND_ERR_SOCKET',
      (call: { halfClose(): void }) => {
        call.halfClose();
      },
    ],
    ['does not answer', 'UND_ERR_HEADERS_TIMEOUT', () => undefined],
  ])('to a server that %s is a ConnectionError that names the server', async (_, code, fault) => {
    server.on(fault);
    const error = await failureOf(clientOf(undefined, { timeouts: quick }).request({ method: 'GET', path: '/api' }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(`the cluster at ${server.url}: `) as string });
  });

  test.each([
    ['stalls', 'UND_ERR_BODY_TIMEOUT', () => undefined],
    [
      'resets the connection',
      'UND_ERR_SOCKET',
      (call: { reset(): void }) => {
        call.reset();
      },
    ],
    [
      'closes half of the connection',
      'UND_ERR_SOCKET',
      (call: { halfClose(): void }) => {
        call.halfClose();
      },
    ],
  ])('whose answer %s in the middle is a ConnectionError', async (_, code, fault) => {
    server.on((call) => {
      call.open();
      call.write('{"kind":');
      setImmediate(() => {
        fault(call);
      });
    });
    const error = await failureOf(clientOf(undefined, { timeouts: quick }).request({ method: 'GET', path: '/api' }));
    expect(error).toMatchObject({ name: 'ConnectionError', code });
  });

  test('to a port where nothing listens says so', async () => {
    const client = clientOf();
    await server.stop();
    const error = await failureOf(client.request({ method: 'GET', path: '/api' }));
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'ECONNREFUSED',
      message: expect.stringMatching(/^the cluster at http:.*: nothing listens there$/) as string,
    });
  });

  test('ends after a minute although the answer keeps dripping', async () => {
    const clock = new FakeClock();
    server.on((call) => {
      call.open();
      call.write('[');
    });
    const failure = failureOf(clientOf(undefined, { clock }).request({ method: 'GET', path: '/api' }));
    await until(() => server.calls.length === 1);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ code: 'DEADLINE' });
  });

  test('of more than 64 MiB is given up', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    server.on((call) => {
      call.open();
      for (let i = 0; i < 66; i++) call.write(megabyte);
      call.end();
    });
    expect(await failureOf(clientOf().request({ method: 'GET', path: '/api' }))).toMatchObject({
      code: 'BODY_TOO_LONG',
    });
  });

  test('that comes compressed, though nobody asked, is refused', async () => {
    server.on((call) => {
      call.json(200, {}, { 'content-encoding': 'gzip' });
    });
    expect(await failureOf(clientOf().request({ method: 'GET', path: '/api' }))).toMatchObject({ code: 'ENCODING' });
  });

  test('is recorded, with what became of it', async () => {
    const records: RequestRecord[] = [];
    const client = clientOf(undefined, { onRequest: (record) => records.push(record) });
    await client.request({ method: 'GET', path: '/api', lane: 'heartbeat' });
    server.on((call) => {
      call.status(429, 'TooManyRequests');
    });
    await failureOf(client.request({ method: 'POST', path: '/api', body: '{}' }));
    server.on((call) => {
      call.reset();
    });
    await failureOf(client.request({ method: 'GET', path: '/api', lane: 'list' }));
    expect(records).toMatchObject([
      { side: 'downstream', method: 'GET', lane: 'heartbeat', status: 200 },
      { method: 'POST', lane: 'request', status: 429 },
      { method: 'GET', lane: 'list', code: 'ECONNRESET' },
    ]);
  });
});

describe('an abort', () => {
  test('ends a request that waits for its answer, with the reason of the signal', async () => {
    server.on(() => undefined);
    const controller = new AbortController();
    const failure = failureOf(clientOf().request({ method: 'GET', path: '/api', signal: controller.signal }));
    await until(() => server.calls.length === 1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failure).toBe(reason);
    await until(() => server.connections === 0);
  });

  test('ends a request that waits at the gate', async () => {
    server.on(() => undefined);
    const client = clientOf();
    const blockers = new AbortController();
    const blocked = Array.from(
      { length: 4 },
      async () => await failureOf(client.request({ method: 'GET', path: '/b', lane: 'list', signal: blockers.signal })),
    );
    await until(() => server.calls.length === 4);
    const controller = new AbortController();
    const failure = failureOf(client.request({ method: 'GET', path: '/api', lane: 'list', signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect(await failure).toMatchObject({ message: 'enough' });
    expect(server.calls).toHaveLength(4);
    blockers.abort(new Error('over'));
    await Promise.all(blocked);
  });
});

describe('admission', () => {
  test('lets 24 requests through, of them 4 lists, and a heartbeat always', async () => {
    server.on(() => undefined);
    const client = clientOf();
    const controller = aborter();
    const ask = async (lane: 'request' | 'list' | 'heartbeat'): Promise<unknown> =>
      await failureOf(client.request({ method: 'GET', path: `/${lane}`, lane, signal: controller.signal }));
    const asked = Array.from({ length: 10 }, async () => await ask('list'));
    await until(() => server.calls.length === 4);
    for (let i = 0; i < 40; i++) asked.push(ask('request'));
    await until(() => server.calls.length === 24);
    asked.push(ask('heartbeat'));
    await until(() => server.calls.length === 25);
    expect(server.calls.filter(({ path }) => path === '/list')).toHaveLength(4);
    expect(server.calls.filter(({ path }) => path === '/heartbeat')).toHaveLength(1);
    controller.abort(new Error('over'));
    await Promise.all(asked);
  });

  test('is shared by all clients of one server', async () => {
    server.on(() => undefined);
    const controller = new AbortController();
    const one = clientOf();
    const other = clientOf().at('/clusters/b');
    const asked = [one, other].flatMap((client) =>
      Array.from(
        { length: 4 },
        async () =>
          await failureOf(client.request({ method: 'GET', path: '/l', lane: 'list', signal: controller.signal })),
      ),
    );
    await until(() => server.calls.length === 4);
    const { lists } = gates.of(server.url);
    expect(lists.inUse).toBe(4);
    controller.abort(new Error('over'));
    await Promise.all(asked);
    expect(lists.inUse).toBe(0);
  });

  test('keeps to our own rate limit, but for heartbeats', async () => {
    const clock = new FakeClock();
    const client = clientOf(undefined, { clock, rateLimit: { qps: 2, burst: 1 } });
    await client.request({ method: 'GET', path: '/1' });
    const second = client.request({ method: 'GET', path: '/2' });
    await client.request({ method: 'GET', path: '/h', lane: 'heartbeat' });
    await clock.advance(499);
    expect(server.calls.map(({ path }) => path)).toEqual(['/1', '/h']);
    await clock.advance(1);
    await second;
    expect(server.calls).toHaveLength(3);
  });
});

describe('a 401', () => {
  test('is final when the credentials are fixed', async () => {
    server.on((call) => {
      call.status(401, 'Unauthorized');
    });
    expect(await failureOf(clientOf().request({ method: 'GET', path: '/api' }))).toMatchObject({ status: 401 });
    expect(server.calls).toHaveLength(1);
  });

  test('makes the credentials be read again, and the request be sent once more', async () => {
    const tokens = ['old', 'new'];
    const credentials = tokens.map((token) => ({
      headers: { Authorization: token },
      tls: { rejectUnauthorized: true },
    }));
    const access = {
      server: server.url,
      proxyUrl: undefined,
      current: async () => await Promise.resolve(credentials[0]!),
      renew: async () => await Promise.resolve(credentials.shift() !== undefined && credentials.length > 0),
    };
    server.on((call) => {
      if (call.headers.authorization === 'new') call.json(200, {});
      else call.status(401, 'Unauthorized');
    });
    const client = clientOf(undefined, { access });
    await client.request({ method: 'GET', path: '/api' });
    expect(server.calls.map(({ headers }) => headers.authorization)).toEqual(['old', 'new']);
  });
});

describe('TLS', () => {
  test('is trusted by the certificate authority of the kubeconfig, and by no other', async () => {
    const own = selfSigned();
    const secure = await FaultServer.start(own);
    const config = (ca: string): string =>
      secure.kubeconfig({ token: 't' }, { 'certificate-authority-data': Buffer.from(ca).toString('base64') });
    await clientOf(config(own.cert)).request({ method: 'GET', path: '/api' });
    const error = await failureOf(clientOf(config(selfSigned().cert)).request({ method: 'GET', path: '/api' }));
    expect(error).toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining('not signed by the certificate authority') as string,
    });
    expect(secure.calls).toHaveLength(1);
    await secure.stop();
  });

  test('shows the client certificate of the kubeconfig, and none for an anonymous client', async () => {
    const own = selfSigned();
    const user = selfSigned('somebody');
    const secure = await FaultServer.start({ ...own, ca: user.cert, requestCert: true, rejectUnauthorized: false });
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const config = secure.kubeconfig(
      { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
      { 'certificate-authority-data': base64(own.cert) },
    );
    const seen: boolean[] = [];
    secure.on((call) => {
      seen.push((call.socket as unknown as { authorized: boolean }).authorized);
      call.json(200, {});
    });
    await clientOf(config).request({ method: 'GET', path: '/api' });
    const anonymous = serverAccess(config, { clock: systemClock, anonymous: true });
    await clientOf(config, { access: anonymous }).request({ method: 'GET', path: '/api' });
    expect(seen).toEqual([true, false]);
    expect(secure.calls[1]?.headers).not.toHaveProperty('authorization');
    await secure.stop();
  });
});

describe('a watch', () => {
  const forever = new AbortController().signal;

  async function read(chunks: AsyncIterable<Buffer>): Promise<string> {
    let text = '';
    for await (const chunk of chunks) text += chunk.toString();
    return text;
  }

  test('is open when the server has accepted it, and yields what comes until the server ends it', async () => {
    server.on((call) => {
      call.open();
    });
    const chunks = await clientOf().watch('/api/v1/things?watch=true', forever);
    server.calls[0]?.write('a');
    server.calls[0]?.write('b');
    server.calls[0]?.end();
    expect(await read(chunks)).toBe('ab');
  });

  test('that is refused is an ApiError', async () => {
    server.on((call) => {
      call.status(410, 'Expired');
    });
    expect(await failureOf(clientOf().watch('/w', forever))).toMatchObject({ name: 'ApiError', status: 410 });
  });

  test('of another content type than JSON is refused, and its connection closed', async () => {
    server.on((call) => {
      call.open({ 'content-type': 'text/html' });
      call.write('<html>');
    });
    expect(await failureOf(clientOf().watch('/w', forever))).toMatchObject({ code: 'CONTENT_TYPE' });
    await until(() => server.connections === 0);
  });

  test.each([
    ['resets', 'ECONNRESET', (call: { reset(): void } | undefined) => call?.reset()],
    ['half closes', 'UND_ERR_SOCKET', (call: { halfClose(): void } | undefined) => call?.halfClose()],
  ])('whose connection the server %s ends with a ConnectionError', async (_, code, fault) => {
    server.on((call) => {
      call.open();
      call.write('a');
    });
    const failure = failureOf(read(await clientOf().watch('/w', forever)));
    fault(server.calls[0]);
    expect(await failure).toMatchObject({ name: 'ConnectionError', code });
  });

  test('that stays silent for longer than its timeoutSeconds and some grace counts as dead', async () => {
    server.on((call) => {
      call.open();
    });
    const client = clientOf(undefined, { timeouts: quick });
    const failure = failureOf(read(await client.watch('/w?timeoutSeconds=1', forever)));
    expect(await failure).toMatchObject({ name: 'ConnectionError', code: 'UND_ERR_BODY_TIMEOUT' });
  });

  test('is closed when its reader leaves, or the signal is aborted', async () => {
    server.on((call) => {
      call.open();
      call.write('a');
    });
    const client = clientOf();
    for await (const chunk of await client.watch('/w', forever)) {
      expect(chunk.toString()).toBe('a');
      break;
    }
    await until(() => server.connections === 0);
    const controller = new AbortController();
    const failure = failureOf(read(await client.watch('/w', controller.signal)));
    controller.abort(new Error('enough'));
    expect(await failure).toMatchObject({ message: 'enough' });
    await until(() => server.connections === 0);
  });

  test('holds its place at the gate only until it is open', async () => {
    server.on((call) => {
      if (call.path === '/w') call.open();
      if (call.path === '/api') call.json(200, {});
    });
    const client = clientOf();
    const controller = aborter();
    for (let i = 0; i < 10; i++) await client.watch('/w', controller.signal);
    const waiting = Array.from({ length: 9 }, async () => await failureOf(client.watch('/slow', controller.signal)));
    await until(() => server.calls.length === 18);
    await client.request({ method: 'GET', path: '/api' });
    expect(server.calls.filter(({ path }) => path === '/slow')).toHaveLength(8);
    controller.abort(new Error('over'));
    await Promise.all(waiting);
  });
});

test('a closed client ends what is under way, and takes nothing more', async () => {
  server.on(() => undefined);
  const client = clientOf();
  const failure = failureOf(client.request({ method: 'GET', path: '/api' }));
  await until(() => server.calls.length === 1);
  await client.close();
  expect(await failure).toMatchObject({ name: 'ConnectionError', code: 'UND_ERR_DESTROYED' });
  expect(await failureOf(client.at('/clusters/a').request({ method: 'GET', path: '/api' }))).toMatchObject({
    code: 'CLIENT_CLOSED',
  });
  await until(() => server.connections === 0);
});

test('a changed certificate authority is used from then on, without a restart', async () => {
  const [one, two] = [selfSigned(), selfSigned()];
  const secure = await FaultServer.start(one);
  const current = { headers: {}, tls: { ca: two.cert, rejectUnauthorized: true } };
  let credentials = current;
  const access = {
    server: secure.url,
    proxyUrl: undefined,
    current: async () => await Promise.resolve(credentials),
    renew: async () => await Promise.resolve(false),
  };
  const client = clientOf(undefined, { access });
  await failureOf(client.request({ method: 'GET', path: '/api' }));
  credentials = { headers: {}, tls: { ca: one.cert, rejectUnauthorized: true } };
  await client.request({ method: 'GET', path: '/api' });
  expect(secure.calls).toHaveLength(1);
  await secure.stop();
});

test('the proxy of the kubeconfig is a tunnel: it sees neither credentials nor contents', async () => {
  const own = selfSigned();
  const secure = await FaultServer.start(own);
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(
      `${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? 'without credentials'}`,
    );
    const tunnel = connect(secure.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      tunnel.pipe(socket).pipe(tunnel);
    });
    for (const end of [tunnel, socket]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cluster = {
    'certificate-authority-data': Buffer.from(own.cert).toString('base64'),
    'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
  const client = clientOf(secure.kubeconfig({ token: 'secret-token' }, cluster));
  await client.request({ method: 'GET', path: '/api' });
  expect(secure.calls[0]?.headers.authorization).toBe('Bearer secret-token');
  expect(asked).toEqual([`CONNECT 127.0.0.1:${secure.port} without credentials`]);
  await client.close();
  await secure.stop();
  proxy.close();
});
