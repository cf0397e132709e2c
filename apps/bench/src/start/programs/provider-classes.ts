import 'reflect-metadata';

export type ProviderClass = new (...needed: object[]) => object;

const perModule = 20;

/** How many providers this program is to have. */
export const wantedProviders = Number(process.argv[2] ?? 0);

/**
 * Classes in groups that make a module each; every class needs the two before it in its group. Their metadata is what the
 * compiler writes for a decorated class.
 *
 * @param injectable The framework's own decorator.
 */
export function providerClasses(count: number, injectable: (type: ProviderClass) => void): ProviderClass[][] {
  const groups: ProviderClass[][] = [];
  for (let made = 0; made < count; made++) {
    if (made % perModule === 0) groups.push([]);
    const group = groups.at(-1)!;
    const type = providerClass(`Provider${made}`);
    Reflect.defineMetadata('design:paramtypes', group.slice(-2), type);
    injectable(type);
    group.push(type);
  }
  return groups;
}

function providerClass(name: string): ProviderClass {
  const named = {
    [name]: class {
      readonly needed: readonly object[];
      constructor(...needed: object[]) {
        this.needed = needed;
      }
    },
  };
  return named[name]!;
}
