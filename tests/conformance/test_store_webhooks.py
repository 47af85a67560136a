from __future__ import annotations

import pytest

from runstone.testing.store.webhooks import WebhookSuite

# Its operations are done where the store is.
pytestmark = pytest.mark.parametrize("store", ["direct"], indirect=True)


class TestWebhooks(WebhookSuite):
    pass
