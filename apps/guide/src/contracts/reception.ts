import { Handler, InjectClient, Module, Service, type Client } from '@skerry/core';
import type { Greeter } from './greeter.client.js';

// #region calls
@Service('reception')
export class Reception {
  constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}

  @Handler()
  async welcome(): Promise<string> {
    const { message } = await this.greeter.hello({ name: 'Ada' });
    return message;
  }
}
// #endregion calls

@Module({ providers: [Reception] })
export class ReceptionModule {}
