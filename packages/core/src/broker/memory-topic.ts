/** Whether a topic is meant by a topic or pattern: `*` is one word, `#` at the end any number of them, also none. */
export function topicMatcher(pattern: string): (topic: string) => boolean {
  const words = pattern.split('.');
  const open = words.at(-1) === '#';
  if (open) words.pop();
  if (!open && !words.includes('*')) return (topic) => topic === pattern;
  return (topic) => {
    const given = topic.split('.');
    if (open ? given.length < words.length : given.length !== words.length) return false;
    return words.every((word, index) => word === '*' || word === given[index]);
  };
}
