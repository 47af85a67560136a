import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";

import { deleteWebhook, testWebhook, updateWebhook, webhookKeys, webhooksQuery } from "@/api/webhooks";
import type { Webhook } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Menu } from "@/components/Menu";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { toast, toastError } from "@/components/toasts";

import { Deliveries } from "./Deliveries";
import { eventText } from "./events";
import styles from "./settings.module.css";
import { WebhookDialog } from "./WebhookDialog";

type Open = { kind: "new" } | { kind: "edit"; webhook: Webhook } | { kind: "delete"; webhook: Webhook } | null;

/** Who is told of changes. */
export function Webhooks({ openId }: { openId: string | undefined }) {
  const client = useQueryClient();
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery);
  const [open, setOpen] = useState<Open>(null);
  const change = async (work: Promise<unknown>, said: string) => {
    try {
      await work;
      await client.invalidateQueries({ queryKey: webhookKeys.all });
      toast(said);
    } catch (error_) {
      toastError(error_);
    }
  };
  const test = async (webhook: Webhook) => {
    try {
      const outcome = await testWebhook(webhook.webhook_id);
      const answer = outcome.response_status === null ? (outcome.error_message ?? "no answer") : `answer ${outcome.response_status}`;
      toast(`${webhook.name}: ${outcome.success ? "it works" : "it does not work"}, ${answer}`);
    } catch (error_) {
      toastError(error_);
    }
  };
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (webhooks === undefined) return <Skeleton lines={6} />;
  const opened = webhooks.find(({ webhook_id: id }) => id === openId);
  return (
    <>
      <Card
        title="Webhooks"
        count={webhooks.length}
        actions={
          <Button kind="primary" onClick={() => setOpen({ kind: "new" })}>
            New webhook
          </Button>
        }
      >
        {webhooks.length === 0 && (
          <p className={styles.nothing}>
            None. A webhook tells an address of yours when a version is registered, an alias moves or a run ends: to deploy, to page somebody, to post it.
          </p>
        )}
        {webhooks.length > 0 && (
          <div className={styles.scroll} role="region" aria-label="All webhooks" tabIndex={0}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">To</th>
                  <th scope="col">Of</th>
                  <th scope="col">Changed</th>
                  <th scope="col" aria-label="Actions" />
                </tr>
              </thead>
              <tbody>
                {webhooks.map((webhook) => (
                  <tr key={webhook.webhook_id}>
                    <th scope="row">
                      <Link to="/settings" search={{ tab: "webhooks", of: webhook.webhook_id }} title="What was delivered">
                        {webhook.name}
                      </Link>{" "}
                      {webhook.status === "DISABLED" && <Badge tone="warn">off</Badge>}
                    </th>
                    <td>{webhook.url}</td>
                    <td>{webhook.events.map(eventText).join(", ")}</td>
                    <td>
                      <Ago ms={webhook.last_updated_timestamp} />
                    </td>
                    <td>
                      <Menu
                        label={`What to do with ${webhook.name}`}
                        align="end"
                        trigger={(props) => <Button {...props} kind="quiet" icon={<MoreHorizontal />} aria-label={`Actions on ${webhook.name}`} />}
                        items={[
                          { label: "Send an example", onSelect: () => void test(webhook) },
                          { label: "Edit…", onSelect: () => setOpen({ kind: "edit", webhook }) },
                          webhook.status === "ACTIVE"
                            ? { label: "Switch off", onSelect: () => void change(updateWebhook(webhook.webhook_id, { status: "DISABLED" }), `${webhook.name} is off`) }
                            : { label: "Switch on", onSelect: () => void change(updateWebhook(webhook.webhook_id, { status: "ACTIVE" }), `${webhook.name} is on`) },
                          "line",
                          { label: "Delete…", isDangerous: true, onSelect: () => setOpen({ kind: "delete", webhook }) },
                        ]}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      {opened !== undefined && <Deliveries webhook={opened} />}
      {open?.kind === "new" && <WebhookDialog onClose={() => setOpen(null)} />}
      {open?.kind === "edit" && <WebhookDialog webhook={open.webhook} onClose={() => setOpen(null)} />}
      {open?.kind === "delete" && (
        <ConfirmDialog
          title={`Delete ${open.webhook.name}`}
          action="Delete"
          onClose={() => setOpen(null)}
          onConfirm={() => {
            setOpen(null);
            void change(deleteWebhook(open.webhook.webhook_id), `${open.webhook.name} is deleted`);
          }}
        >
          What was still to be delivered to it is dropped, and the log of its deliveries goes with it.
        </ConfirmDialog>
      )}
    </>
  );
}
