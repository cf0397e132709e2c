import type { Class, ModuleImport, Provider } from '@skerry/core';
import { Doubles } from './doubles/doubles.js';

/** What a test wants different from the application as it is: collected by the builder, applied when it starts. */
export class Changes {
  readonly providers: Provider[] = [];
  /** By the class of the module that gives way. */
  readonly modules = new Map<Class, ModuleImport>();
  readonly doubles = new Doubles();
}
