const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text, for the text of an element or for an attribute in double quotes, of HTML or of XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}

/** JSON for a `<script>` element: nothing in it ends the element, or begins a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What XML and HTML have no place for, and what turns the direction of text. */
const unshown = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Cs}\uFFFE\uFFFF]/gu;

/** Plain data with texts that can be shown: in one line, except for those that are called `text`. */
export function shownData<T>(data: T): T {
  return JSON.parse(JSON.stringify(data), (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    const shown = value.replace(unshown, '\uFFFD');
    return key === 'text' ? shown : shown.replace(/[\n\t]/g, ' ');
  }) as T;
}
