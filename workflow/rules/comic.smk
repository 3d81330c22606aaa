# What every stage asks of the comic: its settings, checked, and how its panels are laid out over jobs.
import atexit
import os
from functools import cache
from itertools import chain

from configuration import PATTERNS, THRESHOLDS, ConfigurationError, check_configuration, match_rule
from contents import Digests, watch_contents
from display import LogHandler
from ending import ending
from estimates import (
    BLOCK_PANELS,
    LITTLE,
    SHARD_PANELS,
    of_block,
    of_comic,
    of_download,
    of_features,
    of_parts,
    of_pictures,
    of_shard,
    of_study,
)
from layout import digest, page_ranges, read_addresses, read_layout
from reprise.containers import is_archive
from reprise.entries import LARGEST_FILE
from reprise.source import find_files, places_of
from reprise.tables import read_rows
from results import (
    AnotherComicError,
    check_comic,
    claim,
    identify,
    read_record,
    remove_evaluation,
    remove_outdated,
    title_of,
)
from running import ask_again, prepare_run, start_once_a_job
from snakemake.exceptions import WorkflowError

# Snakemake takes the names of scripts and modules for patterns too, and there is no way to say that they are none.
if not PATTERNS.isdisjoint(workflow.basedir):
    sys.exit(f"{workflow.basedir}: Snakemake reads {{ }} < > in its name as patterns; rename the folder Reprise is in")

try:
    config.update(
        check_configuration(
            config,
            schema=Path(workflow.basedir) / "workflow/schemas/config.schema.yaml",
            directory=Path.cwd(),
            files=workflow.overwrite_configfiles,
        )
    )
except ConfigurationError as error:
    sys.exit(str(error))

COMIC = config["comic"]
FROM_FOLDER = COMIC["source"] == "folder"
FROM_DEMO = COMIC["source"] == "demo"

# The files of panels are named relative to this: the folder or archive, or where downloads are written.
SOURCE = COMIC["folder"] if FROM_FOLDER else "."
ARCHIVE = [SOURCE] if FROM_FOLDER and is_archive(SOURCE) else []

# What readers call the comic.
TITLE = COMIC["title"] or title_of(COMIC, Path.cwd())

RESULTS = Path("results")
IDENTITY = identify(COMIC, Path.cwd())

# With --lint alone Snakemake leaves out to check what jobs need, and no results are at stake.
if workflow.check_envvars:
    try:
        check_comic(RESULTS, IDENTITY)
    except AnotherComicError as error:
        sys.exit(str(error))

# The demo brings labels of its own, used where none are given.
LABELS = config["evaluation"]["labels"] or ("results/demo/truth.csv" if FROM_DEMO else None)

# What is known of files that others may change. Of several processes of one run only the first keeps it.
DIGESTS = Digests(Path(".snakemake/reprise.digests"))
if workflow.is_main_process:
    atexit.register(DIGESTS.save)

# What makes two panels match: the rule with the thresholds it asks of, what of each pair is kept for it, and in words.
MATCH = {key: config["match"][key] for key in ("by", *THRESHOLDS[config["match"]["by"]])}
CEILINGS = {key: config["compare"][key] for key in ("edge_bits", "hash_bits") if key in MATCH} or {
    "distance": config["compare"]["ceiling"]
}
MATCH_RULE = match_rule(config["match"])
CORRECTED = config["match"]["not_a_match"] or config["match"]["must_match"]
ALIGNED = config["match"]["search"] != "plain" and config["match"]["by"] == "dice"
PARTS = config["match"]["search"] == "parts" and config["match"]["by"] == "dice"
CUT = config["fingerprint"]["panels"] != "whole" and ALIGNED

# The words by which features are found, which come with Reprise.
WORDS = os.path.relpath(Path(workflow.basedir) / "scripts/reprise/parts/words.npz")

# How many panels a shard and a block have at most, by which jobs are estimated.
MOST_PANELS = {
    "shard": config["fingerprint"]["shard_panels"] or SHARD_PANELS,
    "block": config["compare"]["block_panels"] or BLOCK_PANELS,
}


def ranges():
    """Return the ranges of pages, once their number is known."""
    return page_ranges(WEB["first"], WEB["first"] + len(addresses()) - 1, WEB["pages_per_job"]) if LISTED else RANGES


@cache
def made(checkpoint):
    """Return what a checkpoint makes, once it is there, which Snakemake takes long to tell and never takes back."""
    return checkpoint.get().output


def addresses():
    """Return the addresses of all pages, once they are listed."""
    table = made(checkpoints.list_pages).addresses
    return read_addresses(table, os.stat(table).st_mtime_ns)


def addresses_of_range(wildcards):
    """Return the addresses of the pages of a range, where they have no number."""
    if LISTED:
        first, last = ranges()[wildcards.range]
        return addresses()[first - WEB["first"] : last - WEB["first"] + 1]


def asked_again():
    """Return the files that a run makes anew as `comic.web.refresh` says: those of pages that didn't come, or all."""
    if FROM_FOLDER or FROM_DEMO or not WEB["refresh"]:
        return set()
    found = {str(path) for path in Path("results/downloads").glob("*-*.csv")}
    if WEB["refresh"] == "failed":
        found = {path for path in found if any(row["status"] != "ok" for row in read_rows(path))}
    return found | {path for path in ["results/downloads/addresses.csv"] if LISTED and os.path.exists(path)}


def layout():
    """Return how the panels are laid out over jobs, once the index is there."""
    index = made(checkpoints.index_panels).index
    return read_layout(index, os.stat(index).st_mtime_ns)


def own_lines(wildcards):
    """Return the file that tells which lines count, once it is there, where panels are compared by Dice."""
    return made(checkpoints.shared_lines).own_lines if MATCH["by"] == "dice" else []


def own_lines_digest(wildcards):
    """Return what stands for that file among the parameters.

    It is written anew whenever a panel changes, and seldom another. As an input that is older than any job it has no
    job run again; as this does where it is another. Snakemake compares no parameter that is told from inputs.
    """
    path = own_lines(wildcards)
    return path and DIGESTS.digest(path)


def listing():
    """Return what changes when the panels of a folder or archive do, or what is passed over in it."""
    if ARCHIVE:
        return DIGESTS.digest(SOURCE)
    if FROM_FOLDER:
        images, passed_over, containers = find_files(SOURCE)
        held = ((name, DIGESTS.digest(os.path.join(SOURCE, name))) for name in sorted(containers))
        return digest([*sorted(images), *chain(*passed_over), *chain(*held)])


def as_it_is(value):
    """Return a parameter that holds what a reader wrote, in which Snakemake would take braces for wildcards."""
    return lambda wildcards: value


def layout_cores(wildcards):
    """Return for how many cores the panels are cut into jobs: those of the first run, so that others do nothing anew."""
    return read_record(RESULTS).get("cores") or asked_cores()


def asked_cores():
    """Return how many cores the run was asked to use; on a cluster it need not be told."""
    return workflow.global_resources["_cores"].value or 1


def shard_paths(wildcards):
    """Return the files of a shard's panels, and the containers that others of them are in."""
    if ARCHIVE:
        return [], ARCHIVE
    files = layout().files[layout().shard(wildcards.shard)]
    return places_of(SOURCE, [file for file in files if file])


def shard_contents(wildcards):
    """Return a digest of what the files of a shard hold: when it changes, the shard runs again."""
    files, containers = shard_paths(wildcards)
    return DIGESTS.of_all(files, LARGEST_FILE) + (DIGESTS.of_all(containers) if containers else "")


def all_shards(wildcards):
    """Return the fingerprints of all panels."""
    return expand("results/fingerprints/{shard}.npz", shard=layout().shards)


def all_features(suffix):
    """Return the function that tells the features, npz, or the edges, npy, of all panels by which parts are found."""
    return lambda wildcards: expand(f"results/features/{{shard}}.{suffix}", shard=layout().shards)


def all_pictures(wildcards):
    """Return the small pictures by which matches are told."""
    return expand("results/pictures/{shard}.npy", shard=layout().shards)


def all_thumbnails(wildcards):
    """Return the folders of thumbnails of all panels."""
    return expand("results/thumbnails/{shard}", shard=layout().shards)


def all_blocks(wildcards):
    """Return all comparisons."""
    return expand("results/blocks/{block}.npz", block=layout().block_pairs)


def all_candidates(wildcards):
    """Return what was found by the search for what has moved."""
    return expand("results/candidates/{block}.npz", block=layout().block_pairs)


def all_aligned(wildcards):
    """Return what the panels that may have moved, laid upon each other, came to."""
    return expand("results/aligned/{block}.npz", block=layout().block_pairs)


def block_start(side):
    """Return the function that tells the place of the first panel on one side, `i` or `j`, of a comparison."""
    return lambda wildcards: layout().block_starts[int(wildcards[side])]


def block_shards(side):
    """Return the function that tells the fingerprints on one side, `i` or `j`, of a comparison."""

    def shards(wildcards):
        return [f"results/fingerprints/{shard}.npz" for shard in layout().block(wildcards[side])]

    return shards


def block_threads(wildcards, input):
    """Return how many cores share the work on two blocks: one for each shard, up to eight, of those asked for.

    Blocks are large, so that few jobs start; those of a short comic, which is one shard, are done sooner side by side. The
    layout is not asked: where there is none yet, Snakemake waits for it to tell inputs, but fails over threads.
    """
    return shared_cores(len(input.a))


def shared_cores(most):
    """Return how many cores share the work of a job, up to eight, of those asked for.

    How many cores another machine has is not known here: a job that is sent to one takes a single core, as it would wait
    for ever for more than there are, unless --max-threads says how many it may take.
    """
    elsewhere = workflow.non_local_exec or workflow.remote_exec
    return 1 if elsewhere and not workflow.resource_settings.max_threads else min(8, most)


def memory(estimate):
    """Return the function that tells the memory a job asks for, in MB: more each time it comes again.

    `estimate` is one of workflow/estimates.py, or the function that tells one by the inputs.
    """
    return lambda wildcards, input, attempt: attempt * (estimate(input) if callable(estimate) else estimate).memory


def minutes(estimate):
    """Return the function that tells the time a job asks for, in the same way."""
    return lambda wildcards, input, attempt: attempt * (estimate(input) if callable(estimate) else estimate).minutes


def shard_estimate(input):
    """Return what a job asks for that reads the files of a shard, one of which may be as large as any."""
    return of_shard(MOST_PANELS["shard"], LARGEST_FILE / 1e6)


def features_estimate(input):
    """Return what a job asks for that finds the features of the files of a shard."""
    return of_features(MOST_PANELS["shard"], LARGEST_FILE / 1e6, shared_cores(8))


def parts_estimate(input):
    """Return what the search for parts asks for, of as many panels as are known, see comic_estimate."""
    return of_parts(panels_known())


def block_estimate(input):
    """Return what a comparison asks for."""
    return of_block(len(input.a) + len(input.b), MOST_PANELS["shard"], MOST_PANELS["block"])


def comic_estimate(input):
    """Return what a job asks for that holds what is known of all panels."""
    return of_comic(panels_known())


def panels_known():
    """Return how many panels there are; before there is an index nobody knows.

    The layout is not asked, as for threads.
    """
    index = "results/index.csv"
    return len(read_layout(index, os.stat(index).st_mtime_ns).panels) if os.path.exists(index) else 0


def all_bitmaps(wildcards):
    """Return the bitmaps of all panels, if they are few enough for the distances of all pairs to be held at once."""
    panels, most = len(layout().panels), config["study"]["max_panels"]
    if panels > most:
        raise WorkflowError(
            f"study.max_panels: holds {most:,}, and this comic has {panels:,} panels; a higher number takes them in, "
            f"with memory and disk that grow with its square, or point comic at fewer"
        )
    return expand("results/study/bitmaps/{shard}.npz", shard=layout().shards)


def start_jobs_as_others_end():
    """Have Snakemake look for jobs to start when one has ended, and at hardly more of them than can be started.

    By itself it looks again a second after each time it has looked, so ever more often, and each time asks for the
    sizes of all files of all jobs that are ready. On a cluster it does so still: there it also bounds how many jobs
    are handed in at once. Those it looks at it draws by lot: near the end, when few are left, all, so that it sees which
    has priority.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
        workflow.scheduler.subsample = workflow.cores + 4
    else:
        ask_again(workflow.scheduler._executor)
        if workflow.executor_plugin.name == "slurm":
            start_once_a_job(workflow.scheduler._executor)


def begin_results():
    """Record which comic the results are of, and remove what the run would leave there as if it were current."""
    try:
        claim(RESULTS, IDENTITY, asked_cores())
    except AnotherComicError as error:
        sys.exit(str(error))
    if not LABELS:
        remove_evaluation(RESULTS)


def show_jobs():
    """Let the display of `./run`, where there is one, see the jobs and show how they go."""
    if LogHandler.shown:
        LogHandler.shown.begin(workflow.dag)


def end_results():
    """Remove what does not hold any more, and show what the run found, if it was asked to sum that up."""
    made = {path for job in workflow.dag.jobs for path in job.output}
    remove_outdated(RESULTS, made)
    print("", ending(Path.cwd(), Path(workflow.workdir_init), made), sep="\n", file=sys.stderr)
