const decimal = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const form =
  /^\+?(?=\.?\d)(?<whole>\d*)(?:\.(?<fraction>\d{0,9}))?(?:(?<unit>[numkMGTPE]|[KMGTPE]i)|[eE](?<exponent>\+?\d{1,2}))?$/;

/** Nano-units: what the finest unit of Kubernetes counts in. */
type Nano = bigint;
const NANO_PER_UNIT = 1_000_000_000n;
const fine: Readonly<Record<string, Nano>> = { n: 1n, u: 1_000n, m: 1_000_000n };

/**
 * The sum of Kubernetes quantities that are not negative, as a quantity: in whole units, thousandths (`500m`), or the
 * largest binary unit that holds it exactly when one of them was given in such units. Undefined when one of them is
 * none that is understood.
 */
export function sumQuantities(quantities: readonly string[]): string | undefined {
  let sum: Nano = 0n;
  for (const quantity of quantities) {
    const value = nanoOf(quantity);
    if (value === undefined) return undefined;
    sum += value;
  }
  return textOf(
    sum,
    quantities.some((quantity) => quantity.endsWith('i')),
  );
}

function nanoOf(quantity: string): Nano | undefined {
  const parts = form.exec(quantity)?.groups;
  if (!parts) return undefined;
  const { whole = '', fraction = '', unit = '', exponent = '0' } = parts;
  const nano = BigInt(whole + fraction.padEnd(9, '0'));
  return (nano * perUnit(unit) * 10n ** BigInt(exponent)) / NANO_PER_UNIT;
}

function perUnit(unit: string): Nano {
  const small = fine[unit];
  if (small !== undefined) return small;
  const size = unit.endsWith('i') ? 1024n ** BigInt(binary.indexOf(unit)) : 1000n ** BigInt(decimal.indexOf(unit));
  return size * NANO_PER_UNIT;
}

function textOf(sum: Nano, inBinary: boolean): string {
  const milli = (sum + 999_999n) / 1_000_000n;
  if (milli % 1000n !== 0n) return `${milli}m`;
  let units = milli / 1000n;
  if (!inBinary) return String(units);
  let power = 0;
  while (units > 0n && units % 1024n === 0n && power < binary.length - 1) {
    units /= 1024n;
    power++;
  }
  return `${units}${binary[power] ?? ''}`;
}
