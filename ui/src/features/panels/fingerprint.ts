/** Return a short text that differs where a long one does (two FNV-1a hashes of 32 bits). */
export function fingerprint(text: string): string {
  let [one, two] = [2166136261, 374761393];
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 16777619);
    two = Math.imul(two ^ text.charCodeAt(at), 2246822519);
  }
  return `${(one >>> 0).toString(36)}-${(two >>> 0).toString(36)}-${text.length}`;
}
