import type { KubeClient } from '../kube/client.js';
import { isRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import { apiVersionOf, gvkOf, type ResourceType } from '../object/types.js';
import { inlineReferences, SchemaError, type Components } from './inline-references.js';
import { recordIn, type Schema } from './schema.js';

/** Reads the schemas of one cluster; the document of a group is asked for once. */
export class OpenApi {
  private index: Promise<Readonly<Record<string, unknown>>> | undefined;
  private readonly documents = new Map<string, Promise<Components>>();

  constructor(
    private readonly downstream: KubeClient,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The schema of the type's objects, without references.
   * @throws SchemaError when the cluster does not describe the type, or describes it by itself.
   */
  async schemaOf(type: ResourceType): Promise<Schema> {
    const components = await this.componentsOf(type);
    const own = Object.values(components).find((schema) => isOf(schema, type));
    if (!own) throw new SchemaError(`the cluster's OpenAPI does not describe ${gvkOf(type)}`);
    return inlineReferences(own, components);
  }

  private async componentsOf(type: ResourceType): Promise<Components> {
    const name = `${type.group === '' ? 'api' : 'apis'}/${apiVersionOf(type)}`;
    const document = this.documents.get(name) ?? this.read(name);
    this.documents.set(name, document);
    return await document;
  }

  private async read(name: string): Promise<Components> {
    this.index ??= this.get('/openapi/v3').then(({ paths }) => recordIn(paths));
    const { serverRelativeURL } = recordIn((await this.index)[name]);
    if (typeof serverRelativeURL !== 'string') throw new SchemaError(`the cluster's OpenAPI v3 has no ${name}`);
    const { components } = await this.get(serverRelativeURL);
    return recordIn(recordIn(components)['schemas']) as Components;
  }

  private async get(path: string): Promise<Readonly<Record<string, unknown>>> {
    const reply = await this.downstream.request({ method: 'GET', path, signal: this.signal });
    return recordIn(parseJson(reply.text));
  }
}

function isOf(schema: Schema, type: ResourceType): boolean {
  const names = schema['x-kubernetes-group-version-kind'];
  return (
    Array.isArray(names) &&
    names
      .filter(isRecord)
      .some(({ group, version, kind }) => group === type.group && version === type.version && kind === type.kind)
  );
}
