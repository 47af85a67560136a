from __future__ import annotations

from runstone.testing.store.webhooks import WebhookConformance


class TestWebhooks(WebhookConformance):
    pass
