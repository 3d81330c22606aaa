"""Compare the frames of panels, each with each, at close to the speed of the processor.

Nearly all the time goes into `count_in_tile`. It compares a few bitmaps with a few dozen others, word by word. For all
of them at once it adds up, in registers, the bits that differ. No compiler makes that of loops by itself. So it is
written for LLVM in vectors of words, and LLVM makes of these the instructions that a processor has. The counts are used
at once. To find a mirror, the bitmaps of one side are there twice: as they are, and mirrored by `blocks.mirror`.

In the field: edge bitmap: binary edge map.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.matching import blocks

# ROWS bitmaps are compared at once with COLUMNS others, which stand side by side in a tile. Their sums are vectors of
# LANES words. They take sixteen of the 32 registers that AVX-512 has. A tile, 40 kB for bitmaps of 10,000 bits, is read
# from a near cache again and again.
ROWS, COLUMNS, LANES = 4, 32, 8

# Each tile is compared with the frames of so many panels before the next tile is: a multiple of ROWS.
PANELS_AT_ONCE = 64

# Bytes of a cache line, and of the widest vectors. A vector that lies in two lines takes two reads.
CACHE_LINE = 64


class FrameFacts(NamedTuple):
    """What is known of the frames of one side beside their bitmaps; see blocks.Block."""

    edge_count: NDArray[np.int64]
    average_hash: NDArray[np.uint64]
    digest: NDArray[np.uint64]
    frame: NDArray[np.int64]
    start: NDArray[np.int64]


def in_rows(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Lay bitmaps, (F, W), out as one side of a comparison. Blank rows follow, as a step looks at ROWS rows."""
    return np.pad(words, ((0, ROWS - 1), (0, 0)))


def in_tiles(views: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Lay bitmaps out as the other side, a bitmap a column, the last columns blank.

    `views` are (F, W) each; returned is (views, tiles, words, COLUMNS).
    """
    frames, words = views[0].shape
    tiles = aligned((len(views), -(-frames // COLUMNS), words, COLUMNS))
    for tiled, view in zip(tiles, views, strict=True):
        padded = np.pad(view, ((0, -frames % COLUMNS), (0, 0)))
        tiled[:] = padded.reshape(-1, COLUMNS, words).transpose(0, 2, 1)
    return tiles


def aligned(shape: tuple[int, ...]) -> NDArray[np.uint64]:
    """Return an array that begins where a cache line does. It is not filled."""
    size = math.prod(shape)
    words = np.empty(size + CACHE_LINE // 8, np.uint64)
    start = -words.ctypes.data % CACHE_LINE // 8
    return words[start : start + size].reshape(shape)


@intrinsic
def popcount(_typing_context: Any, _word: Any) -> Any:
    """Count the set bits of a uint64 with the processor's own instruction."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


either_way = njit(nogil=True, cache=True)(blocks.either_way)


@intrinsic
def count_in_tile(_typing_context: Any, rows: Any, tile: Any, counts: Any) -> Any:
    """Count the bits in which each of ROWS bitmaps differs from each of a tile of COLUMNS others, in registers.

    `rows` is (ROWS, words) uint64, `tile` (words, COLUMNS) uint64, and `counts`, (ROWS, COLUMNS) int32, is filled.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        half, word = ir.IntType(32), ir.IntType(64)
        halves, words = ir.VectorType(half, LANES), ir.VectorType(word, LANES)
        popcount_of_each = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(words, [words]), f"llvm.ctpop.v{LANES}i64"
        )

        arrays = [
            (kind, context.make_array(kind)(context, builder, argument))
            for kind, argument in zip(signature.args, arguments, strict=True)
        ]

        def place(number: int, row: Any, column: Any, what: ir.Type) -> Any:
            """Return a pointer to what begins at an entry of one of the three arrays."""
            entry = cgutils.get_item_pointer(context, builder, *arrays[number], [row, column])
            return builder.bitcast(entry, what.as_pointer())

        columns = range(0, COLUMNS, LANES)
        nothing = ir.Constant(words, None)
        sums = {(row, column): cgutils.alloca_once_value(builder, nothing) for row in range(ROWS) for column in columns}
        with cgutils.for_range(builder, builder.extract_value(arrays[1][1].shape, 0)) as loop:
            others = {column: builder.load(place(1, loop.index, word(column), words), align=8) for column in columns}
            for row in range(ROWS):
                one = builder.load(place(0, word(row), loop.index, word))
                first = builder.insert_element(nothing, one, half(0))
                in_each = builder.shuffle_vector(first, first, ir.Constant(halves, None))
                for column in columns:
                    bits = builder.call(popcount_of_each, [builder.xor(in_each, others[column])])
                    builder.store(builder.add(builder.load(sums[row, column]), bits), sums[row, column])
        for (row, column), total in sums.items():
            count = builder.trunc(builder.load(total), halves)
            builder.store(count, place(2, word(row), word(column), halves), align=4)
        return context.get_dummy_value()

    return types.void(rows, tile, counts), generate


@njit(nogil=True, cache=True)
def count_differing(rows: NDArray[Any], tiles: NDArray[Any], first: int, counts: NDArray[Any]) -> None:
    """Count the bits in which each of some bitmaps differs from each of others.

    Args:
        rows: (R, words) uint64, a multiple of ROWS of them.
        tiles: the others, see `in_tiles`, of which those from tile `first` on are looked at.
        counts: (R, F) int32, gets the numbers of bits; F is all columns of the tiles.
    """
    for t in range(first, len(tiles)):
        for row in range(0, len(rows), ROWS):
            some = counts[row : row + ROWS, t * COLUMNS : (t + 1) * COLUMNS]
            count_in_tile(rows[row : row + ROWS], tiles[t], some)


@njit(nogil=True, cache=True, error_model="numpy")
def approach(nearest: NDArray[Any], bits: NDArray[Any], edges_a: float, edges_b: NDArray[Any], steps: float) -> None:
    """Lower in `nearest` the distances of others to which one frame is nearer, all given as (F,) arrays.

    They are float32, in so many steps. Rounded down they are exact for bitmaps of up to 16,000 bits. Frames whose edges
    are no number are near to none.
    """
    for g in range(len(nearest)):
        edges = edges_a + edges_b[g]
        distance = np.float32(bits[g]) * steps / (np.float32(1) if edges < 1 else edges)
        nearest[g] = distance if distance < nearest[g] else nearest[g]


@njit(nogil=True, cache=True)
def approach_same(nearest: NDArray[Any], digest_a: np.uint64, digest_b: NDArray[Any]) -> None:
    """Set in `nearest` the distances of others that have the same pixels as one frame, all given as (F,) arrays."""
    for g in range(len(nearest)):
        if digest_a == digest_b[g]:
            nearest[g] = 0


@njit(nogil=True, cache=True)
def fewest_of(counts: NDArray[Any], row: int, first: int, fewest: NDArray[Any]) -> None:
    """Fill `fewest` with the bits in which a frame differs from others, from `first` on, in the nearest view.

    `counts` is (views, rows, F).
    """
    # Loops over parts of arrays: of these compilers make vector instructions.
    unmirrored = counts[0, row, first:]
    for g in range(len(fewest)):
        fewest[g] = unmirrored[g]
    for view in range(1, len(counts)):
        mirrored = counts[view, row, first:]
        for g in range(len(fewest)):
            fewest[g] = min(fewest[g], mirrored[g])


@njit(nogil=True, cache=True)
def of_panels(nearest: NDArray[Any], start: NDArray[Any], first: int) -> None:
    """Make of the distances of frames, in place, those of the panels from the first on: of each its nearest frame's."""
    for q in range(first, len(start) - 1):
        distance = nearest[start[q]]
        for g in range(start[q] + 1, start[q + 1]):
            distance = nearest[g] if nearest[g] < distance else distance
        nearest[q] = distance


@njit(nogil=True, cache=True)
def count_distances(nearest: NDArray[Any], steps: float, histogram: NDArray[Any]) -> None:
    """Add distances, (F,) in steps, to a histogram of these."""
    for q in range(len(nearest)):
        distance = nearest[q]
        # Not min(), which also looks for what is no number.
        histogram[np.uint32(distance if distance < steps else steps)] += 1


@njit(nogil=True, cache=True)
def count_within(nearest: NDArray[Any], farthest: float) -> int:
    """Return how many distances, (F,), are not above the farthest."""
    within = 0
    for q in range(len(nearest)):
        within += nearest[q] <= farthest
    return within


@njit(nogil=True, cache=True, error_model="numpy")
def describe(pair: Any, a: FrameFacts, p: int, b: FrameFacts, q: int, counts: NDArray[Any], fewest_edges: int) -> float:
    """Tell by which of their frames two panels are nearest, of equals the first; return how far apart these are.

    `counts` is (views, frames of panel p, F), the bits in which its frames differ from those of b.
    """
    nearest = np.inf
    for f in range(a.start[p], a.start[p + 1]):
        for g in range(b.start[q], b.start[q + 1]):
            for view in range(len(counts)):
                bits, edges = counts[view, f - a.start[p], g], a.edge_count[f] + b.edge_count[g]
                if min(a.edge_count[f], b.edge_count[g]) < fewest_edges:
                    if a.digest[f] != b.digest[g]:
                        continue
                    bits = 0
                distance = bits / max(edges, 1)
                if distance < nearest:
                    nearest = distance
                    pair["a"], pair["b"] = p, q
                    pair["frame_a"], pair["frame_b"] = a.frame[f], b.frame[g]
                    pair["mirrored"] = view == 1
                    pair["edge_bits"] = bits
                    pair["edges_a"], pair["edges_b"] = a.edge_count[f], b.edge_count[g]
                    pair["hash_bits"] = either_way(np.int64(popcount(a.average_hash[f] ^ b.average_hash[g])), 64)
    return nearest


@njit(nogil=True, cache=True)
def telling_edges(frames: FrameFacts, fewest_edges: int) -> NDArray[np.float32]:
    """Return how many edges frames have, (F,); no number where they are too few to tell anything."""
    edges = np.empty(len(frames.edge_count), np.float32)
    for f in range(len(edges)):
        edges[f] = frames.edge_count[f] if frames.edge_count[f] >= fewest_edges else np.nan
    return edges


@njit(nogil=True, cache=True)
def compare_panels(
    a: FrameFacts,
    a_rows: NDArray[Any],
    b: FrameFacts,
    b_views: NDArray[Any],
    first: int,
    last: int,
    later: int,
    bitmap_bits: int,
    distance_ceiling: float,
    edge_ceiling: int,
    hash_ceiling: int,
    fewest_edges: int,
    pairs: NDArray[Any],
    histogram: NDArray[Any],
) -> int:
    """Compare panels `first` to `last` of one side with those of another that come after them.

    Args:
        a, b: what is known of the frames of the two sides.
        a_rows: their bitmaps, see `in_rows`.
        b_views: the bitmaps of side b, see `in_tiles`, and, if they count, the same mirrored: (views, tiles, ...).
        first, last: which panels of side a are compared.
        later: how many panels side b begins after side a.
        bitmap_bits: bits of a bitmap.
        distance_ceiling, edge_ceiling, hash_ceiling: how far apart a pair may be, see hamming_block.Ceilings.
        fewest_edges: a frame with fewer edge pixels matches only frames of the very same pixels.
        pairs: (N,) blocks.PAIR, room for all pairs; gets those that are within one of the ceilings, in order.
        histogram: (steps + 1,) int64, gets all distances added.

    Returns:
        How many pairs it filled in.
    """
    kept, panels_b = 0, len(b.start) - 1
    steps = np.float32(len(histogram) - 1)
    edges_a, edges_b = telling_edges(a, fewest_edges), telling_edges(b, fewest_edges)
    most_rows = 0
    for p in range(first, last, PANELS_AT_ONCE):
        most_rows = max(most_rows, a.start[min(p + PANELS_AT_ONCE, last)] - a.start[p])
    nearest = np.empty(b.start[panels_b], np.float32)
    counts = np.empty((len(b_views), -(-most_rows // ROWS) * ROWS, b_views.shape[1] * COLUMNS), np.int32)
    fewest = np.empty(len(nearest), np.int32)
    # The other ceilings are for the nearest frames, which are looked for only where a pair may be kept. There all is
    # exact; here a pair that is just too far apart may pass.
    farthest = steps * np.float32(1 if max(edge_ceiling, hash_ceiling) >= 0 else distance_ceiling + 1e-6)
    for p in range(first, last):
        first_q = min(max(0, p + 1 - later), panels_b)
        first_g = b.start[first_q]
        if (p - first) % PANELS_AT_ONCE == 0:
            begin, end = a.start[p], a.start[min(p + PANELS_AT_ONCE, last)]
            rows = a_rows[begin : begin + -(-(end - begin) // ROWS) * ROWS]
            for view in range(len(b_views)):
                count_differing(rows, b_views[view], first_g // COLUMNS, counts[view])
        nearest[:] = np.inf
        for f in range(a.start[p], a.start[p + 1]):
            if np.isnan(edges_a[f]):
                approach_same(nearest[first_g:], a.digest[f], b.digest[first_g:])
                continue
            # Two frames are nearest in the view in which they differ least: a mirror changes no number of edges.
            fewest_of(counts, f - begin, first_g, fewest[first_g:])
            approach(nearest[first_g:], fewest[first_g:], edges_a[f], edges_b[first_g:], steps)
        if panels_b < len(nearest):
            of_panels(nearest, b.start, first_q)
        distances = nearest[first_q:panels_b]
        count_distances(distances, steps, histogram)
        if not count_within(distances, farthest):  # to ask for all at once takes far less time than one by one
            continue
        for q in range(first_q, panels_b):
            if nearest[q] <= farthest:
                pair = pairs[kept]
                distance = describe(pair, a, p, b, q, counts[:, a.start[p] - begin :], fewest_edges)
                if (
                    distance <= distance_ceiling
                    or either_way(np.int64(pair["edge_bits"]), bitmap_bits) <= edge_ceiling
                    or pair["hash_bits"] <= hash_ceiling
                ):
                    kept += 1
    return kept
