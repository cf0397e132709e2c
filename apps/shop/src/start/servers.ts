import { connect } from 'node:net';

const answerWithinMs = 3_000;

/** Something that has to run already. */
interface Server {
  readonly name: string;
  readonly variable: string;
  readonly usual: string;
  /** How to have one for a while. */
  readonly start: string;
}

const servers: readonly Server[] = [
  {
    name: 'RabbitMQ',
    variable: 'RABBITMQ_URL',
    usual: 'amqp://127.0.0.1:5672',
    start: 'docker run --rm -p 5672:5672 rabbitmq:4   (or: apt install rabbitmq-server)',
  },
  {
    name: 'Consul',
    variable: 'CONSUL_HTTP_ADDR',
    usual: 'http://127.0.0.1:8500',
    start: 'consul agent -dev',
  },
];

/** What to do about the servers of the production profile that do not answer, as lines; empty where all do. */
export async function missingServers(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const told = await Promise.all(
    servers.map(async ({ name, variable, usual, start }) => {
      const address = addressOf(env[variable] || usual);
      if (address && (await answers(address))) return [];
      // Never the variable itself: it may hold a password.
      const where = address ? `${address.host}:${address.port}` : `what ${variable} says`;
      return [`${name} does not answer at ${where}. Start one:`, `    ${start}`, `or name another in ${variable}.`, ''];
    }),
  );
  return told.flat();
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const ports: Readonly<Record<string, number>> = { 'amqp:': 5672, 'amqps:': 5671, 'http:': 80, 'https:': 443 };

function addressOf(text: string): Address | undefined {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const port = Number(url?.port) || ports[url?.protocol ?? ''];
  return url?.hostname && port ? { host: url.hostname.replace(/^\[|\]$/g, ''), port } : undefined;
}

function answers({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (answered: boolean) => (): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(answerWithinMs, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}
