/** Webhooks, and what was delivered to them. */
import { queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import type { WebhookEvent, WebhookStatus } from "./types";

export const webhookKeys = { all: ["webhooks"] as const, deliveries: (id: string) => ["webhook deliveries", id] as const };

export const webhooksQuery = queryOptions({
  queryKey: webhookKeys.all,
  queryFn: async ({ signal }) => (await call("get", "/api/v1/webhooks", { query: { max_results: 1000 }, signal })).items,
});

export const deliveriesQuery = (webhookId: string) =>
  queryOptions({
    queryKey: webhookKeys.deliveries(webhookId),
    queryFn: ({ signal }) =>
      call("get", "/api/v1/webhooks/{webhook_id}/deliveries", { path: { webhook_id: webhookId }, query: { max_results: 100 }, signal }),
    refetchInterval: 5000,
  });

export interface WebhookContent {
  name: string;
  url: string;
  events: WebhookEvent[];
  description: string;
  /** Left out, it stays as it is. */
  secret?: string;
}

export const createWebhook = (webhook: WebhookContent) => call("post", "/api/v1/webhooks", { body: webhook });

export const updateWebhook = (webhookId: string, change: Partial<WebhookContent> & { status?: WebhookStatus }) =>
  call("patch", "/api/v1/webhooks/{webhook_id}", { path: { webhook_id: webhookId }, body: change });

export const deleteWebhook = (webhookId: string) =>
  call("delete", "/api/v1/webhooks/{webhook_id}", { path: { webhook_id: webhookId } });

export const testWebhook = (webhookId: string) =>
  call("post", "/api/v1/webhooks/{webhook_id}/test", { path: { webhook_id: webhookId }, body: {} });
