const transformed = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'js-yaml',
  'argparse',
  'socks-proxy-agent',
  'agent-base',
];
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${transformed.join('|')})/)`],
  moduleNameMapper: {
    '^@kcp-syncer/([^/]+)/(.+)\\.js$': '<rootDir>/$1/src/$2.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/[^/]+/dist'],
};

const withServers = {
  globalSetup: '<rootDir>/e2e/dist/harness/global-setup.js',
  globalTeardown: '<rootDir>/e2e/dist/harness/global-teardown.js',
};

/** Unit tests stand beside the code; tests that need servers say so in their name. */
export default {
  reporters: ['default', `${import.meta.dirname}/e2e/dist/harness/failure-reporter.js`],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{crds,syncer-runtime,operator,e2e}/src/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.e2e\\.test\\.ts$', '\\.servers\\.test\\.ts$', '\\.node\\.test\\.ts$'],
    },
    {
      ...shared,
      ...withServers,
      displayName: 'servers',
      testMatch: ['<rootDir>/{syncer-runtime,operator,e2e}/src/**/*.servers.test.ts'],
    },
    { ...shared, ...withServers, displayName: 'e2e', testMatch: ['<rootDir>/e2e/src/**/*.e2e.test.ts'] },
    { ...shared, ...withServers, displayName: 'node', testMatch: ['<rootDir>/e2e/src/**/*.node.test.ts'] },
  ],
};
