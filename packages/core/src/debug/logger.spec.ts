import { PassThrough, Writable } from 'node:stream';
import { ManualClock } from '../clock/manual-clock.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Logger, LogSink, type LogEntry } from './logger.js';
import { WinstonSink, type WinstonSinkOptions } from './winston-sink.js';

class Lines extends LogSink {
  readonly entries: LogEntry[] = [];
  override write(entry: LogEntry): void {
    this.entries.push(entry);
  }
  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What winston wrote, after everything was flushed. */
async function written(options: WinstonSinkOptions, log: (logger: Logger) => void): Promise<string> {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const sink = new WinstonSink({ ...options, stream });
  log(new Logger(sink, 'debug'));
  await sink.close();
  return text;
}

describe('the logger', () => {
  test('writes its level and what is graver, and nothing at all when it is silent', () => {
    const sink = new Lines();
    for (const level of ['debug', 'info', 'warn', 'error', 'silent'] as const) {
      const logger = new Logger(sink, level);
      logger.debug('d');
      logger.info('i');
      logger.warn('w');
      logger.error('e');
    }
    expect(sink.entries.map(({ message }) => message).join('')).toBe('diweiwewee');
  });

  test('gives a child the fields of its parent', () => {
    const sink = new Lines();
    new Logger(sink).child({ service: 'orders' }).child({ shard: 3 }).info('hello', { shard: 4 });
    expect(sink.entries[0]!.fields).toEqual({ service: 'orders', shard: 4 });
  });

  test('joins what is written inside of a call by its trace', () => {
    const sink = new Lines();
    const logger = new Logger(sink);
    const context = new Context(new ManualClock(), { deadline: Infinity, traceId: 'abc' });
    context.run(() => logger.info('inside'));
    logger.info('outside');
    expect(sink.entries.map(({ fields }) => fields)).toEqual([{ traceId: 'abc' }, {}]);
  });
});

describe('the winston sink', () => {
  test('drops what nobody reads any more, says so once, and closes all the same', async () => {
    const said: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = ((text: string) => said.push(text) > 0) as never;
    try {
      let writes = 0;
      // As standard output does, it stays open and fails every time.
      const stream = new Writable({
        autoDestroy: false,
        write: (_chunk, _encoding, done) => {
          writes++;
          done(new Error('write EPIPE'));
        },
      });
      const sink = new WinstonSink({ stream });
      const logger = new Logger(sink, 'debug');
      logger.info('first');
      await new Promise((resolve) => setImmediate(resolve));
      logger.info('second');
      await sink.close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(said.filter((line) => line.includes('log'))).toEqual([
        'log lines are dropped from here on, they cannot be written: write EPIPE\n',
      ]);
      expect([writes, stream.listenerCount('error')]).toEqual([1, 0]);
    } finally {
      process.stderr.write = write;
    }
  });

  test('writes one object a line for machines, with errors whole', async () => {
    const cause = new Error('the disk is full');
    const error = new SkerryError('X', 'cannot save', { cause });
    const text = await written({ format: 'json' }, (logger) => logger.error('it failed', { error, count: 10n }));
    const line = JSON.parse(text) as Record<string, Record<string, Record<string, string>>>;
    expect(line).toMatchObject({ level: 'error', message: 'it failed', count: '10' });
    expect(line['error']!['stack']).toContain('cannot save');
    expect(line['error']!['cause']!['message']).toBe('the disk is full');
    expect(text.trimEnd()).not.toContain('\n');
  });

  test('writes a line for people, with the stack of an error below it', async () => {
    const text = await written({ format: 'pretty', colour: false }, (logger) => {
      logger.info('serving orders', { port: 4101 });
      logger.error('it failed', { error: new Error('the disk is full') });
    });
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}serving orders {2}port=4101\n/);
    expect(text).toMatch(/error it failed\n {4}Error: the disk is full\n {8}at /);
  });

  test('does not fail for what cannot be written', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const text = await written({ format: 'json' }, (logger) => logger.info('round', { circle }));
    expect(text).toContain('Circular');
  });

  test('closes without having written anything', async () => {
    await expect(new WinstonSink().close()).resolves.toBeUndefined();
  });
});
