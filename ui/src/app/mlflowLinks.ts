/** Addresses that MLflow's clients print (`/#/experiments/1/runs/…`) lead to the same thing here. */

const FORMS: readonly (readonly [RegExp, (one: string, other: string) => string])[] = [
  [/^#\/experiments\/[^/]+\/runs\/([^/?]+)/, (runId) => `/runs/${runId}`],
  [/^#\/experiments\/([^/?]+)/, (experimentId) => `/experiments/${experimentId}`],
  [/^#\/models\/([^/]+)\/versions\/([^/?]+)/, (name, version) => `/models/${name}/${version}`],
  [/^#\/models\/([^/?]+)/, (name) => `/models/${name}`],
];

/** Return the address here of what a hash of MLflow's pages names, or null. */
export function addressOf(hash: string): string | null {
  for (const [form, made] of FORMS) {
    const found = form.exec(hash);
    if (found !== null) return made(found[1] ?? "", found[2] ?? "");
  }
  return null;
}

export function followMlflowLink(): void {
  const address = addressOf(window.location.hash);
  if (address !== null) window.history.replaceState(null, "", address);
}
