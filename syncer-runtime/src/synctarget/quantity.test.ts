import { sumQuantities } from './quantity.js';

describe('sumQuantities', () => {
  test.each([
    [['4', '8'], '12'],
    [['4', '3920m'], '7920m'],
    [['1500m', '500m'], '2'],
    [['0.5', '.5', '1.'], '2'],
    [['64Gi', '64Gi'], '128Gi'],
    [['1Gi', '512Mi'], '1536Mi'],
    [['131829456Ki', '1Ki'], '131829457Ki'],
    [['1Ki', '24'], '1048'],
    [['1k', '1M', '1G'], '1001001000'],
    [['2e3', '1E3', '5e+1'], '3050'],
    [['1E', '1Ei'], '2102462406842624Ki'],
    [['0', '0'], '0'],
    [['0Ki'], '0'],
    [['100n', '1u', '1m'], '2m'],
    [['18446744073709551615', '1'], '18446744073709551616'],
    [[], '0'],
  ])('%j is %s', (quantities, sum) => {
    expect(sumQuantities(quantities)).toBe(sum);
  });

  test.each(['', '-1', 'many', '1 Gi', '.', '1Kib', '1ke3', 'e3', '1e999'])(
    '%j is no quantity that it adds',
    (quantity) => {
      expect(sumQuantities(['1', quantity])).toBeUndefined();
    },
  );
});
