import { message } from '../../pairs/contender.js';
import { skerry } from '../../peers/skerry-application.js';
import { EchoModule, type Echo } from '../../peers/skerry-echo.js';

/** Everything on: discovery, selection, deadline, context, an asynchronous handler, validation. */
export const contender = skerry<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }));
