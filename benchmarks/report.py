"""Figures as lines of text: least / median / most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.figures import Spread


def tell(row: dict[str, Any]) -> None:
    """Print one row of figures."""
    print(line(row), flush=True)


def line(row: dict[str, Any]) -> str:
    """Return one row of figures as a line."""
    if "what" in row:
        return f"{row['what']}: {three(row['figure'])} {row['unit']}{_verdict(row['aim'], row['met'])}{_beside(row)}"
    if "ms" in row:
        return (
            f"{row['case']}: {three(row['ms'])} ms, bare Flask {three(row['floor_ms'])} ms, "
            f"python -c '' {three(row['python_ms'])} ms{_verdict(row['aim'], row['met'])}, "
            f"processor time {three(row['processor_ms'])} ms, bare Flask {three(row['floor_processor_ms'])} ms"
        )
    if "case" in row:
        return (
            f"{row['case']}: {three(row['per_second'])} /s, {row['floor']} {three(row['floor_per_second'])} /s, "
            f"ratio {three(row['ratio'])}{_verdict(row['aim'], row['met'])}, "
            f"by processor time {three(row['processor_ratio'])}"
        )
    if "cost" in row:
        costs = ", ".join(f"{int(listings):,}: {three(spread)}" for listings, spread in row["us"].items())
        return f"{row['cost']}: us at {costs}; grows {row['growth']:.2f} times{_verdict(row['aim'], row['met'])}"
    return (
        f"{row['listings']:,} listings, {row['way']}: "
        f"{three(row['us_a_listing'])} us a listing{_verdict(row['time_aim'], row['time_met'])}, "
        f"{three(row['bytes_a_listing'])} bytes a listing{_verdict(row['memory_aim'], row['memory_met'])}, "
        f"{three(row['peak_bytes_a_listing'])} at the peak"
    )


def _beside(row: dict[str, Any]) -> str:
    told = ""
    if row["floor"] is not None:
        verdict = _verdict(row["ratio_aim"], row["ratio_met"])
        told = f", {row['floor']} {three(row['floor_figure'])}, ratio {three(row['ratio'])}{verdict}"
    return told + (f"; {row['note']}" if row["note"] else "")


def three(spread: Spread) -> str:
    """Return the least, the middle and the most as text."""
    return " / ".join(_short(value) for value in (spread.least, spread.median, spread.most))


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _verdict(aim: str | None, met: bool | None) -> str:  # noqa: FBT001 - a row's value
    return "" if aim is None else f" (aim {aim}: {'met' if met else 'MISSED'})"
