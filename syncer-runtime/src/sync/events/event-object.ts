import { createHash } from 'node:crypto';
import { toTimestamp } from '../../base/clock.js';
import { stringifyJson } from '../../object/parse.js';
import type { UpstreamEvent } from './event.js';

const longestMessage = 1_024;
const longestName = 253;
/** Where Events of cluster-scoped objects live. */
const defaultNamespace = 'default';
export const component = 'kcp-syncer';

/** An Event that happened once or several times. Times are wall clock, ms. */
export interface CountedEvent {
  readonly event: UpstreamEvent;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What makes two Events the same one: told again, it is counted and not made anew. */
export function eventKey({ subject, reason }: UpstreamEvent): string {
  return `${subject.uid}/${reason}`;
}

/** Where the Event is, for a server-side apply: its name is the same for the same object and reason, also after a restart. */
export function eventPath(event: UpstreamEvent): string {
  return `/api/v1/namespaces/${namespaceOf(event)}/events/${nameOf(event)}`;
}

/** The body of that apply. */
export function eventBody({ event, count, firstMs, lastMs }: CountedEvent): string {
  const { subject, type, reason, message } = event;
  return stringifyJson({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: nameOf(event), namespace: namespaceOf(event) },
    involvedObject: { ...subject, namespace: subject.namespace === '' ? undefined : subject.namespace },
    type,
    reason,
    message: message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
    count,
    firstTimestamp: toTimestamp(firstMs),
    lastTimestamp: toTimestamp(lastMs),
    source: { component },
    reportingComponent: component,
  });
}

function namespaceOf({ subject }: UpstreamEvent): string {
  return subject.namespace === '' ? defaultNamespace : subject.namespace;
}

function nameOf(event: UpstreamEvent): string {
  const digest = createHash('sha256').update(eventKey(event)).digest('hex').slice(0, 16);
  // A name that is cut must not end in what no name may end in.
  const kept = event.subject.name.slice(0, longestName - digest.length - 1).replace(/[^a-z0-9]+$/, '');
  return kept === '' ? digest : `${kept}.${digest}`;
}
