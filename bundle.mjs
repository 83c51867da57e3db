/** How commands are bundled into one file each: what runs is always a bundle. */
import { build } from 'esbuild';

const here = import.meta.dirname;

/**
 * client-node's KubeConfig carries the models and calls of all of Kubernetes for a method that nobody here calls:
 * four fifths of the bundle, and most of its memory.
 */
const withoutGeneratedClient = {
  name: 'without-generated-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer }) =>
      /client-node[\\/]dist[\\/]config\.js$/.test(importer) ? { path: 'client', namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /^client$/, namespace: 'unused' }, () => ({
      contents: `
        const unused = () => { throw new Error('the generated client is not part of this bundle'); };
        export const createConfiguration = unused;
        export class ServerConfiguration { constructor() { unused(); } }`,
    }));
  },
};

/**
 * Of undici only the connections and `request` are used. Its index also loads fetch, WebSockets, caches and mocks: half
 * of its memory, in every process. What is taken here its index takes from the same files.
 */
const onlyDispatchers = {
  name: 'only-dispatchers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'dispatchers' }));
    onLoad({ filter: /.*/, namespace: 'dispatchers' }, () => ({
      resolveDir: here,
      contents: `
        import api from 'undici/lib/api/index.js';
        import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
        Object.assign(Dispatcher.prototype, api);
        export { default as Agent } from 'undici/lib/dispatcher/agent.js';
        export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';`,
    }));
  },
};

/**
 * The framework would bring all of client-node and another HTTP client for what the adapter replaces: it gets a
 * KubeConfig that loads nothing, and calls that cannot be made.
 */
const frameworkWithoutClient = {
  name: 'framework-without-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@kubernetes\/client-node|gaxios)$/ }, ({ importer }) =>
      /@dot-i[\\/]k8s-operator/.test(importer) ? { path: 'client', namespace: 'framework' } : undefined,
    );
    onLoad({ filter: /^client$/, namespace: 'framework' }, () => ({
      contents: `
        const unused = () => { throw new Error('the framework must not talk to servers itself'); };
        exports.KubeConfig = class { loadFromDefault() {} makeApiClient() {} };
        exports.CoreV1Api = exports.ApiextensionsV1Api = exports.Watch = class { constructor() { unused(); } };
        exports.loadYaml = unused;
        exports.instance = { request: unused };`,
    }));
  },
};

/** Bundles one command. @param {{ entry: string, outfile: string }} files */
export async function bundle({ entry, outfile }) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // CommonJS packages in the bundle still call require, which an ES module does not have
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    sourcemap: 'linked',
    legalComments: 'linked',
    plugins: [withoutGeneratedClient, onlyDispatchers, frameworkWithoutClient],
    logLevel: 'warning',
  });
}
