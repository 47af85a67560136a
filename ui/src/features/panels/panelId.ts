/** Return an id that no other panel of a workspace has. */
export const newPanelId = (): string => Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
