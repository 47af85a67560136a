"""Telling others what happened: deliveries are claimed out of the store's outbox, signed, sent, and tried again.

``Sender`` sends one; ``deliver_for_ever`` empties the outbox.
Invariant: only addresses of the open internet, and those that the admin allows, are connected to, whatever a name
resolves to at that moment.
"""
