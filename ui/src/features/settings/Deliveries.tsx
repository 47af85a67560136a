import { useQuery } from "@tanstack/react-query";

import { deliveriesQuery } from "@/api/webhooks";
import type { Webhook, WebhookDelivery } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { formatMoment } from "@/lib/time";

import { eventText } from "./events";
import styles from "./settings.module.css";

/** What was sent to a webhook, the newest first. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { data, error, refetch } = useQuery(deliveriesQuery(webhook.webhook_id));
  return (
    <Card title={`Delivered to ${webhook.name}`} {...(data === undefined ? {} : { count: data.length })}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton lines={4} />}
      {data?.length === 0 && <p className={styles.nothing}>Nothing yet. “Send an example” tries the address.</p>}
      {data !== undefined && data.length > 0 && (
        <div className={styles.scroll} role="region" aria-label="Deliveries" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Of</th>
                <th scope="col">How it went</th>
                <th scope="col">Attempts</th>
                <th scope="col">Said</th>
              </tr>
            </thead>
            <tbody>
              {data.map((delivery) => (
                <tr key={delivery.delivery_id}>
                  <td>
                    <Ago ms={delivery.created_ms} />
                  </td>
                  <td>{eventText(delivery.event)}</td>
                  <td>
                    <State delivery={delivery} />
                  </td>
                  <td>{delivery.attempts}</td>
                  <td>
                    <details>
                      <summary>payload</summary>
                      <pre className={styles.payload}>{delivery.payload.slice(0, 10_000)}</pre>
                    </details>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function State({ delivery }: { delivery: WebhookDelivery }) {
  const answer = delivery.response_status === null ? delivery.error_message : `answer ${delivery.response_status}`;
  if (delivery.delivered_ms !== null) return <Badge tone="good">delivered</Badge>;
  if (delivery.next_attempt_ms === null) return <Badge tone="bad">given up: {answer}</Badge>;
  return (
    <Badge tone="warn" title={`The next attempt: ${formatMoment(delivery.next_attempt_ms)}`}>
      {delivery.attempts === 0 ? "on its way" : `tried again soon: ${answer ?? ""}`}
    </Badge>
  );
}
