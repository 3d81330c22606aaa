"""How much memory, in MB, and time, in minutes, a job asks for where several machines share the work.

On one machine Snakemake counts cores alone, unless it is given `--resources`. A cluster ends a job that takes more than
it asked for, so these numbers leave room. Measured were jobs of 24 to 270 MB for a demo of 286 panels, of at most 387
MB for 10,000 panels, and, of tiny pictures, of at most 380 MB for 100,000 and 991 MB for a million. docs/growth.md says
how time grows. The times here are ten times as long, for slower machines and larger pictures.
"""

from typing import NamedTuple


class Estimate(NamedTuple):
    """What a job asks for: memory in MB, and minutes."""

    memory: int
    minutes: int


# What a job asks for that holds little. Snakemake, which starts it, takes a part of it.
LITTLE = Estimate(1500, 30)

# What one picture takes at most while it is read, in MB: reprise.pictures.MOST_WITH_FILE.
LARGEST_PICTURE = 600

# The most panels of a shard and of a block, unless they are set.
SHARD_PANELS, BLOCK_PANELS = 4096, 32768


def of_download(pages: int, seconds_between_requests: float) -> Estimate:
    """Return what a job asks for that fetches pages and images. All jobs wait for their turn at one server."""
    return Estimate(LITTLE.memory, LITTLE.minutes + round(10 * pages * (0.2 + seconds_between_requests) / 60))


def of_shard(panels: int, largest: float = 0.0) -> Estimate:
    """Return what a job asks for that reads so many panels, each in 5 ms: it holds 120 kB of one.

    Of a strip of four it holds 280. The largest file, in MB, holds a picture that is some sixty times as large.
    """
    picture = min(LARGEST_PICTURE, 60 * largest)
    return Estimate(LITTLE.memory + round(0.3 * panels + picture), LITTLE.minutes + round(10 * 0.005 * panels / 60))


def of_features(panels: int, largest: float = 0.0, processes: int = 1) -> Estimate:
    """Return what a job asks for that finds the features of so many panels, each in 150 ms: it holds 180 kB of one.

    Of a strip of four it holds 480. Each process takes 200 MB, and may be at the largest file, in MB, which holds a
    picture some sixty times as large.
    """
    picture = min(LARGEST_PICTURE, 60 * largest)
    held = 0.65 * panels + processes * picture + 200 * (processes - 1)
    return Estimate(LITTLE.memory + round(held), LITTLE.minutes + round(10 * 0.15 * panels / 60))


def of_parts(panels: int) -> Estimate:
    """Return what a job asks for that searches so many panels for parts: of each it holds 130 kB, and takes 50 ms."""
    return Estimate(LITTLE.memory + round(0.26 * panels), LITTLE.minutes + round(10 * 0.05 * panels / 60))


def of_comic(panels: int) -> Estimate:
    """Return what a job asks for that holds what is known of all panels, or all matches, of a comic of so many."""
    return Estimate(LITTLE.memory + round(0.0025 * panels), LITTLE.minutes + round(10 * 0.0005 * panels / 60))


def of_pictures(processes: int) -> Estimate:
    """Return what a job asks for in which so many processes make large pictures of files of any size."""
    return Estimate(LITTLE.memory + processes * 700, LITTLE.minutes + 60)


def of_block(shards: int, shard_panels: int, block_panels: int) -> Estimate:
    """Return what a comparison asks for.

    Of a panel 30 kB are held, and a pair of panels is searched in .24 µs.

    Args:
        shards: how many shards the two blocks have together.
        shard_panels, block_panels: the most panels of a shard, and of a block.
    """
    panels = min(shards * shard_panels, 2 * block_panels)
    return Estimate(LITTLE.memory + round(0.03 * panels), LITTLE.minutes + round(10 * 0.24e-6 * (panels / 2) ** 2 / 60))


def of_study(panels: int) -> Estimate:
    """Return what a job asks for that holds the distances of all pairs, of 8 bytes each, five times over."""
    return Estimate(LITTLE.memory + round(5 * 8e-6 * panels**2), LITTLE.minutes + round(panels**2 / 1e5))
