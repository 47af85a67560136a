/** Names for what the API's document describes. */
import type { Schemas } from "./client";

export type Experiment = Schemas["Experiment"];
export type ExperimentRuns = Schemas["ExperimentRuns"];
export type Run = Schemas["Run"];
export type RunInfo = Schemas["RunInfo"];
export type RunStatus = RunInfo["status"];
export type MetricSummary = Schemas["MetricSummary"];
export type ParamValue = Run["params"][string];
export type RegisteredModel = Schemas["RegisteredModel"];
export type AliasMove = Schemas["AliasMove"];
export type ModelVersion = Schemas["ModelVersion"];
export type Node = Schemas["Node"];
export type Edge = Schemas["Edge"];
export type Me = Schemas["Me"];
export type User = Schemas["User"];
export type Grant = Schemas["Grant"];
export type AccessToken = Schemas["AccessToken"];
export type AuditRecord = Schemas["AuditRecord"];
export type Webhook = Schemas["Webhook"];
export type WebhookEvent = Schemas["WebhookEvent"];
export type WebhookStatus = Webhook["status"];
export type WebhookDelivery = Schemas["WebhookDelivery"];

/** Which experiments and runs a question is about: active ones, deleted ones, or both. */
export const VIEW = { active: 1, deleted: 2, all: 3 } as const;

/** A number that JSON has no word for travels as a text. */
export type Num = number | "NaN" | "Infinity" | "-Infinity";

export const toNumber = (value: Num): number => Number(value);
