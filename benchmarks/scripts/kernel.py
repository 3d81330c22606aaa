"""Time the comparison of bitmaps beside the limit of the processor, in turns."""

from reprise.job import job

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.blocks import Block, pack_words
from reprise.matching.comparison import Ceilings, compare_blocks
from reprise.progress import progress
from reprise.shards import EDGE_SIZE

BITS = EDGE_SIZE * EDGE_SIZE
WORDS = -(-BITS // 64)

LANES, SUMS = 8, 24
"""The limit adds up so many vectors of so many words at once: enough that none waits for the one before it, and few
enough to stay in registers."""


@intrinsic
def counted_in_registers(_typing_context: Any, _rounds: Any) -> Any:
    """Do nothing but xor, popcount and add, in all registers, so many times; return what comes of it.

    To each sum the bits are added in which it differs from a mask. So no step can be left out, or done once for all.
    """

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        word, vector = ir.IntType(64), ir.VectorType(ir.IntType(64), LANES)
        bits = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector]), f"llvm.ctpop.v{LANES}i64"
        )
        mask = ir.Constant(
            vector, [ir.Constant(word, 0x9E3779B97F4A7C15 * (lane + 1) % 2**64) for lane in range(LANES)]
        )
        start = builder.block
        loop, end = builder.append_basic_block("loop"), builder.append_basic_block("end")
        builder.branch(loop)
        builder.position_at_end(loop)
        done = builder.phi(word)
        sums = [builder.phi(vector) for _ in range(SUMS)]
        added = [builder.add(each, builder.call(bits, [builder.xor(each, mask)])) for each in sums]
        for number, (each, after) in enumerate(zip(sums, added, strict=True)):
            each.add_incoming(ir.Constant(vector, [ir.Constant(word, number * LANES + i) for i in range(LANES)]), start)
            each.add_incoming(after, loop)
        after = builder.add(done, ir.Constant(word, 1))
        done.add_incoming(ir.Constant(word, 0), start)
        done.add_incoming(after, loop)
        builder.cbranch(builder.icmp_unsigned("<", after, arguments[0]), loop, end)
        builder.position_at_end(end)
        total = added[0]
        for each in added[1:]:
            total = builder.add(total, each)
        first = ir.Constant(ir.IntType(32), 0)
        return builder.extract_element(total, first)

    return types.uint64(types.int64), generate


@njit
def count_in_registers(rounds: int) -> int:
    """Xor, count and add `rounds` times SUMS * LANES words, without reading any from memory."""
    return counted_in_registers(rounds)


class Side(NamedTuple):
    """One side of a comparison: `bits`, (F, BITS) bool, and `start`, the first frame of each panel and the end."""

    bits: NDArray[np.bool_]
    start: NDArray[np.int64]


def draw_sides(panels: int, second_frame_every: int, seed: int) -> tuple[Side, Side]:
    """Draw two sides of so many panels: random bits, of which 5 to 15 % are set.

    Every fourth panel of the second is that of the first with one of fifty bits changed. Every so-many-th panel of both
    has a second frame; with 0 none has.
    """
    generator = np.random.default_rng(seed)
    frames = np.ones(panels, np.int64)
    if second_frame_every:
        frames[::second_frame_every] = 2
    start = np.concatenate([[0], np.cumsum(frames)])
    shape = start[-1], BITS
    first, second = (generator.random(shape, np.float32) < generator.uniform(0.05, 0.15, (shape[0], 1)) for _ in "ab")
    copied = np.repeat(np.arange(panels) % 4 == 0, frames)
    second[copied] = first[copied] ^ (generator.random((copied.sum(), BITS), np.float32) < 0.02)
    return Side(first, start), Side(second, start)


def as_block(side: Side, first: int) -> Block:
    """Return a side as Reprise compares it, its first panel at that place; no two frames have the same pixels."""
    number = np.arange(len(side.bits))
    return Block(
        words=pack_words(np.packbits(side.bits, axis=1)),
        bitmap_bits=BITS,
        edge_count=side.bits.sum(axis=1),
        average_hash=number.astype(np.uint64),
        digest=number.astype(np.uint64) + np.uint64(first),
        frame=number - np.repeat(side.start[:-1], np.diff(side.start)),
        cut=np.zeros(len(number), np.int64),
        start=side.start,
        first=first,
    )


def pairs_by_definition(a: Side, b: Side, mirrored: bool, ceiling: float) -> set[tuple[int, int, int]]:
    """Return, slowly, the pairs within the ceiling: both panels, and in how many bits their nearest frames differ."""
    frames = b.bits.reshape(-1, EDGE_SIZE, EDGE_SIZE)
    views = [b.bits, frames[:, :, ::-1].reshape(-1, BITS)] if mirrored else [b.bits]
    found = set()
    for p in range(len(a.start) - 1):
        for q in range(len(b.start) - 1):
            distances = [
                (differing / (one.sum() + other.sum()), differing)
                for one in a.bits[a.start[p] : a.start[p + 1]]
                for view in views
                for other in view[b.start[q] : b.start[q + 1]]
                for differing in [int((one ^ other).sum())]
            ]
            distance, bits = min(distances, key=lambda pair: pair[0])
            if distance <= ceiling:
                found.add((p, q, bits))
    return found


def first_of(side: Side, panels: int) -> Side:
    """Return a side with its first panels only."""
    start = side.start[: panels + 1]
    return Side(side.bits[: start[-1]], start)


def check_pairs(a: Side, b: Side, mirrored: bool, ceiling: float, sample: int) -> None:
    """Compare both sides and check that all pairs are counted and, among the first panels, the right ones kept.

    Raises:
        SystemExit: they are not.
    """
    panels = len(a.start) - 1
    blocks = as_block(a, 0), as_block(b, panels)
    pairs, histogram = compare_blocks(*blocks, mirrored, Ceilings(distance=ceiling), panels, 0)
    if histogram.sum() != panels * (len(b.start) - 1):
        raise SystemExit(f"the kernel counted {histogram.sum():,} pairs")
    sampled = pairs[(pairs["a"] < sample) & (pairs["b"] < panels + sample)]
    found = set(
        zip(sampled["a"].tolist(), (sampled["b"] - panels).tolist(), sampled["edge_bits"].tolist(), strict=True)
    )
    expected = pairs_by_definition(first_of(a, sample), first_of(b, sample), mirrored, ceiling)
    if found != expected or not found:
        raise SystemExit(f"of {len(expected)} pairs of a sample the kernel found {len(found & expected)}, not the same")


def count_by_numpy(rows: NDArray[np.uint64], others: NDArray[np.uint64]) -> int:
    """Count the differing bits of all pairs of packed bitmaps, both (F, words), by NumPy; return the most of any."""
    return max(int(np.bitwise_count(row ^ others).sum(axis=1, dtype=np.int64).max()) for row in rows)


def processor_seconds(work: Callable[[], object]) -> float:
    """Return how long a function keeps the processor."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Work(NamedTuple):
    """What is timed: the pairs that it compares, and the function that does it."""

    pairs: int
    do: Callable[[], object]


def in_turns(works: Mapping[str, Work], rounds: int) -> dict[str, NDArray[np.float64]]:
    """Time several works in turns, after each was done once; return by name (rounds,) nanoseconds a pair."""
    for work in works.values():
        work.do()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in progress(range(rounds), rounds, "kernel"):
        for name, work in works.items():
            taken[name].append(processor_seconds(work.do) / work.pairs * 1e9)
    return {name: np.array(each) for name, each in taken.items()}


VARIANTS = {
    "plain": (0, False),
    "mirrored": (0, True),
    "1.2 frames": (5, False),
    "mirrored, 1.2 frames": (5, True),
}
"""What Reprise compares: every so-many-th panel has a second frame, and whether mirrored copies count."""

NUMPY_ROWS = 64
"""NumPy compares so few panels of the first side: it takes that much longer."""


def kernel(
    panels: int,
    rounds: int,
    sample: int,
    seed: int,
    compare: Mapping[str, Any],
    table: Path,
) -> None:
    """Write a row for the limit, each of VARIANTS, and NumPy.

    The columns are `work`; `pair_ns`, nanoseconds of processor for a pair of panels; `of_limit` and `of_plain`, how
    many times as long that is as the limit and the plain kernel took in the same round. All are medians of the rounds.

    Args:
        panels: of each side.
        rounds: how often each is timed.
        sample: so many panels of each side are also compared by the definition.
        seed: of the bitmaps.
        compare: Reprise's own settings of that name.
        table: where to write.
    """
    ceilings = Ceilings(distance=compare["ceiling"])
    limits = compare["pairs_per_panel"], compare["fewest_edges"]
    pairs = panels * panels
    turns = pairs * WORDS // (LANES * SUMS)
    works: dict[str, Work] = {"limit": Work(pairs, partial(count_in_registers, turns))}
    for name, (second_frame_every, mirrored) in VARIANTS.items():
        a, b = draw_sides(panels, second_frame_every, seed)
        check_pairs(a, b, mirrored, ceilings.distance, sample)
        block_a, block_b = as_block(a, 0), as_block(b, panels)
        works[name] = Work(pairs, partial(compare_blocks, block_a, block_b, mirrored, ceilings, *limits))
        if name == "plain":
            rows = block_a.words[:NUMPY_ROWS]
            works["numpy.bitwise_count"] = Work(len(rows) * panels, partial(count_by_numpy, rows, block_b.words))
    taken = in_turns(works, rounds)
    written = [
        (name, *(float(np.median(each / beside)) for beside in (1.0, taken["limit"], taken["plain"])))
        for name, each in taken.items()
    ]
    with atomic_file(table) as part:
        pd.DataFrame(written, columns=["work", "pair_ns", "of_limit", "of_plain"]).round(4).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        kernel(**snakemake.params.settings, compare=snakemake.params.compare, table=Path(snakemake.output.table))
