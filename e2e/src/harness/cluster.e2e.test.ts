import type { AuditEntry } from './audit.js';
import { clusterAccount } from './account.js';
import { AdminClient, ApiFailure } from './admin-client.js';
import { startCluster } from './cluster.js';
import { eventually } from './eventually.js';
import { credentialsOf } from './kubeconfig.js';
import { readFileSync } from 'node:fs';
import { sharedControlPlanes, uniqueName } from './shared.js';

jest.setTimeout(180_000);

interface Deployment {
  status?: { availableReplicas?: number };
}
interface Service {
  status?: { loadBalancer?: { ingress?: { ip: string }[] } };
}

const configMaps = (namespace: string): { apiVersion: string; resource: string; namespace: string } => ({
  apiVersion: 'v1',
  resource: 'configmaps',
  namespace,
});

function brief({ verb, user, code, object }: AuditEntry): string {
  return `${user} ${verb} ${object.resource ?? ''}/${object.name ?? ''} ${code}`;
}

describe('a cluster', () => {
  it('rolls out a Deployment and gives a LoadBalancer Service an address', async () => {
    const { cluster } = await sharedControlPlanes();
    const namespace = uniqueName('rollout');
    await cluster.kubectl(['create', 'namespace', namespace]);
    const applied = await cluster.kubectl(['apply', '--namespace', namespace, '--server-side', '-f', '-'], {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'nginx' },
            spec: {
              replicas: 3,
              selector: { matchLabels: { app: 'nginx' } },
              template: {
                metadata: { labels: { app: 'nginx' } },
                spec: { containers: [{ name: 'nginx', image: 'nginx' }] },
              },
            },
          },
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'nginx' },
            spec: { type: 'LoadBalancer', selector: { app: 'nginx' }, ports: [{ port: 80 }] },
          },
        ],
      }),
    });
    expect(applied).toEqual({ code: 0, stdout: expect.stringContaining('deployment') as string, stderr: '' });
    const deployment = { apiVersion: 'apps/v1', resource: 'deployments', namespace, name: 'nginx' };
    await eventually('three replicas are available', async () => {
      return (await cluster.admin.get<Deployment>(deployment)).status?.availableReplicas === 3;
    });
    const service = { apiVersion: 'v1', resource: 'services', namespace, name: 'nginx' };
    const ingress = await eventually('the Service has an address', async () => {
      return (await cluster.admin.get<Service>(service)).status?.loadBalancer?.ingress;
    });
    expect(ingress).toEqual([expect.objectContaining({ ip: expect.stringMatching(/^198\.18\.\d+\.\d+$/) as string })]);
  });

  it('logs each request once, refused ones and watches included', async () => {
    const { cluster } = await sharedControlPlanes();
    const namespace = uniqueName('audit');
    await cluster.kubectl(['create', 'namespace', namespace]);
    const account = await clusterAccount(cluster, {
      name: namespace,
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] }],
    });
    const client = new AdminClient(() => credentialsOf(readFileSync(account.kubeconfigPath, 'utf8')));
    const stranger = new AdminClient(() => ({ ...cluster.credentials(), token: 'forged' }));
    const mark = cluster.audit.mark();

    await client.apply({ ...configMaps(namespace), name: 'a' }, { kind: 'ConfigMap', data: { a: 'b' } });
    await client.list(configMaps(namespace));
    await client.request('GET', `/api/v1/namespaces/${namespace}/configmaps`, {
      query: { watch: 'true', timeoutSeconds: '1' },
    });
    await expect(client.create(configMaps('kube-system'), { metadata: { name: 'A' } })).rejects.toThrow(ApiFailure);
    await client.delete({ ...configMaps(namespace), name: 'a' }).catch(() => undefined);
    await expect(stranger.list(configMaps(namespace))).rejects.toThrow('401');

    const seen = cluster.audit.since(mark);
    expect(seen.filter(({ user }) => user === account.user).map(brief)).toEqual([
      `${account.user} patch configmaps/a 201`,
      `${account.user} list configmaps/ 200`,
      `${account.user} watch configmaps/ 200`,
      `${account.user} create configmaps/A 422`,
      `${account.user} delete configmaps/a 403`,
    ]);
    const refused = seen.filter(
      ({ code, user, object }) => code === 401 && user === '' && object.namespace === namespace,
    );
    expect(refused.map(brief)).toEqual([' list configmaps/ 401']);
    expect(cluster.audit.writesSince(mark, account.user).map(({ verb }) => verb)).toEqual([
      'patch',
      'create',
      'delete',
    ]);
  });

  it('refuses an account whose rights or whose ServiceAccount were taken away', async () => {
    const { cluster } = await sharedControlPlanes();
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    const account = await clusterAccount(cluster, { name: uniqueName('account'), rules });
    const client = new AdminClient(() => credentialsOf(readFileSync(account.kubeconfigPath, 'utf8')));
    await client.list(configMaps('default'));

    await account.forbid();
    await eventually('403', async () => (await codeOf(client)) === 403);
    await account.allow();
    await eventually('200', async () => (await codeOf(client)) === 200);
    await account.revoke();
    await eventually('401', async () => (await codeOf(client)) === 401);
    await account.renew();
    await eventually('200 with the new token', async () => (await codeOf(client)) === 200);
  });

  it('keeps its data and its address when the API server is killed and started again', async () => {
    const cluster = await startCluster({ controllers: 'none' });
    const { url } = cluster;
    const ref = { ...configMaps('default'), name: 'kept' };
    const before = await cluster.admin.apply(ref, { kind: 'ConfigMap' });

    await cluster.kill('kube-apiserver');
    await expect(cluster.admin.get(ref)).rejects.toThrow();
    await cluster.start('kube-apiserver');

    expect(cluster.url).toBe(url);
    expect(await cluster.admin.get(ref)).toMatchObject({ metadata: { uid: before.metadata.uid } });
    await cluster.stop();
  });
});

async function codeOf(client: AdminClient): Promise<number> {
  return (await client.request('GET', '/api/v1/namespaces/default/configmaps')).code;
}
