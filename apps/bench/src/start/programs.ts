/** A program that says when it is ready, and then ends. */
export interface Program {
  readonly name: string;
  /** Of a file in programs/. */
  readonly script: string;
  readonly providers: number;
}

const kinds = {
  inversify: 'inversify',
  skerry: 'skerry',
  'NestJS application context': 'nest-context',
  'skerry service': 'skerry-service',
  'NestJS TCP microservice': 'nest-microservice',
} as const;

const providerCounts = [0, 200, 2_000] as const;

export function programName(kind: keyof typeof kinds, providers: number): string {
  return `${kind} with ${providers} providers`;
}

export const programs: readonly Program[] = [
  { name: 'bare node', script: 'bare-node', providers: 0 },
  { name: 'the libraries of skerry', script: 'libraries', providers: 0 },
  ...providerCounts.flatMap((providers) =>
    Object.entries(kinds).map(([kind, script]) => ({
      name: programName(kind as keyof typeof kinds, providers),
      script,
      providers,
    })),
  ),
];
