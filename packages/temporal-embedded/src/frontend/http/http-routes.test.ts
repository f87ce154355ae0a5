import { describe, expect, it } from 'vitest';
import { reflectionRoot } from '../../proto/root.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../service-names.js';
import { HttpRouter, routesOf } from './http-routes.js';

const routes = [WORKFLOW_SERVICE, OPERATOR_SERVICE].flatMap((name) =>
  routesOf(name, reflectionRoot.lookupService(name).methodsArray),
);
const router = new HttpRouter(routes);

describe('routes of the HTTP API', () => {
  it('are all found by their own path', () => {
    for (const route of routes) {
      const path = route.template.replace(/\{[^}]+\}/g, 'x');
      expect(router.match(route.method, path)?.route.rpc.name, route.template).toBe(route.rpc.name);
    }
  });

  it('give the fields that are in the path, decoded', () => {
    const match = router.match('POST', '/namespaces/n/workflows/a%2Fb/signal/go');
    expect(match?.route.rpc.name).toBe('SignalWorkflowExecution');
    expect(match?.fields).toEqual(
      new Map([
        ['namespace', 'n'],
        ['workflow_execution.workflow_id', 'a/b'],
        ['signal_name', 'go'],
      ]),
    );
  });

  it('do not take a segment that is empty', () => {
    expect(router.match('GET', '/namespaces//workflows')).toBeUndefined();
    expect(router.methodsOf('/namespaces/n/workflows/w')).toEqual(['GET', 'POST']);
  });
});
