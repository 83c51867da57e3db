import { mergedMetrics } from './merged-metrics.js';

const scrape = (tenant: string): string => `# HELP a_total Of a.
# TYPE a_total counter
a_total{tenant="${tenant}"} 1

# HELP b Of b.
# TYPE b gauge
b{tenant="${tenant}"} 2
`;

test('a metric that two have is described once, with the series of both', () => {
  expect(mergedMetrics([scrape('x'), scrape('y')])).toBe(`# HELP a_total Of a.
# TYPE a_total counter
a_total{tenant="x"} 1
a_total{tenant="y"} 1

# HELP b Of b.
# TYPE b gauge
b{tenant="x"} 2
b{tenant="y"} 2
`);
});

test('what only one has stays, and nothing at all is nothing', () => {
  expect(mergedMetrics(['', scrape('x')])).toContain('b{tenant="x"} 2');
  expect(mergedMetrics([])).toBe('\n');
});
