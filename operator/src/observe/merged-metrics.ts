/** One metric of a scrape: what is said of it, and its series. */
interface Family {
  readonly head: string[];
  readonly series: string[];
}

/**
 * Several scrapes in the text format as one: a metric that many of them have is described once, with the series of all
 * below it. Series must differ in their labels.
 */
export function mergedMetrics(scrapes: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const scrape of scrapes) addTo(families, scrape);
  const blocks = [...families.values()].map(({ head, series }) => [...head, ...series].join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function addTo(families: Map<string, Family>, scrape: string): void {
  let family: Family = { head: [], series: [] };
  let isNew = true;
  for (const line of scrape.split('\n')) {
    const name = /^# HELP (\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      isNew = !families.has(name);
      family = families.get(name) ?? { head: [], series: [] };
      families.set(name, family);
    }
    if (line.startsWith('#')) {
      if (isNew) family.head.push(line);
    } else if (line !== '') family.series.push(line);
  }
}
