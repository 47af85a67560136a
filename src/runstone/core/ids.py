"""Ids that sort by time, and names that people can say.

A run id is 32 lower-case hex digits laid out like UUID version 7 (RFC 9562): 48 bits of Unix milliseconds,
then random bits.  Ids made one after another stand close together in an index, which keeps inserts cheap.
"""

from __future__ import annotations

import os
import time

_ADJECTIVES = (
    "able amber ancient apt autumn blithe bold brave bright brisk calm candid clean clever crisp deft eager early "
    "exact fair fast fine firm fleet fond frank fresh gentle glad golden good grand great green hardy honest keen "
    "kind large late lean light lively loyal lucid lucky merry mild neat nimble noble open patient placid plain "
    "polite proud quick quiet rapid rare ready rich robust round royal salient serene sharp silent silver simple "
    "sleek smooth sober solid sound spry stable steady stout strong subtle sunny sure sweet swift tidy tough "
    "true upbeat vast vivid warm wise witty young zesty"
).split()
_NOUNS = (
    "anchor arch ash badger basalt beacon beech birch boulder bridge brook canyon cedar chalk cliff cloud comet "
    "copper coral crane creek crystal dale dolomite dove dune eagle ember falcon fern field finch fjord flint "
    "forest fox garnet geyser glacier gneiss granite grove harbor hawk heron hill inlet iris island ivory jade "
    "jasper juniper lagoon lake lark lichen limestone lynx maple marble marsh meadow mesa moss oak obsidian onyx "
    "opal orchid otter owl pebble pine plateau pond prairie quartz raven reef ridge river robin sandstone sequoia "
    "shale shore slate sparrow spring spruce stone stream summit swan thistle tundra valley willow wolf wren"
).split()


def new_run_id() -> str:
    """Return a fresh run id: 32 hex digits, later ones sort after earlier ones."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return f"{value:032x}"


def new_writer_id() -> str:
    """Return a fresh id for one writer's journal (process × run × rank)."""
    return new_run_id()


def new_model_id() -> str:
    """Return a fresh logged-model id: ``m-`` and 32 hex digits."""
    return "m-" + new_run_id()


def new_run_name() -> str:
    """Return a random name of the form adjective-noun-number."""
    pick = int.from_bytes(os.urandom(6), "big")
    pick, adjective = divmod(pick, len(_ADJECTIVES))
    pick, noun = divmod(pick, len(_NOUNS))
    return f"{_ADJECTIVES[adjective]}-{_NOUNS[noun]}-{pick % 1000}"
