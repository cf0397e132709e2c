import { message, type Contender } from '../pairs/contender.js';
import { skerry, type Side, type Unlike } from './skerry-application.js';
import { EchoModule, type Echo } from './skerry-echo.js';

/** Everything on, with JSON, over another transport than TCP. */
export function skerryOver(unlike: (side: Side) => Unlike | Promise<Unlike>): Contender {
  return skerry<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }), unlike);
}
