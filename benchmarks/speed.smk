# speed: takes speed.yaml; gives results/speed/speed.md, what Reprise takes of time and memory, beside the least that any
# way of doing it can take, and beside its peers; results/speed/speed.png, how that grows; and the same as tables.


localrules:
    speed,


rule speed:
    input:
        "results/speed/speed.md",
        "results/speed/speed.png",


# The panels.


use rule draw_comic as draw_long_comic with:
    output:
        panels=directory("results/speed/comics/{seed}/panels"),
        labels="results/speed/comics/{seed}/labels.csv",
    log:
        "results/logs/draw_long_comic/{seed}.log",
    wildcard_constraints:
        seed=r"\d+",
    params:
        seed=lambda wildcards: int(wildcards.seed),
        pages=SPEED["comic"]["pages"],
    message:
        "Draw the comic of seed {wildcards.seed}"


rule first_panels:
    input:
        panels=expand("results/speed/comics/{seed}/panels", seed=SPEED["comic"]["seeds"]),
        labels=expand("results/speed/comics/{seed}/labels.csv", seed=SPEED["comic"]["seeds"]),
    output:
        panels=directory(OF_COMIC),
    log:
        "results/logs/first_panels/{number}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../envs/study.yaml"
    message:
        "Put {wildcards.number} panels into one folder"
    script:
        "scripts/first_panels.py"


rule tiny_panels:
    output:
        panels=directory(OF_TINY),
    log:
        "results/logs/tiny_panels/{number}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../envs/study.yaml"
    params:
        seed=SPEED["tiny"]["seed"],
        copies=SPEED["tiny"]["copies"],
    message:
        "Draw {wildcards.number} tiny pictures"
    script:
        "scripts/tiny_panels.py"


# What is timed has all cores, so that nothing runs beside it.


rule kernel:
    input:
        code=REPRISE,
    output:
        table="results/speed/kernel.csv",
    log:
        "results/logs/kernel.log",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        settings=SPEED["kernel"],
        compare=yaml.safe_load((REPOSITORY / "config.yaml").read_text())["compare"],
    message:
        "Time the comparison of bitmaps"
    script:
        "scripts/kernel.py"


rule front_end:
    input:
        panels=list(FRONT_END.values()),
        code=REPRISE,
    output:
        table="results/speed/front_end.csv",
    log:
        "results/logs/front_end.log",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        sets=list(FRONT_END),
        rounds=SPEED["front_end"]["rounds"],
    message:
        "Time the reading of panels"
    script:
        "scripts/front_end.py"


rule compile_once:
    input:
        panels=OF_COMIC.format(number=SPEED["compile"]),
        snakefile=str(REPOSITORY / "Snakefile"),
        code=REPRISE,
    output:
        compiled=directory("results/speed/compiled"),
        times="results/speed/compiling.csv",
    log:
        "results/logs/compile_once.log",
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        run="results/speed/runs/compile_once",
    message:
        "Compile what Reprise compiles once"
    script:
        "scripts/compile_once.py"


rule whole_run:
    input:
        panels=timed_panels,
        compiled="results/speed/compiled",
        snakefile=str(REPOSITORY / "Snakefile"),
        code=REPRISE,
    output:
        runs=f"{TIMED}/{{way}}/runs.csv",
        jobs=f"{TIMED}/{{way}}/jobs.csv",
    log:
        "results/logs/whole_run/{timed}-{way}.log",
    wildcard_constraints:
        timed="|".join(TIMED_PANELS),
        way="|".join(SPEED["ways"]),
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        run="results/speed/runs/{timed}-{way}",
        way=lambda wildcards: SPEED["ways"][wildcards.way]["settings"],
        edit=SPEED["edit"],
        rounds=SPEED["rounds"],
    message:
        "Time Reprise ({wildcards.way}) on {wildcards.timed}"
    script:
        "scripts/whole_run.py"


# The peers.


rule imagededup_environment:
    input:
        lock="imagededup.txt",
    output:
        python=PEER_PYTHONS["imagededup"],
    log:
        "results/logs/imagededup_environment.log",
    conda:
        "../envs/study.yaml"
    params:
        folder=lambda wildcards, output: Path(output.python).parents[1],
    message:
        "Install imagededup without torch"
    shell:
        "(python -m venv --clear {params.folder} && {output.python} -m pip install --quiet --disable-pip-version-check"
        " --no-deps --require-hashes -r {input.lock} && touch -h {output.python}) > {log} 2>&1"


rule peer_times:
    input:
        panels=timed_panels,
        pythons=list(PEER_PYTHONS.values()),
        script="scripts/peer_groups.py",
    output:
        table=f"{TIMED}/peers.csv",
    log:
        "results/logs/peer_times/{timed}.log",
    wildcard_constraints:
        timed="|".join(TIMED_PANELS),
    conda:
        "../envs/study.yaml"
    threads: workflow.cores
    params:
        peers=list(PEER_PYTHONS),
        found=f"{TIMED}/peers",
    message:
        "Time the peers on {wildcards.timed}"
    script:
        "scripts/peer_times.py"


# What it took.


rule speed_tables:
    input:
        kernel="results/speed/kernel.csv",
        front_end="results/speed/front_end.csv",
        compiling="results/speed/compiling.csv",
        runs=timed_in_all_ways("runs"),
        jobs=timed_in_all_ways("jobs"),
        peers=expand(f"{TIMED}/peers.csv", timed=timed_with_peers()),
        rules=sorted(map(str, (REPOSITORY / "workflow" / "rules").glob("*.smk"))),
    output:
        page="results/speed/speed.md",
        runs="results/speed/runs.csv",
        jobs="results/speed/jobs.csv",
        stages="results/speed/stages.csv",
        peers="results/speed/peers.csv",
    log:
        "results/logs/speed_tables.log",
    conda:
        "../envs/study.yaml"
    message:
        "Set out what all took"
    script:
        "scripts/speed_tables.py"


rule speed_plot:
    input:
        stages="results/speed/stages.csv",
    output:
        plot="results/speed/speed.png",
    log:
        "results/logs/speed_plot.log",
    conda:
        "../envs/study.yaml"
    message:
        "Plot how what it takes grows"
    script:
        "scripts/speed_plot.py"
