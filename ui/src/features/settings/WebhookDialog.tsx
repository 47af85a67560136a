import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createWebhook, updateWebhook, webhookKeys } from "@/api/webhooks";
import type { Webhook, WebhookEvent } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toast, toastError } from "@/components/toasts";

import { EVENTS, eventText } from "./events";
import styles from "./settings.module.css";

const isSame = (one: WebhookEvent, other: WebhookEvent) => one.entity === other.entity && one.action === other.action;

/** Makes a webhook, or changes one. */
export function WebhookDialog({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [secret, setSecret] = useState("");
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhook?.events ?? []);
  const save = async () => {
    const content = { name, url, description, events: [...events], ...(secret === "" ? {} : { secret }) };
    try {
      if (webhook === undefined) await createWebhook(content);
      else await updateWebhook(webhook.webhook_id, content);
      await client.invalidateQueries({ queryKey: webhookKeys.all });
      onClose();
      toast(`${name} is told from now on`);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title={webhook === undefined ? "New webhook" : `Edit ${webhook.name}`}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="webhook" disabled={events.length === 0}>
            {webhook === undefined ? "Make" : "Save"}
          </Button>
        </>
      }
    >
      <form
        id="webhook"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label>
          Name
          <input autoFocus required value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Address
          <input type="url" required placeholder="https://" value={url} onChange={(event) => setUrl(event.target.value)} />
        </label>
        <label>
          Secret, by which the receiver knows that it is us
          <input
            type="password"
            autoComplete="off"
            value={secret}
            placeholder={webhook === undefined ? "none" : "stays as it is"}
            onChange={(event) => setSecret(event.target.value)}
          />
        </label>
        <label>
          What it is for
          <input value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
        <fieldset className={styles.events}>
          <legend>Tell of</legend>
          {EVENTS.map((event) => {
            const isChosen = events.some((one) => isSame(one, event));
            return (
              <label key={eventText(event)}>
                <input
                  type="checkbox"
                  checked={isChosen}
                  onChange={() => setEvents(isChosen ? events.filter((one) => !isSame(one, event)) : [...events, event])}
                />
                {eventText(event)}
              </label>
            );
          })}
        </fieldset>
      </form>
    </Dialog>
  );
}
