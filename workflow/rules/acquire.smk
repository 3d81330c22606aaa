# acquire: takes the settings of `comic`; gives the panel files (the demo's and a web comic's are downloaded, a folder's
# stay where they are), results/index.csv, a row a panel in story order, results/pages.csv, a row a page,
# results/story.txt, how that order was read, and results/passed_over.csv, a row for each image that was left out. Where
# the addresses of a web comic's pages have no number, they are listed first.


# Where other steps are done by a cluster, these are not: its nodes have no internet, as a rule, and one rate holds for
# all that is fetched. What the index reads was read here before.
localrules:
    draw_demo,
    list_pages,
    download_pages,
    index_panels,


DEMO_WEB = {
    "url": "http://demo.reprise.example/{edition}/{page}.html",
    "panels": "img.panel",
    "first": 1,
    "last": COMIC["demo"]["pages"] + COMIC["demo"]["parts"],
    "pages_per_job": 120,
    **dict.fromkeys(["start", "list", "script", "attribute", "cookies", "headers", "refresh"]),
    "archive": {"url": None, "links": None},
    "robots": False,
    "seconds_between_requests": 0.0,
}
WEB = COMIC["web"] | (DEMO_WEB if FROM_DEMO else {})
# Whether pages are found by links, or listed, and their number is known only then.
LISTED = not FROM_FOLDER and not WEB["url"]
# A folder has no pages to download, and need not say which is the last.
PAGES = 0 if FROM_FOLDER or LISTED else WEB["last"] - WEB["first"] + 1
DOWNLOAD = of_download(10_000 if LISTED else PAGES, WEB["seconds_between_requests"])
RANGES = page_ranges(WEB["first"], WEB["last"], WEB["pages_per_job"]) if PAGES else {}

# What each step is told of how the site is read: all but how pages are numbered, laid out, found, or asked for again.
READ = {key: WEB[key] for key in sorted(WEB) if key not in ("first", "last", "pages_per_job", "refresh", "list")}


rule draw_demo:
    output:
        site=directory("results/demo/site"),
        truth="results/demo/truth.csv",
        parts="results/demo/parts.csv",
    log:
        "results/logs/draw_demo.log",
    benchmark:
        "results/benchmarks/draw_demo.tsv"
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=memory(LITTLE),
        runtime=minutes(LITTLE),
    params:
        seed=COMIC["demo"]["seed"],
        pages=COMIC["demo"]["pages"],
        parts=COMIC["demo"]["parts"],
    message:
        "Draw the demo comic"
    script:
        "../../scripts/draw_demo.py"


checkpoint list_pages:
    input:
        listed=[path for path in [WEB["list"]] if LISTED and path],
    output:
        addresses="results/downloads/addresses.csv",
    log:
        "results/logs/list_pages.log",
    benchmark:
        "results/benchmarks/list_pages.tsv"
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=memory(LITTLE),
        runtime=minutes(DOWNLOAD),
    params:
        web=as_it_is(READ),
        first=WEB["first"],
        last=WEB["last"],
        listed=as_it_is(WEB["list"]),
    message:
        "List the pages"
    script:
        "../../scripts/list_pages.py"


rule download_pages:
    input:
        site=branch(FROM_DEMO, then="results/demo/site", otherwise=[]),
    output:
        manifest="results/downloads/{range}.csv",
    log:
        "results/logs/download_pages/{range}.log",
    benchmark:
        "results/benchmarks/download_pages/{range}.tsv"
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=memory(DOWNLOAD),
        runtime=minutes(DOWNLOAD),
    params:
        pages=lambda wildcards: list(ranges()[wildcards.range]),
        addresses=addresses_of_range,
        web=as_it_is({key: READ[key] for key in READ if key not in ("next", "order")}),
    message:
        "Download pages {params.pages[0]} to {params.pages[1]}"
    script:
        "../../scripts/download_pages.py"


checkpoint index_panels:
    input:
        manifests=lambda wildcards: expand("results/downloads/{range}.csv", range=ranges()),
    output:
        index="results/index.csv",
        pages="results/pages.csv",
        story="results/story.txt",
        passed_over="results/passed_over.csv",
    log:
        "results/logs/index_panels.log",
    benchmark:
        "results/benchmarks/index_panels.tsv"
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=memory(LITTLE),
        runtime=minutes(LITTLE),
    params:
        folder=as_it_is(COMIC["folder"] if FROM_FOLDER else None),
        page_pattern=as_it_is(COMIC["page_pattern"] if FROM_FOLDER else None),
        can_be_visited=not FROM_DEMO,
        # The files of a folder are listed anew each time Snakemake starts; one more or less indexes them anew.
        listing=listing(),
        cores=layout_cores,
        shard_panels=config["fingerprint"]["shard_panels"],
        block_panels=config["compare"]["block_panels"],
    message:
        "Index the panels"
    script:
        "../../scripts/index_panels.py"
