/**
 * Which rpc an HTTP request means: the routes that the API's own `google.api.http` annotations give, and their matching.
 * Pure. Of two routes that fit, the one with more fixed segments wins: `/activities/heartbeat` over `/activities/{id}`.
 */
import type { Method } from 'protobufjs';

export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As annotated: `/namespaces/{namespace}/workflows/{execution.workflow_id}`. */
  readonly template: string;
  /** True when the request's fields come from the body; else they come from the query. */
  readonly hasBody: boolean;
  readonly serviceName: string;
  readonly rpc: Method;
}

export interface RouteMatch {
  readonly route: HttpRoute;
  /** Fields that the path gives: their path in the request message, and the decoded text. */
  readonly fields: ReadonlyMap<string, string>;
}

const METHODS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;

type HttpRule = Partial<Record<keyof typeof METHODS | 'body', string>> & {
  readonly additional_bindings?: HttpRule | readonly HttpRule[];
};

/** All routes of a service's rpcs; an rpc without annotation is not offered over HTTP. */
export function routesOf(serviceName: string, methods: readonly Method[]): HttpRoute[] {
  return methods.flatMap((rpc) => rulesOf(rpc).flatMap((rule) => routesOfRule(rule, serviceName, rpc)));
}

function rulesOf(rpc: Method): HttpRule[] {
  const options = (rpc.parsedOptions ?? []) as readonly Readonly<Record<string, unknown>>[];
  const rules = options.map((option) => option['(google.api.http)'] as HttpRule | undefined);
  return rules.flatMap((rule) => (rule ? [rule, ...[rule.additional_bindings ?? []].flat()] : []));
}

function routesOfRule(rule: HttpRule, serviceName: string, rpc: Method): HttpRoute[] {
  return (Object.keys(METHODS) as (keyof typeof METHODS)[]).flatMap((verb) => {
    const template = rule[verb];
    if (template === undefined) return [];
    return [{ method: METHODS[verb], template, hasBody: rule.body === '*', serviceName, rpc }];
  });
}

/** Finds the route of a request by method and path. */
export class HttpRouter {
  /** By method and number of segments, the most specific first. */
  readonly #routes = new Map<string, { readonly route: HttpRoute; readonly segments: readonly string[] }[]>();

  constructor(routes: readonly HttpRoute[]) {
    for (const route of routes) {
      const segments = segmentsOf(route.template);
      const bucket = this.#bucket(route.method, segments.length);
      bucket.push({ route, segments });
      bucket.sort((a, b) => fixedSegments(b.segments) - fixedSegments(a.segments));
    }
  }

  /** Undefined when no route fits; `path` is still percent-encoded. Throws URIError when it is encoded wrongly. */
  match(method: string, path: string): RouteMatch | undefined {
    const parts = segmentsOf(path);
    for (const { route, segments } of this.#routes.get(`${method} ${parts.length}`) ?? []) {
      const fields = matchSegments(segments, parts);
      if (fields) return { route, fields };
    }
    return undefined;
  }

  /** Methods that the path would be served for. */
  methodsOf(path: string): string[] {
    return Object.values(METHODS).filter((method) => this.match(method, path) !== undefined);
  }

  #bucket(method: string, length: number): { route: HttpRoute; segments: readonly string[] }[] {
    const key = `${method} ${length}`;
    const bucket = this.#routes.get(key) ?? [];
    this.#routes.set(key, bucket);
    return bucket;
  }
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const variableOf = (segment: string): string | undefined => /^\{([^}]+)\}$/.exec(segment)?.[1];
const fixedSegments = (segments: readonly string[]): number =>
  segments.filter((segment) => variableOf(segment) === undefined).length;

function matchSegments(segments: readonly string[], parts: readonly string[]): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    const variable = variableOf(segment);
    if (variable === undefined) {
      if (segment !== part) return undefined;
    } else if (part === '') return undefined;
    else fields.set(variable, decodeURIComponent(part));
  }
  return fields;
}
