import { isRecord, type JsonRecord } from '../object/json.js';
import type { ResourceType } from '../object/types.js';

/** One group, as either form of discovery tells it. */
export interface DiscoveredGroup {
  readonly name: string;
  readonly types: readonly ResourceType[];
  readonly failed: boolean;
}

/** Asks for one document of discovery, which must be of one of these kinds. @throws ApiError, ConnectionError */
export type Ask = (what: {
  readonly path: string;
  readonly kinds: readonly string[];
  readonly accept?: string;
}) => Promise<JsonRecord>;

/** The records of a list that a server sent, without what is none. */
export function recordsIn(list: unknown): readonly JsonRecord[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

export function stringIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function stringsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}
