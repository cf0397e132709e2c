import { message } from '../pairs/contender.js';
import { skerryInProcess } from '../peers/skerry-application.js';
import { EchoModule, type Echo } from '../peers/skerry-echo.js';

/** A client of a service of its own application. */
export const contender = skerryInProcess<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }));
