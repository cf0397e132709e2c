import type { DynamicModule } from '@skerry/core';
import { message, type Contender } from '../pairs/contender.js';
import { NumberedEchoModule, type NumberedEcho } from './numbered-order.js';
import { skerry } from './skerry-application.js';

/** Everything on, in another codec than JSON. @param codec Its module, which prefers it. */
export function skerryIn(codec: DynamicModule): Contender {
  return skerry<NumberedEcho>(
    NumberedEchoModule,
    'echo',
    (echo) => ({ call: () => echo.echo(message) }),
    () => ({ imports: [codec] }),
  );
}
