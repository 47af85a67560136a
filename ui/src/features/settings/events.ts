/** What a webhook can be told of. */
import type { WebhookEvent } from "@/api/types";

const ACTIONS: readonly (readonly [entity: string, actions: readonly string[]])[] = [
  ["registered_model", ["created"]],
  ["model_version", ["created"]],
  ["model_version_alias", ["created", "deleted"]],
  ["model_version_tag", ["set", "deleted"]],
  ["model_version_stage", ["transitioned"]],
  ["run", ["created", "finished"]],
  ["experiment", ["created"]],
  ["prompt", ["created"]],
  ["prompt_version", ["created"]],
  ["prompt_alias", ["created", "deleted"]],
  ["prompt_tag", ["set", "deleted"]],
  ["prompt_version_tag", ["set", "deleted"]],
];

/** Every event, those of models first. */
export const EVENTS: readonly WebhookEvent[] = ACTIONS.flatMap(([entity, actions]) => actions.map((action) => ({ entity, action })));

/** Return an event in words: `model version created`. */
export const eventText = ({ entity, action }: WebhookEvent): string => `${entity.replaceAll("_", " ")} ${action}`;
