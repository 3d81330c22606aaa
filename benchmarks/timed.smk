# What the rules ask of speed.yaml: the panels that are timed, the ways to run Reprise on them, and where all is.

# Settings given to Snakemake go over those of the file.
SPEED = yaml.safe_load((BENCHMARKS / "speed.yaml").read_text()) | config

OF_COMIC = "results/speed/panels/comic-{number}"
OF_TINY = "results/speed/panels/tiny-{number}"
TIMED = "results/speed/timed/{timed}"

# All panels that are timed, by their names.
TIMED_PANELS = {
    **{f"comic-{number}": OF_COMIC.format(number=number) for number in SPEED["comic"]["panels"]},
    **{f"tiny-{number}": OF_TINY.format(number=number) for number in SPEED["tiny"]["panels"]},
    **({"folder": str(Path(SPEED["folder"]).absolute())} if SPEED["folder"] else {}),
}

# Those that are read file by file.
FRONT_END = {
    "comic": OF_COMIC.format(number=SPEED["front_end"]["panels"]),
    **{name: panels for name, panels in TIMED_PANELS.items() if name == "folder"},
}

PEER_PYTHONS = {"imagededup": "results/speed/imagededup/bin/python", "perception": PEERS_PYTHON}


def timed_panels(wildcards):
    """Return the folder of panels of a name."""
    return TIMED_PANELS[wildcards.timed]


def timed_in_all_ways(table):
    """Return a table of all panels and the ways to run Reprise on them."""
    return [
        f"{TIMED.format(timed=timed)}/{way}/{table}.csv"
        for way, settings in SPEED["ways"].items()
        for timed in TIMED_PANELS
        if timed.split("-")[0] in settings["panels"]
    ]


def timed_with_peers():
    """Return the names of the panels that the peers are timed on: those that Reprise is run on by default."""
    return [timed for timed in TIMED_PANELS if timed.split("-")[0] in SPEED["ways"]["default"]["panels"]]
