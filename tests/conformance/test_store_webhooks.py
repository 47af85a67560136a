from __future__ import annotations

from runstone.testing.store.webhooks import WebhookSuite


class TestWebhooks(WebhookSuite):
    pass
