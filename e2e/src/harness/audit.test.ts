import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from './audit.js';

describe('AuditLog', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audit-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function event(verb: string, username: string): string {
    return `${JSON.stringify({
      verb,
      user: { username },
      requestURI: '/api/v1/namespaces/a/configmaps/b',
      responseStatus: { code: 200 },
      userAgent: 'test',
      requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
      objectRef: { resource: 'configmaps', namespace: 'a', name: 'b' },
      annotations: { 'kcp.io/cluster': 'abc' },
    })}\n`;
  }

  it('has what came after the mark, and no half-written line', () => {
    const log = new AuditLog(join(folder, 'audit.log'));
    expect(log.mark()).toBe(0);
    appendFileSync(log.path, event('create', 'before'));
    const mark = log.mark();
    appendFileSync(log.path, `${event('get', 'ä')}${event('patch', 'b').slice(0, 30)}`);
    expect(log.since(mark)).toEqual([
      {
        verb: 'get',
        user: 'ä',
        uri: '/api/v1/namespaces/a/configmaps/b',
        code: 200,
        userAgent: 'test',
        timestamp: '2026-01-01T00:00:00.000001Z',
        object: { resource: 'configmaps', namespace: 'a', name: 'b' },
        logicalCluster: 'abc',
      },
    ]);
  });

  it('tells writes from reads and one user from another', () => {
    const log = new AuditLog(join(folder, 'audit.log'));
    const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
    appendFileSync(log.path, `${verbs.map((verb) => event(verb, 'a')).join('')}${event('patch', 'b')}`);
    expect(log.writesSince(0).map(({ verb }) => verb)).toEqual([...verbs.slice(3), 'patch']);
    expect(log.writesSince(0, 'b')).toHaveLength(1);
  });
});
