import { addConstructorParameter, addMember } from './class-members.js';
import { SourceFile } from './source-file.js';

const member = '@Handler()\nasync ask(): Promise<void> {\n  await x;\n}';
const withMember = (text: string): string => addMember(SourceFile.parse('a.ts', text), 'A', member).text;
const withParameter = (text: string): string =>
  addConstructorParameter(SourceFile.parse('a.ts', text), 'A', 'private readonly log: Logger').text;

test.each([
  [
    'an empty class',
    'export class A {}\n',
    'export class A {\n  @Handler()\n  async ask(): Promise<void> {\n    await x;\n  }\n}\n',
  ],
  [
    'a class with members, and a comment at its end',
    'class A {\n\ta = 1;\n\t// end }\n}',
    'class A {\n\ta = 1;\n\t// end }\n\n\t@Handler()\n\tasync ask(): Promise<void> {\n\t\tawait x;\n\t}\n}',
  ],
  [
    'the right one of several',
    'class B {}\nclass A { a = 1; }\nclass C {}\n',
    'class B {}\nclass A { a = 1;\n\n  @Handler()\n  async ask(): Promise<void> {\n    await x;\n  }\n}\nclass C {}\n',
  ],
  [
    'a class with line breaks of Windows',
    'class A {\r\n  a = 1;\r\n}\r\n',
    'class A {\r\n  a = 1;\r\n\r\n  @Handler()\r\n  async ask(): Promise<void> {\r\n    await x;\r\n  }\r\n}\r\n',
  ],
])('a member is added to %s', (_case, before, after) => {
  expect(withMember(before)).toBe(after);
});

test.each([
  ['an empty class', 'class A {}', 'class A {\n  constructor(private readonly log: Logger) {}\n}'],
  [
    'an empty constructor',
    'class A {\n  constructor() {}\n}',
    'class A {\n  constructor(private readonly log: Logger) {}\n}',
  ],
  [
    'a constructor with a decorated parameter',
    `class A {\n  constructor(@Inject(B) private readonly b: B) {}\n}`,
    `class A {\n  constructor(\n    @Inject(B) private readonly b: B,\n    private readonly log: Logger,\n  ) {}\n}`,
  ],
  [
    'a constructor with lines',
    'class A {\n  constructor(\n    private a: A, // first\n    private b: B\n  ) {\n    a();\n  }\n}',
    'class A {\n  constructor(\n    private a: A, // first\n    private b: B,\n    private readonly log: Logger\n  ) {\n    a();\n  }\n}',
  ],
  [
    'a constructor with a comment that looks like its end',
    `class A {\n  constructor(@Inject(B /* ) */) private b: B /* ) */) {}\n}`,
    `class A {\n  constructor(@Inject(B /* ) */) private b: B /* ) */, private readonly log: Logger) {}\n}`,
  ],
  [
    'fields and methods',
    'class A {\n  a = 1;\n\n  /** Asks. */\n  @Handler()\n  ask() {}\n}',
    'class A {\n  a = 1;\n\n  constructor(private readonly log: Logger) {}\n\n  /** Asks. */\n  @Handler()\n  ask() {}\n}',
  ],
])('a parameter is added to %s', (_case, before, after) => {
  expect(withParameter(before)).toBe(after);
});

test('a class that extends another gets no constructor that would break it', () => {
  expect(() => withParameter('class A extends B {}')).toThrow('it extends B, whose constructor may want something');
});

test('a constructor that takes any number is left alone', () => {
  expect(() => withParameter('class A { constructor(...all: X[]) {} }')).toThrow('takes any number');
});
