import { SystemClock } from '@skerry/core';
import type { EngineRecipe } from './engine-recipe.js';
import { findProgram } from './find-program.js';
import { freePorts } from './free-ports.js';

export const consul: EngineRecipe = {
  title: 'Consul',
  variables: ['CONSUL_URL', 'CONSUL_HTTP_ADDR'],
  usualUrl: 'http://127.0.0.1:8500',
  // Consul's own programs take an address without a scheme.
  urlOf: (value) => (value.includes('://') ? value : `http://${value}`),
  answers: hasLeader,
  find: (path) => findProgram('consul', path),
  programName: 'consul',
  launch: async (program, folder) => {
    const [http, server, lan, wan] = await freePorts(4);
    const ports = `ports { http = ${http} server = ${server} serf_lan = ${lan} serf_wan = ${wan} dns = -1 grpc = -1 https = -1 }`;
    // As many connections as tests like.
    const limits = 'limits { http_max_conns_per_client = 5000 }';
    const loopback = ['-bind', '127.0.0.1', '-client', '127.0.0.1', '-node', 'skerry-test', '-log-level', 'warn'];
    const args = ['agent', '-dev', '-data-dir', folder, ...loopback, '-hcl', ports, '-hcl', limits];
    return { url: `http://127.0.0.1:${http}`, launches: [{ command: program, args }] };
  },
  withinMs: 30_000,
  compose: { service: 'consul', text: "{ image: hashicorp/consul, ports: ['127.0.0.1:8500:8500'] }" },
  install: 'brew install hashicorp/tap/consul, or the package of your distribution',
};

/** Before that it takes no registrations. */
async function hasLeader(url: string): Promise<boolean> {
  const over = new AbortController();
  const timer = new SystemClock().setTimer(2_000, () => over.abort());
  try {
    const response = await fetch(new URL('/v1/status/leader', url), { signal: over.signal });
    return response.ok && /:\d+/.test(await response.text());
  } catch {
    return false;
  } finally {
    timer.cancel();
  }
}
