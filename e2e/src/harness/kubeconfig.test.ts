import { credentialsOf, kubeconfigOf } from './kubeconfig.js';

const kcp = { server: 'https://127.0.0.1:1/clusters/root', ca: 'PEM of kcp', token: 'a' };
const cluster = { server: 'https://127.0.0.1:2', ca: 'PEM of the cluster', token: 'b' };

describe('kubeconfigs', () => {
  it('are read back as they were made, context by context', () => {
    const text = kubeconfigOf({ kcp, 'physical-cluster': cluster });
    expect(credentialsOf(text)).toEqual(kcp);
    expect(credentialsOf(text, 'physical-cluster')).toEqual(cluster);
  });

  it('say which context is missing', () => {
    expect(() => credentialsOf(kubeconfigOf({ kcp }), 'other')).toThrow('the kubeconfig has no context other');
  });
});
