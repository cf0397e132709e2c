import picocolors from 'picocolors';
import { compactJson, prettyJson } from './json-text.js';

const plain = picocolors.createColors(false);
const colours = picocolors.createColors(true);
const [blue, cyan, green, yellow] = [34, 36, 32, 33].map(
  (code) => (text: string) => `\u001b[${code}m${text}\u001b[39m`,
);

test('stays the JSON that it was', () => {
  const value = { text: 'a "quoted" \\ \n \u007f\u009b\u202e', list: [1, -2.5e-7, true, null], none: {} };
  expect(JSON.parse(compactJson(value))).toEqual(value);
  expect(JSON.parse(prettyJson(value, plain))).toEqual(value);
});

test('escapes what moves a cursor or turns text around', () => {
  expect(compactJson('\u001b\u007f\u009b\u202e\u2028')).toBe('"\\u001b\\u007f\\u009b\\u202e\\u2028"');
});

test('colours names, texts, numbers and the rest, each in its own', () => {
  expect(prettyJson({ name: 'a: "1"', n: -1.5, ok: true }, colours, 80)).toBe(
    `{${blue!('"name"')}:${green!('"a: \\"1\\""')},${blue!('"n"')}:${yellow!('-1.5')},${blue!('"ok"')}:${cyan!('true')}}`,
  );
});

test('is indented where it does not fit into the width', () => {
  expect(prettyJson({ a: 1 }, plain, 7)).toBe('{"a":1}');
  expect(prettyJson({ a: 1 }, plain, 6)).toBe('{\n  "a": 1\n}');
});

test('colours long texts, and bears with endless ones', () => {
  const text = '"'.repeat(49_000);
  expect(prettyJson(text, colours)).toBe(green!(JSON.stringify(text)));
  const endless = '"'.repeat(4_000_000);
  expect(prettyJson(endless, colours) === JSON.stringify(endless)).toBe(true);
});
