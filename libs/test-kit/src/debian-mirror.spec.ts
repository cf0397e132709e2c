import { mirrorsIn } from './debian-mirror.js';

test('reads the one-line form, with and without options', () => {
  const text = `
# deb http://old.test/debian bookworm main
deb http://mirror.test/debian bookworm main contrib
deb-src http://mirror.test/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://other.test/apt stable main`;
  expect(mirrorsIn(text)).toEqual([
    { uri: 'http://mirror.test/debian', suites: ['bookworm'], components: ['main', 'contrib'] },
    { uri: 'https://other.test/apt', suites: ['stable'], components: ['main'], signedBy: '/usr/share/keyrings/k.gpg' },
  ]);
});

test('reads paragraphs', () => {
  const text = `Types: deb deb-src
# a comment
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/k.gpg

Types: deb-src
URIs: http://source.test/debian
Suites: bookworm
Components: main
`;
  expect(mirrorsIn(text)).toEqual([
    {
      uri: 'http://mirror.test/debian',
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main'],
      signedBy: '/usr/share/keyrings/k.gpg',
    },
  ]);
});

test.each(['', 'nonsense', 'deb', 'Types: deb\n', 'deb [signed-by=x]'])('finds nothing in %j', (text) => {
  expect(mirrorsIn(text)).toEqual([]);
});
