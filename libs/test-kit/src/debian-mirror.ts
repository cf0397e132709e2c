/** Where packages of one release come from, as a line of `sources.list`: the mirror, and the key that signs it. */
export interface Mirror {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy?: string;
}

/** The mirrors that a file of `/etc/apt` names: in the one-line form (`.list`) or in paragraphs (`.sources`). */
export function mirrorsIn(text: string): readonly Mirror[] {
  const plain = text.replace(/^\s*#.*\n?/gm, '');
  return /^\s*deb\s/m.test(plain) ? plain.split('\n').flatMap(ofLine) : plain.split(/\n\s*\n/).flatMap(ofParagraph);
}

function ofLine(line: string): Mirror[] {
  const [, options = '', uri, suite, components = ''] =
    /^\s*deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
  if (!uri || !suite) return [];
  const signedBy = /signed-by=(\S+)/.exec(options)?.[1];
  return [{ uri, suites: [suite], components: words(components), ...(signedBy ? { signedBy } : {}) }];
}

function ofParagraph(paragraph: string): Mirror[] {
  const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'im').exec(paragraph)?.[1]?.trim() ?? '';
  const [uri] = words(field('URIs'));
  if (!uri || !words(field('Types')).includes('deb')) return [];
  // A key that stands in the file itself goes on over several lines.
  const signedBy = field('Signed-By');
  const mirror = { uri, suites: words(field('Suites')), components: words(field('Components')) };
  return [signedBy.startsWith('/') ? { ...mirror, signedBy } : mirror];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
