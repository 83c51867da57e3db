import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';

/** Keywords that only a server judges: known here, so that a new one is noticed, and without effect. */
const judgedByServer = [
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

/** Compiling takes long for a command that may only print its help. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** `fillIn`: what is missing gets its default, in the value that is judged. */
export function compile(schema: object, { fillIn = false } = {}): ValidateFunction {
  const formats = { 'date-time': fullFormats['date-time'], int64: fullFormats.int64 };
  const ajv = new Ajv({
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    useDefaults: fillIn,
    formats,
  });
  ajv.addVocabulary(judgedByServer);
  return ajv.compile(schema);
}

/** One sentence for each mistake, beginning with the field's path. Values are never quoted. */
export function mistakes(check: ValidateFunction, value: unknown): string[] {
  if (check(value)) return [];
  // What the branches of an anyOf say is summed up by the error of the anyOf itself.
  const errors = (check.errors ?? []).filter((error) => !error.schemaPath.includes('/anyOf/'));
  return [...new Set(errors.map(sentence))];
}

function sentence(error: ErrorObject): string {
  const path = fieldPath(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return `${[path, String(params['missingProperty'])].filter(Boolean).join('.')} is missing`;
    case 'additionalProperties':
      return `${[path, String(params['additionalProperty'])].filter(Boolean).join('.')} is not known; known are ${known(error)}`;
    case 'enum':
      return `${path} must be one of ${(params['allowedValues'] as string[]).join(', ')}`;
    case 'anyOf':
      return `${path} must be an integer or a string`;
    case 'pattern':
      return `${path} does not have the right form; it is: ${describe(error)}`;
    default:
      return `${path || 'the object'} ${(error.message ?? 'is not valid').replace('NOT', 'not')}`;
  }
}

function known(error: ErrorObject): string {
  return Object.keys((error.parentSchema as { properties?: object }).properties ?? {}).join(', ');
}

function describe(error: ErrorObject): string {
  return String((error.parentSchema as { description?: string } | undefined)?.description);
}

/** `/spec/capabilities/0/capacity` as people write it: `spec.capabilities[0].capacity`. */
function fieldPath(pointer: string): string {
  const segments = pointer.split('/').slice(1);
  const names = segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');
}
