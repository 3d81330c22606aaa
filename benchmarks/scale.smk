# scale: gives results/scale/scale.md, what each step from fingerprints to clusters takes of up to a million panels, and
# with which power of their number it grows. The panels are synthetic, and searched plainly. A million takes two hours of
# two cores, so this part is for the night: it is not among those that are run unless one is named.

# Settings given to Snakemake go over those of the file.
SCALE = yaml.safe_load((BENCHMARKS / "scale.yaml").read_text()) | config


localrules:
    scale,


rule scale:
    input:
        "results/scale/scale.md",


rule tiny_fingerprints:
    output:
        results=directory("results/scale/made/{number}"),
    log:
        "results/logs/tiny_fingerprints/{number}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        seed=SCALE["seed"],
        copies=SCALE["copies"],
    message:
        "Make the fingerprints of {wildcards.number} tiny pictures"
    script:
        "scripts/tiny_fingerprints.py"


rule compare_to_rank:
    input:
        made="results/scale/made/{number}",
        snakefile=str(REPOSITORY / "Snakefile"),
        code=REPRISE,
    output:
        jobs="results/scale/{number}.csv",
    log:
        "results/logs/compare_to_rank/{number}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        run="results/scale/runs/{number}",
        way=SCALE["settings"],
    message:
        "Time Reprise from fingerprints to clusters of {wildcards.number} panels"
    script:
        "scripts/compare_to_rank.py"


rule scale_table:
    input:
        jobs=expand("results/scale/{number}.csv", number=SCALE["panels"]),
    output:
        page="results/scale/scale.md",
    log:
        "results/logs/scale_table.log",
    conda:
        "../envs/study.yaml"
    message:
        "Set out what very many panels took"
    script:
        "scripts/scale_table.py"
