import { isRecord, type JsonRecord } from '../object/json.js';

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
