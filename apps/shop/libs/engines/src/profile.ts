import { nearest, SkerryError } from '@skerry/core';

export const profiles = ['embedded', 'production'] as const;
export type Profile = (typeof profiles)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** What `SHOP_PROFILE` says; `embedded` where it says nothing. Throws `SKERRY_OPTION_INVALID` for anything else. */
export function profileOf(env: Environment = process.env): Profile {
  const given = env['SHOP_PROFILE'] || 'embedded';
  const profile = profiles.find((each) => each === given);
  if (profile) return profile;
  const [near] = nearest(given, profiles);
  const hint = near ? `; did you mean ${near}?` : '';
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `The shop cannot run as SHOP_PROFILE='${given}': it can be ${profiles.join(' or ')}${hint}`,
  );
}
