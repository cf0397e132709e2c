import { Broker } from '../broker/broker.js';
import { Context } from '../context/context.js';
import { Injectable } from '../container/injectable.js';
import { Module } from '../module/module.js';
import type { CallObserver } from '../server/call-observer.js';
import { Handler } from '../service/handler.js';
import { Guard } from '../service/pipeline.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import { World } from './fixtures/in-memory.js';
import { eventually } from '@skerry-private/test-kit';

@Injectable()
class Nobody implements Guard {
  allows(): boolean {
    return false;
  }
}

@Service('echo')
class Echo {
  @Handler({ request: String })
  async say(text: string): Promise<string> {
    if (text === 'fail') throw new Error('broken');
    return text;
  }

  @Handler({ guards: [Nobody] })
  async secret(): Promise<void> {
    // Never runs.
  }

  @Handler({ request: String })
  async *letters(text: string): AsyncGenerator<string> {
    for (const each of text) yield await Promise.resolve(each);
    await new Promise((_resolve, reject) => Context.current()!.onCancel(reject));
  }

  @Subscribe('said', { queue: 'echo', message: String, attempts: 1, deadLetter: false })
  async heard(text: string): Promise<void> {
    if (text === 'fail') throw new Error('broken');
  }
}

@Module({ providers: [Echo, Nobody] })
class EchoModule {}
@Module()
class GuestModule {}

let told: string[];
const observer: CallObserver = ({ service, handler, kind, topic, context }) => {
  const what = `${service}.${handler} ${kind}${topic ? ` ${topic}` : ''}`;
  told.push(`${what} begins for ${context.caller?.service}`);
  return (failedBy = 'ok') => told.push(`${what} ${failedBy}`);
};

const world = new World();
let echo: ReturnType<typeof client>;
const client = async () => (await world.start(GuestModule)).client<Echo>('echo');
beforeAll(async () => {
  await world.start(EchoModule, { observer });
  echo = client();
});
beforeEach(() => (told = []));
afterAll(() => world.stop());

test('is told of a call, and of its end', async () => {
  await (await echo).say('hello');
  expect(told).toEqual(['echo.say unary begins for GuestModule', 'echo.say unary ok']);
});

test.each([
  ['what the handler throws', () => echo.then((each) => each.say('fail')), 'echo.say unary SKERRY_RPC_INTERNAL'],
  ['a wrong message', () => echo.then((each) => each.say(5 as never)), 'echo.say unary SKERRY_VALIDATION_FAILED'],
  ['a guard', () => echo.then((each) => each.secret()), 'echo.secret unary SKERRY_RPC_DENIED'],
])('is told of a call that fails by %s', async (_what, call, last) => {
  await expect(call()).rejects.toBeDefined();
  expect(told.at(-1)).toBe(last);
  expect(told).toHaveLength(2);
});

test('is told of a stream whose consumer leaves', async () => {
  for await (const letter of (await echo).letters('abc')) if (letter === 'b') break;
  await eventually(() => expect(told.at(-1)).toBe('echo.letters server-stream SKERRY_RPC_CANCELLED'));
});

test('is told of messages', async () => {
  const broker = world.apps[0]!.get(Broker);
  await broker.publish('said', 'hello');
  await broker.publish('said', 'fail');
  await eventually(() => expect(told).toHaveLength(4));
  expect(told).toEqual(
    expect.arrayContaining(['echo.heard event said ok', 'echo.heard event said SKERRY_RPC_INTERNAL']),
  );
});
