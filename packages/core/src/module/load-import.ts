import { injectableOf } from '../container/injectable.js';
import { isProviderObject } from '../container/provider.js';
import { isClass, isToken, resolveThunk, tokenName, type Class } from '../container/token.js';
import { declaredModule, isDynamicModule, rejectLater, type DynamicModule } from './module.js';

/** A module that was checked to be one. */
export type LoadedImport = Class | DynamicModule;

export interface InvalidImport {
  /** What stands there instead: continues "Cannot import entry 2 of AppModule.imports: ". */
  readonly what: string;
  readonly cause?: string;
  readonly fix: string;
}

/** Takes one entry of `imports`, whatever it may be, to the module that it names. Never rejects. */
export async function loadImport(entry: unknown): Promise<{ module: LoadedImport } | InvalidImport> {
  let value: unknown;
  try {
    value = await resolveThunk(entry);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { what: `making it failed: ${reason}`, fix: 'mend what makes the module' };
  }
  if (isDynamicModule(value)) {
    rejectLater(value.imports);
    if (isClass(value.module)) return { module: value };
    return { what: 'its `module` is no class', fix: 'let forRoot() return { module: ItsClass, providers: [...] }' };
  }
  return isClass(value) && declaredModule(value) ? { module: value } : invalid(value);
}

function invalid(value: unknown): InvalidImport {
  if (value === undefined || value === null) {
    return {
      what: `it is ${String(value)}`,
      cause:
        'two files import each other, so one of them was not evaluated yet; or the file exports nothing of that name',
      fix: 'move what both need into a third file, or name the module by an arrow function: () => OtherModule',
    };
  }
  if (isClass(value)) {
    const name = tokenName(value);
    return injectableOf(value)
      ? { what: `${name} is a provider, not a module`, fix: `move ${name} to providers` }
      : {
          what: `${name} is a class, not a module`,
          fix: `decorate ${name} with @Module({ ... }), or move it to providers`,
        };
  }
  if (isProviderObject(value)) {
    const what = isToken(value.provide) ? ` of ${tokenName(value.provide)}` : '';
    return { what: `it is a provider${what}, not a module`, fix: 'move it to providers' };
  }
  const what = typeof value === 'object' ? 'an object without `module`' : `the ${typeof value} ${String(value)}`;
  return { what: `it is ${what}`, fix: 'import a class with @Module, or what its forRoot() returns' };
}
