import { version } from '../base/version.js';
import { publishFlags, syncerFlags, flagName } from './flags.js';
import { rbacFlags } from './rbac-flags.js';
import { readCommandLine } from './program.js';

function text(...argv: string[]): string {
  const wish = readCommandLine(argv);
  return wish.kind === 'text' ? wish.text : `no text but ${wish.kind}`;
}

test('flags are taken with = or a blank, and lists add up', () => {
  expect(readCommandLine(['--v=3', '--workers', '4', '--resources=a,b', '--resources=c'])).toEqual({
    kind: 'sync',
    given: { v: ['3'], workers: ['4'], resources: ['a,b', 'c'] },
  });
});

test('without flags a syncer is wished for, of which nothing is known yet', () => {
  expect(readCommandLine([])).toEqual({ kind: 'sync', given: {} });
});

test('publish-apis has its own flags', () => {
  expect(readCommandLine(['publish-apis', '--workspace-cluster=root:a', '--print'])).toEqual({
    kind: 'publish-apis',
    given: { workspaceCluster: ['root:a'] },
    print: true,
  });
  expect(readCommandLine(['publish-apis'])).toEqual({ kind: 'publish-apis', given: {}, print: false });
  expect(() => readCommandLine(['publish-apis', '--workers=2'])).toThrow("unknown option '--workers=2'");
});

test('print-rbac has its own flags and switches', () => {
  expect(readCommandLine(['print-rbac', '--kcp-user=a', '--namespaced'])).toEqual({
    kind: 'print-rbac',
    given: { kcpUser: ['a'] },
    namespaced: true,
    removesNamespaces: false,
  });
  const help = text('print-rbac', '--help');
  for (const key of Object.keys(rbacFlags)) expect(help).toContain(flagName(key));
  expect(help).toContain('--namespaced');
  expect(help).toContain('--remove-namespaces');
});

test.each([
  [['--wokers=2'], "unknown option '--wokers=2' (Did you mean --workers?)"],
  [['--kcp-kubeconfg', 'x'], "unknown option '--kcp-kubeconfg' (Did you mean --kcp-kubeconfig?)"],
  [['publish-api'], 'there is no command "publish-api"; there are publish-apis and print-rbac'],
  [['--workers'], "option '--workers <n>' argument missing"],
])('%j is one line that says what is wrong: %s', (argv, message) => {
  expect(() => readCommandLine(argv)).toThrow(new Error(message));
});

test('the version is the product', () => {
  expect(text('--version')).toBe(`${version}\n`);
});

test('the help names every flag under a heading, with default and environment variable, and an example', () => {
  const help = text('--help');
  const words = help.replace(/\s+/g, ' ');
  for (const [key, flag] of Object.entries(syncerFlags)) {
    expect(help).toMatch(new RegExp(`^  ${flagName(key)} `, 'm'));
    expect(help).toContain(flag.group);
    expect(words).toContain('env' in flag ? `env: ${flag.env})` : flag.help);
  }
  expect(help).toContain('Example:\n  workload-syncer --sync-target-name=my-cluster');
  expect(help).toMatch(/^ {2}publish-apis /m);
});

test('the help of publish-apis names its flags', () => {
  for (const help of [text('publish-apis', '--help'), text('help', 'publish-apis')]) {
    for (const key of Object.keys(publishFlags)) expect(help).toContain(flagName(key));
    expect(help).toContain('--print');
  }
});

test('the variables of the environment are the promised ones', () => {
  const variables = Object.values(syncerFlags).flatMap((flag) => ('env' in flag ? [flag.env] : []));
  expect(variables.sort()).toEqual([
    'SYNCER_HEALTH_PORT',
    'SYNCER_HEARTBEAT_PERIOD',
    'SYNCER_LOG_LEVEL',
    'SYNCER_METRICS_PORT',
    'SYNCER_RESYNC_PERIOD',
    'SYNCER_WORKERS',
  ]);
});
