# What the rules ask of matching.yaml, pages.yaml, parts.yaml and moved.yaml: the sets, how Reprise is run on them, its
# peers, and where all is.
import math
import re

import yaml

MATCHING = yaml.safe_load((BENCHMARKS / "matching.yaml").read_text())
PAGES = yaml.safe_load((BENCHMARKS / "pages.yaml").read_text())
PARTS = yaml.safe_load((BENCHMARKS / "parts.yaml").read_text())
MOVED = yaml.safe_load((BENCHMARKS / "moved.yaml").read_text())
PEERS = MATCHING["peers"]
FEATURES = MATCHING["features"]
WAYS = MATCHING["reprise"]
LEIDEN = yaml.safe_load((REPOSITORY / "config.yaml").read_text())["cluster"]
LEIDEN = {key: LEIDEN[key] for key in ("resolution", "seed")}


def pages_of(half):
    """Return the sets of pages of a half, by their names: those without what is shared come after those with it."""
    seed = PAGES["halves"][half]
    return {
        f"{shared}-{pages}-{seed}{'-bare' * bare}": {
            "kind": "pages",
            "shared": shared,
            "pages": pages,
            "seed": seed,
            "bare": bare,
        }
        for kind, bares in (("beside", (False, True)), ("drawn", (False,)))
        for shared, sizes in PAGES[kind].items()
        for pages in sizes
        for bare in bares
    }


def parts_of(half):
    """Return the sets of pictures that share parts of a half, by their names."""
    return {
        f"parts-{material}-{seed}": {"kind": "parts", "material": material, "seed": seed}
        for material in PARTS["materials"]
        for seed in PARTS["halves"][half]
    }


def moved_of(half):
    """Return the comics of a half in which drawings come back moved, by their names."""
    return {f"moved-{seed}": {"kind": "moved", "seed": seed} for seed in MOVED["halves"][half]}


SETS = MATCHING["sets"]
for half in ("choosing", "reporting"):
    SETS |= pages_of(half) | parts_of(half) | moved_of(half)

SET = "results/matching/sets/{set}"
FOUND = "results/matching/found/{set}"

# A run of Reprise depends on all that it is made of.
REPRISE = [
    str(path)
    for pattern in ("config.yaml", "scripts/**/*.py", "workflow/**/*.py", "workflow/**/*.smk", "workflow/**/*.yaml")
    for path in sorted(REPOSITORY.glob(pattern))
]

# The Python that has the peers.
PEERS_PYTHON = ".venv/bin/python"


def sets_of(kind):
    """Return a pattern for the names of all sets of a kind."""
    return "|".join(re.escape(name) for name, settings in SETS.items() if settings["kind"] == kind)


def setting(key):
    """Return the function that tells a setting of a set."""
    return lambda wildcards: SETS[wildcards.set][key]


def package_of(wildcards):
    """Return the archive of the package that a set is taken from."""
    return f"results/packages/{SETS[wildcards.set]['package']}.tgz"


def peer_thresholds():
    """Return the thresholds of each peer and, in words, where they are from, by their folders."""
    sources = {}
    for peer, settings in PEERS.items():
        for source in ("documented", "chosen"):
            sources.setdefault((peer, settings[source]), []).append(source)
    return {
        f"{peer}-{bits}": {"method": PEERS[peer]["name"], "setting": f"{bits} bits, {' and '.join(words)}"}
        for (peer, bits), words in sources.items()
    }


def methods_of(name):
    """Return all methods on a set: what each is called, its clusters, and its pairs."""
    found = FOUND.format(set=name)
    pages = SETS[name].get("pages", math.inf)
    methods = [
        (
            {"method": way["name"], "setting": "", "grouping": ""},
            f"{found}/{folder}/clusters.csv",
            f"{found}/{folder}/pairs.csv",
        )
        for folder, way in WAYS.items()
        if pages <= way.get("most_pages", math.inf)
    ]
    features = {"features": {"method": FEATURES["name"], "setting": FEATURES["setting"]}}
    for folder, described in (peer_thresholds() | features).items():
        for grouping in ("components", "leiden"):
            clusters = f"{found}/{folder}/{grouping}.csv"
            methods.append((described | {"grouping": grouping}, clusters, f"{found}/{folder}/pairs.csv"))
    return methods


def of_half(pattern):
    """Return the function that tells a file of each set of a half."""
    return lambda wildcards: expand(pattern, set=MATCHING["halves"][wildcards.half])


def of_comics(pattern):
    """Return the function that tells a file of each set of a half that is a comic as it was drawn."""
    return lambda wildcards: expand(
        pattern, set=[name for name in MATCHING["halves"][wildcards.half] if SETS[name]["kind"] == "comic"]
    )


def of_pages(pattern):
    """Return the function that tells a file of each set of pages of a half."""
    return lambda wildcards: expand(pattern, set=pages_of(wildcards.half))


def methods_on_parts(half):
    """Return all methods on each set of parts of a half: the set, what each is called, and its pairs."""
    described = {"reprise": (WAYS["reprise"]["name"], "")}
    described |= {
        folder: (words["method"], words["setting"])
        for folder, words in peer_thresholds().items()
        if folder.startswith("pdq-")
    }
    described["features"] = (FEATURES["name"], FEATURES["setting"])
    return [
        ((name, *words), f"{FOUND}/{folder}/pairs.csv".format(set=name))
        for name in parts_of(half)
        for folder, words in described.items()
    ]


def of_moved(pattern):
    """Return the function that tells a file of each comic of a half in which drawings come back moved."""
    return lambda wildcards: expand(pattern, set=moved_of(wildcards.half))
