import { ApiFailure, type AdminClient, type KubeObject } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';

export const customResourceDefinitions = {
  apiVersion: 'apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
};

/** An object of each of the types below. */
export interface Thing extends KubeObject {
  readonly spec?: { readonly size?: number };
  readonly status?: { readonly phase?: string };
}

const group = 'stories.example.com';

const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { size: { type: 'integer' } } },
    status: {
      type: 'object',
      properties: { phase: { type: 'string' }, observedGeneration: { type: 'integer', format: 'int64' } },
    },
  },
};

/** A CRD, as far as it tells what it serves. */
export interface Definition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly schema: object }[];
  };
}

/** A custom resource, in a group of its own so that no other story meets it. */
export class CustomType {
  readonly apiVersion = `${group}/v1`;
  readonly resource: string;
  /** Of its CRD. */
  readonly name: string;
  private readonly names;
  private readonly version;

  constructor(
    readonly kind: string,
    { hasStatus }: { readonly hasStatus: boolean },
  ) {
    const singular = kind.toLowerCase();
    this.resource = `${singular}s`;
    this.name = `${this.resource}.${group}`;
    this.names = { plural: this.resource, singular, kind, listKind: `${kind}List` };
    this.version = { name: 'v1', served: true, storage: true, subresources: hasStatus ? { status: {} } : {} };
  }

  get definition(): Definition {
    return {
      apiVersion: customResourceDefinitions.apiVersion,
      kind: 'CustomResourceDefinition',
      metadata: { name: this.name },
      spec: {
        group,
        names: this.names,
        scope: 'Namespaced',
        versions: [{ ...this.version, schema: { openAPIV3Schema: schema } }],
      },
    };
  }

  /** What an APIExport of the type refers to. */
  get resourceSchema(): { metadata: { name: string }; [field: string]: unknown } {
    return {
      apiVersion: 'apis.kcp.io/v1alpha1',
      kind: 'APIResourceSchema',
      metadata: { name: `v1.${this.name}` },
      spec: { group, names: this.names, scope: 'Namespaced', versions: [{ ...this.version, schema }] },
    };
  }

  /** What an APIExport says of the type. */
  get exported(): object {
    return { name: this.resource, group, schema: this.resourceSchema.metadata.name, storage: { crd: {} } };
  }

  /** Installs the CRD where it is missing, and waits until it is served. */
  async serveIn(admin: AdminClient): Promise<void> {
    await serveType(admin, this.definition);
  }

  async write(admin: AdminClient, at: { namespace: string; name: string }, size: number): Promise<Thing> {
    return await admin.apply<Thing>({ ...this.in(at.namespace), name: at.name }, { kind: this.kind, spec: { size } });
  }

  /** Writes the status, as a controller in the cluster would. */
  async report(admin: AdminClient, at: { namespace: string; name: string }, phase: string): Promise<void> {
    await admin.patch({ ...this.in(at.namespace), name: at.name, subresource: 'status' }, { status: { phase } });
  }

  /** Its objects in a namespace. */
  in(namespace: string): { apiVersion: string; resource: string; namespace: string } {
    return { apiVersion: this.apiVersion, resource: this.resource, namespace };
  }
}

/** With a status: copies are held by finalizers in the workspace. */
export const widgets = new CustomType('Widget', { hasStatus: true });
/** Without one: nothing holds them. */
export const notes = new CustomType('Note', { hasStatus: false });

/** Installs a CRD where it is missing, and waits until its objects can be listed and discovery names them. */
export async function serveType(admin: AdminClient, crd: Definition): Promise<void> {
  const ref = { ...customResourceDefinitions, name: crd.metadata.name };
  if ((await admin.find(ref)) === undefined) await createUnlessThere(admin, crd);
  await typeIsServed(admin, crd);
}

/** Another test, or another workspace of the same one, may be faster. */
async function createUnlessThere(admin: AdminClient, crd: Definition): Promise<void> {
  try {
    await admin.create(customResourceDefinitions, crd);
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.reason !== 'AlreadyExists') throw error;
  }
}

export async function typeIsServed(admin: AdminClient, { spec }: Definition): Promise<void> {
  const { plural } = spec.names;
  const apiVersion = `${spec.group}/${spec.versions[0]?.name ?? ''}`;
  await eventually(`${plural}.${spec.group} are served`, async () => {
    const { text } = await admin.request('GET', `/apis/${apiVersion}`);
    return text.includes(`"${plural}"`) && (await admin.list({ apiVersion, resource: plural }));
  });
}
