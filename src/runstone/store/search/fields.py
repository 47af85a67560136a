"""The left side of a comparison: names to fields."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.store.search.cursor import Cursor
from runstone.store.search.errors import Text, did_you_mean
from runstone.store.search.lexer import Segment
from runstone.store.search.tree import Entity, Field
from runstone.store.search.vocabulary import DATASET_KEYS, ENTITIES, STATISTICS, Vocabulary


def read_field(cursor: Cursor, vocabulary: Vocabulary) -> Field:
    """Read the field that begins at the cursor.

    Raises:
        InvalidArgument: There is none, or the noun has no such field.
    """
    token = cursor.token
    # A string in double quotes can stand for a name, as in SQL.
    if not token.segments or cursor.keyword():
        raise cursor.expected(f"a field of {vocabulary.noun}")
    cursor.advance()
    return _resolve(cursor.text, _joined(token.segments, cursor, vocabulary), vocabulary)


def field_named(name: str, vocabulary: Vocabulary) -> Field:
    """Return the field of a name that stands alone, not in a filter: ``metrics.val loss``, ``start_time``.

    Everything after the first dot is the key, without quotes; statistics have no place here.

    Raises:
        InvalidArgument: The noun has no such field.
    """
    first, dot, key = name.partition(".")
    segments = [Segment(first, False, 0)]
    if dot:
        segments.append(Segment(key, True, len(first) + 1))
    return _resolve(Text(name, "field"), segments, vocabulary)


def _joined(segments: Sequence[Segment], cursor: Cursor, vocabulary: Vocabulary) -> Sequence[Segment]:
    """Take the next word too where both make an attribute that is spelled with a space: ``run name``."""
    last, following = segments[-1], cursor.token
    spelling = f"{last.text} {following.text}"
    if last.quoted or following.word is None or spelling.lower() not in vocabulary.attributes:
        return segments
    cursor.advance()
    return [*segments[:-1], Segment(spelling, False, last.start)]


def _resolve(text: Text, segments: Sequence[Segment], vocabulary: Vocabulary) -> Field:
    first, *rest = segments
    if not rest:
        return _attribute(text, first, vocabulary)
    entity = ENTITIES.get(first.text.lower())
    known = ["attributes", *(f"{name}s" for name in vocabulary.keyed)]
    if entity is None:
        hint = did_you_mean(first.text, known) or f"; there are {', '.join(known)}"
        raise text.mistake(first.start, f"no entity {first.text!r}{hint}")
    if entity != "attribute" and entity not in vocabulary.keyed:
        raise text.mistake(first.start, f"{vocabulary.noun} have no {entity}s; there are {', '.join(known)}")
    if entity == "attribute":
        return _attribute(text, _whole(text, rest), vocabulary)
    if entity == "dataset":
        return _dataset(text, _whole(text, rest))
    return _keyed(text, entity, rest, vocabulary)


def _attribute(text: Text, name: Segment, vocabulary: Vocabulary) -> Field:
    attribute = vocabulary.attributes.get(name.text.lower())
    if attribute is not None:
        return Field("attribute", attribute.name)
    hint = did_you_mean(name.text, vocabulary.attributes)
    if not hint:
        # Most often the prefix was forgotten: ``lr < 0.1``.
        keys = " or ".join(f"{entity}s.{name.text}" for entity in vocabulary.keyed if entity != "dataset")
        hint = f"; did you mean {keys}? There are {', '.join(vocabulary.names())}"
    raise text.mistake(name.start, f"{vocabulary.noun} have no attribute {name.text!r}{hint}")


def _dataset(text: Text, name: Segment) -> Field:
    if name.text.lower() in DATASET_KEYS:
        return Field("dataset", name.text.lower())
    hint = did_you_mean(name.text, DATASET_KEYS) or f"; there are {', '.join(DATASET_KEYS)}"
    raise text.mistake(name.start, f"datasets have no {name.text!r}{hint}")


def _keyed(text: Text, entity: Entity, segments: Sequence[Segment], vocabulary: Vocabulary) -> Field:
    last = segments[-1]
    if entity != "metric":
        return Field(entity, _whole(text, segments).text)
    # The quotes make the difference: metrics.`loss.min` is a metric of that name.
    if not vocabulary.has_statistics or len(segments) < 2 or last.quoted:
        return Field(entity, _whole(text, segments).text, "last")
    stat = STATISTICS.get(last.text.lower())
    if stat is not None:
        return Field(entity, _whole(text, segments[:-1]).text, stat)
    if any(segment.quoted for segment in segments):
        hint = did_you_mean(last.text, STATISTICS) or f"; there are {', '.join(STATISTICS)}"
        raise text.mistake(last.start, f"no statistic {last.text!r}{hint}")
    return Field(entity, _whole(text, segments).text, "last")


def _whole(text: Text, segments: Sequence[Segment]) -> Segment:
    """Return the one key that the rest of a dotted name is."""
    if len(segments) > 1 and (quoted := next((segment for segment in segments if segment.quoted), None)):
        raise text.mistake(quoted.start, "a key is quoted as a whole, dots included, or not at all")
    key = Segment(".".join(segment.text for segment in segments), segments[0].quoted, segments[0].start)
    if not key.text:
        raise text.mistake(key.start, "the key is empty")
    return key
