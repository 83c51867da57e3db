/** One copy of each of many equal texts. Forgets all when it holds `limit`: texts in use stay as they are. */
export class TextPool {
  private readonly texts = new Map<string, string>();

  constructor(private readonly limit = 10_000) {}

  /** The copy that all share. */
  one(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    if (this.texts.size >= this.limit) this.texts.clear();
    this.texts.set(text, text);
    return text;
  }
}
