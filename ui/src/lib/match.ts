/** How well a text fits what somebody typed: 0 for not at all, more for better. */
export function matchScore(typed: string, text: string): number {
  if (typed === "") return 0.1;
  const [wanted, given] = [typed.toLowerCase(), text.toLowerCase()];
  const at = given.indexOf(wanted);
  if (at >= 0) return 2 + (at === 0 || /[\s/_.-]/.test(given[at - 1] ?? "") ? 1 : 0) + wanted.length / given.length;
  let from = 0;
  let gaps = 0;
  for (const letter of wanted) {
    const found = given.indexOf(letter, from);
    if (found < 0) return 0;
    gaps += found - from;
    from = found + 1;
  }
  return 1 / (1 + gaps);
}
