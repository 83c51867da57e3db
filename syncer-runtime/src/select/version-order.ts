/** `v2`, `v1beta3`; what has another form comes after all of these. */
const form = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const stability = { alpha: 0, beta: 1, stable: 2 };

/** Sorts versions as Kubernetes ranks them, best first: stable before beta before alpha, then the higher number. */
export function compareVersions(a: string, b: string): number {
  const rankA = rank(a);
  const rankB = rank(b);
  if (!rankA || !rankB) return rankA ? -1 : rankB ? 1 : a < b ? -1 : Number(a > b);
  return rankB.stage - rankA.stage || rankB.major - rankA.major || rankB.minor - rankA.minor;
}

function rank(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = form.exec(version);
  if (!match) return undefined;
  const [, major, stage = 'stable', minor = '0'] = match;
  return { stage: stability[stage as keyof typeof stability], major: Number(major), minor: Number(minor) };
}
