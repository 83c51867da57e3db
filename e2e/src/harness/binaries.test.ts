import { linkerFlags, recipes, variableOf } from './binaries.js';

describe('binaries', () => {
  it('are named by a variable each', () => {
    expect(variableOf('kube-apiserver')).toBe('KUBE_APISERVER_BIN');
  });

  it('say the version they were released with, or kubectl and Helm cannot parse it', () => {
    expect(linkerFlags(recipes.kubectl)).toEqual([
      '-ldflags',
      '-X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/component-base/version.gitMajor=1 ' +
        '-X k8s.io/component-base/version.gitMinor=36 -X k8s.io/client-go/pkg/version.gitVersion=v1.36.3',
    ]);
    expect(linkerFlags(recipes.kwok)).toEqual([]);
  });
});
