"""From the source of ``runstone`` to pages of the reference, a module a kind of page."""
