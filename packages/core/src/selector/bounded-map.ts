/** A map that forgets its oldest entry for each one beyond `most`: for what callers choose the keys of. */
export class BoundedMap<K, V> extends Map<K, V> {
  constructor(private readonly most: number) {
    super();
  }

  override set(key: K, value: V): this {
    if (this.size >= this.most && !this.has(key)) this.delete(this.keys().next().value as K);
    return super.set(key, value);
  }
}
