import { ApiError } from './api-error.js';

/** The object itself is not there: only a JSON Status that names it says so (S24). Its type may be given too. */
export function isObjectNotFound(
  error: unknown,
  object: { readonly group: string; readonly resource: string; readonly name: string },
): boolean {
  if (!isNotFound(error) || !error.isStatus || error.reason !== 'NotFound') return false;
  const { name, group, kind } = error.details;
  return name === object.name && kind === object.resource && group === object.group;
}

/** Any 404: of an object, of its namespace, type or workspace, or of a server that is not ready. */
export function isNotFound(error: unknown): error is ApiError {
  return hasStatus(error, 404);
}

/** The namespace that the request named does not exist. */
export function isNamespaceMissing(error: unknown): boolean {
  return isNotFound(error) && error.isStatus && error.details.kind === 'namespaces' && error.details.group === '';
}

/** The namespace is going, and takes nothing new. */
export function isNamespaceTerminating(error: unknown): boolean {
  return isForbidden(error) && error.details.causes.some((cause) => cause.reason === 'NamespaceTerminating');
}

/** Another writer was first, the object exists already, or managers disagree on a field. */
export function isConflict(error: unknown): error is ApiError {
  return hasStatus(error, 409);
}

/** The object is not the one that was meant: another uid stands there, or none. A lost race: look again. */
export function isUidMismatch(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.words?.meaning === 'uidMismatch' || isFailedPatchTest(error);
}

/** A `test` of a JSON Patch failed. The server says so by a 422 that explains nothing (S18). */
export function isFailedPatchTest(error: unknown): boolean {
  if (!hasStatus(error, 422) || error.reason !== 'Invalid') return false;
  const { name, kind, uid, causes } = error.details;
  return name === '' && kind === '' && uid === '' && causes.length === 0;
}

/** What was asked for is too old (410): list again. */
export function isExpired(error: unknown): error is ApiError {
  return hasStatus(error, 410);
}

/** The server has not reached the resourceVersion that was asked for: it may be older than we are (S34). */
export function isResourceVersionTooLarge(error: unknown): error is ApiError {
  return hasStatus(error, 504) && error.details.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge');
}

export function isTooManyRequests(error: unknown): error is ApiError {
  return hasStatus(error, 429);
}

/** A type was just made, and its storage is not ready yet. */
export function isStorageInitializing(error: unknown): boolean {
  return error instanceof ApiError && error.words?.meaning === 'storageInitializing';
}

/** 403. Quota and terminating namespaces are 403 too; a kcp that starts answers it falsely for seconds. */
export function isForbidden(error: unknown): error is ApiError {
  return hasStatus(error, 403);
}

/** The namespace's quota is used up. */
export function isQuotaExceeded(error: unknown): boolean {
  return error instanceof ApiError && error.words?.meaning === 'quotaExceeded';
}

export function isUnauthorized(error: unknown): error is ApiError {
  return hasStatus(error, 401);
}

/** 422: the object, as it is, will not be taken. Failed patch tests and wrong uids are 422 too. */
export function isInvalid(error: unknown): error is ApiError {
  return hasStatus(error, 422) && !isUidMismatch(error);
}

/** The field that may not change any more, when that is why the server refused. */
export function immutableField(error: unknown): string | undefined {
  return error instanceof ApiError && error.words?.meaning === 'immutableField' ? error.words.field : undefined;
}

/** The path of a field that the server's schema does not know, when that is why the server refused an apply. */
export function fieldNotInSchema(error: unknown): string | undefined {
  const words = error instanceof ApiError ? error.words : undefined;
  return words?.meaning === 'doesNotFitSchema' && words.unknownField ? words.field : undefined;
}

/** The body of an apply does not fit the server's schema: an unknown field, a wrong type, a key twice. Final. */
export function isSchemaMismatch(error: unknown): error is ApiError {
  return error instanceof ApiError && error.words?.meaning === 'doesNotFitSchema';
}

function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** Whether kcp answers that there is no workspace of this path; for some seconds after its start it says so of every one. */
export function isWorkspaceNotFound(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 404) return false;
  return error.details.kind === 'workspaces' && error.details.group === 'tenancy.kcp.io';
}
