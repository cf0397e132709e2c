import { Clock, Context, Handler, Inject, Module, Service, SkerryError } from '@skerry/core';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

export class Entry {
  @IsInt()
  @Min(0)
  @Max(1_000)
  value!: number;

  @IsString()
  @Length(1, 200)
  note!: string;
}

/** A handler of every kind, and of every way to end. */
@Service('soak')
export class SoakService {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ idempotent: true })
  async read(entry: Entry): Promise<Entry> {
    return entry;
  }

  @Handler()
  async write(entry: Entry): Promise<number> {
    await this.clock.sleep(2);
    return entry.value;
  }

  @Handler()
  async breaks(entry: Entry): Promise<void> {
    throw new TypeError(`${entry.note} is not meant to be seen`);
  }

  @Handler()
  async refuses(entry: Entry): Promise<void> {
    throw new SkerryError('SOAK_REFUSED', `${entry.value} is refused`, { status: 'FAILED_PRECONDITION' });
  }

  @Handler()
  async waits(context: Context): Promise<void> {
    await this.clock.sleep(60_000, context.signal);
  }

  @Handler()
  async *counts(entry: Entry): AsyncGenerator<Entry> {
    for (let value = 0; value < entry.value; value++) yield { ...entry, value };
  }

  @Handler({ kind: 'client-stream', request: Entry })
  async sums(entries: AsyncIterable<Entry>): Promise<number> {
    let total = 0;
    for await (const { value } of entries) total += value;
    return total;
  }

  @Handler({ kind: 'bidirectional', request: Entry })
  async *doubles(entries: AsyncIterable<Entry>): AsyncGenerator<number> {
    for await (const { value } of entries) yield 2 * value;
  }
}

@Module({ providers: [SoakService] })
export class SoakModule {}
