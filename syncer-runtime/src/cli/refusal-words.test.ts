import { apiErrorOf } from '../kube/api-error.js';
import type { Side } from '../base/sides.js';
import { refusalInWords } from './refusal-words.js';

/** The words for an answer with this status. */
function wordsFor(side: Side, status: number, body: string): string {
  const headers = { 'content-type': 'application/json' };
  const error = apiErrorOf({ side, method: 'GET', path: '/apis', status, headers, text: body });
  return (refusalInWords(error, 'root:a') as Error).message;
}

const statusBody = (fields: object): string => JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...fields });

test.each<[Side, number, string, string]>([
  ['upstream', 401, '', 'workspace root:a refuses the credentials (401): check the user of --kcp-kubeconfig'],
  ['downstream', 401, '', 'the cluster refuses the credentials (401): check the user of --cluster-kubeconfig'],
  [
    'upstream',
    403,
    statusBody({ reason: 'Forbidden', message: 'crds is forbidden' }),
    'missing permission in workspace root:a: crds is forbidden',
  ],
  [
    'upstream',
    404,
    statusBody({ reason: 'NotFound', message: 'x', details: { kind: 'workspaces', group: 'tenancy.kcp.io' } }),
    'kcp has no workspace root:a',
  ],
  ['upstream', 404, '404 page not found', 'the server of --kcp-kubeconfig has no workspace root:a: is it kcp?'],
  [
    'downstream',
    503,
    statusBody({ reason: 'ServiceUnavailable', message: 'busy' }),
    'the cluster answered 503 to GET /apis: busy',
  ],
])('%s, a %i with the body %j: %s', (...[side, status, body, words]) => {
  expect(wordsFor(side, status, body)).toBe(words);
});

test("what is no server's answer stays as it is", () => {
  const defect = new TypeError('x is not a function');
  expect(refusalInWords(defect, 'root:a')).toBe(defect);
});
