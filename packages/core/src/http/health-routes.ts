import type { Health } from '../debug/health.js';
import type { HttpRoute } from './http-route.js';

/**
 * What Kubernetes asks: `/health/live` is 200 while the process is worth keeping, `/health/ready` while it wants calls; otherwise
 * 503. Names of checks and their states are shown, their errors are not.
 */
export function healthRoutes(health: Health): readonly HttpRoute[] {
  const route = (path: string, isWell: () => boolean): HttpRoute => ({
    path,
    handle: (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end();
        return;
      }
      const { status, checks } = health.report();
      const body = JSON.stringify({ status, checks: checks.map(({ name, kind, state }) => ({ name, kind, state })) });
      response.writeHead(isWell() ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(body);
    },
  });
  const isAlive = (): boolean =>
    !health.report().checks.some(({ kind, state }) => kind === 'liveness' && state === 'unhealthy');
  return [route('/health/live', isAlive), route('/health/ready', () => health.status === 'ready')];
}
