import { Field, Handler, InjectClient, Module, Service, type Client, type DynamicModule } from '@skerry/core';
import { MsgpackModule } from '@skerry/msgpack';
import { IsDate, IsString } from 'class-validator';

// #region values
export class Entry {
  @Field(1)
  @IsString()
  account!: string;

  @Field(2)
  @IsDate()
  at!: Date;

  @Field(3)
  cents!: bigint;

  @Field(4)
  receipt?: Uint8Array;
}

@Service('ledger')
export class Ledger {
  private readonly entries: Entry[] = [];

  @Handler({ reply: Entry })
  async book(entry: Entry): Promise<Entry> {
    this.entries.push(entry);
    return entry;
  }
}
// #endregion values

@Service('till')
export class Till {
  // #region client
  constructor(@InjectClient('ledger', { codec: 'msgpack' }) private readonly ledger: Client<Ledger>) {}
  // #endregion client

  @Handler({ reply: Entry })
  async sell(entry: Entry): Promise<Entry> {
    return this.ledger.book(entry);
  }
}

// #region module
@Module({
  imports: [MsgpackModule.forRoot({ preferred: true })],
  providers: [Ledger],
})
export class LedgerModule {}
// #endregion module

/** The same, while it still speaks JSON alone. */
@Module({ providers: [Ledger] })
export class OlderLedgerModule {}

export const TillModule: DynamicModule = { module: class {}, imports: [MsgpackModule.forRoot()], providers: [Till] };
