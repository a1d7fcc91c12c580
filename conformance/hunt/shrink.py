"""Making a way to break an invariant shorter, event by event, as long as the same invariant breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.hunt.replay import Player

if TYPE_CHECKING:
    from conformance.hunt.channel import Move
    from conformance.hunt.question import Question


def shrunk(question: Question, moves: tuple[Move, ...], invariant: str) -> tuple[Move, ...]:
    """Return a subsequence of the events that still breaks the invariant, and none of whose events can be left out."""
    player = Player(question)
    kept, size = moves, max(1, len(moves) // 2)
    while size:
        shorter = _without_a_piece(player, kept, invariant, size)
        if shorter is not None:
            kept = shorter
        elif size == 1:
            return kept
        else:
            size //= 2
    return kept


def _without_a_piece(player: Player, moves: tuple[Move, ...], invariant: str, size: int) -> tuple[Move, ...] | None:
    for start in range(0, len(moves), size):
        played = player.play((*moves[:start], *moves[start + size :]))
        if invariant in played.broken and len(played.moves) < len(moves):
            return played.moves
    return None
