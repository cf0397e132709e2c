import type { Manifest, PackageTarball } from './package-tarball.js';

/** What npm asks for when it installs. */
export const abbreviatedType = 'application/vnd.npm.install-v1+json';

// https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md, "Abbreviated version object".
const abbreviatedFields = [
  'name',
  'version',
  'deprecated',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bin',
  'directories',
  'engines',
  'os',
  'cpu',
  'libc',
];

/**
 * What a registry says of a package: all versions, of which the last is `latest`.
 *
 * @param versions    Of one package, in the order of their publishing; at least one.
 * @param urlOf       Where a tarball is.
 * @param abbreviated Only what an installation needs.
 */
export function packageDocument(
  versions: readonly PackageTarball[],
  urlOf: (tarball: PackageTarball) => string,
  abbreviated: boolean,
): object {
  const latest = versions.at(-1)!;
  const { name, version, description } = latest.manifest;
  const common = {
    name,
    'dist-tags': { latest: version },
    versions: Object.fromEntries(
      versions.map((each) => [each.manifest.version, versionDocument(each, urlOf(each), abbreviated)]),
    ),
  };
  const modified = latest.packedAt.toISOString();
  if (abbreviated) return { ...common, modified };
  const times = Object.fromEntries(versions.map((each) => [each.manifest.version, each.packedAt.toISOString()]));
  return { ...common, description, time: { modified, ...times } };
}

/** What a registry says of one version. */
export function versionDocument(tarball: PackageTarball, url: string, abbreviated = false): object {
  const { integrity, shasum } = tarball;
  const fields: object = abbreviated
    ? shortened(tarball.manifest)
    : { ...tarball.manifest, _id: idOf(tarball.manifest) };
  return { ...fields, dist: { tarball: url, integrity, shasum } };
}

function shortened(manifest: Manifest): object {
  return Object.fromEntries(abbreviatedFields.filter((each) => each in manifest).map((each) => [each, manifest[each]]));
}

function idOf({ name, version }: Manifest): string {
  return `${name}@${version}`;
}
