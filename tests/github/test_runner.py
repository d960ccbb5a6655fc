"""Workflow files run here as they would on GitHub, from the YAML itself."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from textwrap import dedent, indent

import pytest

from tests.github import branches, events
from tests.github.actions.expressions import ExpressionError
from tests.github.actions.results import Concurrency, Run
from tests.github.actions.triggers import matches
from tests.github.actions.workflow_file import WorkflowError, read_workflow
from tests.github.emulated import GitHub
from tests.github.people import DEPENDABOT
from tests.github.runner import Environment, NotTriggered, Runner

FILE = ".github/workflows/one.yml"
Running = Callable[..., Run]


@pytest.fixture
def run(github: GitHub, runner: Runner) -> Running:
    """Commit one workflow to main and run it by dispatch."""

    def running(written: str, head: str = "on: workflow_dispatch", **changes: object) -> Run:
        github.commit("main", {FILE: f"{head}\n{dedent(written)}"})
        event = events.workflow_dispatch(github)
        return replace(runner, **changes).run("one.yml", event)  # type: ignore[arg-type]  # fields of Runner

    return running


def one_job(steps: str, more: str = "") -> str:
    """A workflow with a single job `one`."""
    body = indent(dedent(more), "    ") + "    steps:\n" + indent(dedent(steps), "      ")
    return f"jobs:\n  one:\n    runs-on: ubuntu-latest\n{body}"


# Scripts


def test_shells(run: Running) -> None:
    """The default shell has no pipefail, `shell: bash` has, and both stop at an error."""
    steps = """
        - {id: plain, run: "false | true; echo on", continue-on-error: true}
        - {id: bash, shell: bash, run: "false | true; echo on", continue-on-error: true}
        - {id: stops, run: "false\\necho on", continue-on-error: true}
        - {id: python, shell: python, run: "print('snake')"}
    """
    job = run(one_job(steps)).job("one")

    assert (job.step("plain").outcome, job.step("plain").log) == ("success", "on\n")
    assert (job.step("bash").outcome, job.step("bash").log) == ("failure", "")
    assert (job.step("stops").outcome, job.step("stops").log) == ("failure", "")
    assert job.step("python").log == "snake\n"
    assert job.conclusion == "success"


def test_files_of_commands(run: Running) -> None:
    """Outputs, variables, the path and the summary go through files, in both forms."""
    steps = r"""
        - id: say
          run: |
            echo "one=1" >> "$GITHUB_OUTPUT"
            printf 'many<<END\na=b\nc\nEND\n' >> "$GITHUB_OUTPUT"
            echo "COLOUR=green" >> "$GITHUB_ENV"
            mkdir -p tools; printf '#!/bin/sh\necho tool\n' > tools/tool; chmod +x tools/tool
            echo "$PWD/tools" >> "$GITHUB_PATH"
            echo "# Summary" >> "$GITHUB_STEP_SUMMARY"
        - id: hear
          run: tool; echo "$COLOUR ${{ steps.say.outputs.one }} ${{ env.COLOUR }}"
    """
    job = run(one_job(steps, "outputs: {many: '${{ steps.say.outputs.many }}'}\n")).job("one")

    assert job.step("hear").log == "tool\ngreen 1 green\n"
    assert job.outputs == {"many": "a=b\nc"}
    assert job.summary == "# Summary\n"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('echo "a<<END" >> "$GITHUB_OUTPUT"', "Matching delimiter not found"),
        ('echo "nonsense" >> "$GITHUB_OUTPUT"', "Invalid format 'nonsense'"),
        ('echo "GITHUB_SHA=x" >> "$GITHUB_ENV"', "Can't store GITHUB_SHA"),
    ],
)
def test_files_that_can_not_be_read(run: Running, written: str, words: str) -> None:
    """A file of commands that is not understood fails the step."""
    job = run(one_job(f"- run: {json.dumps(written)}\n")).job("one")

    assert job.conclusion == "failure"
    assert words in job.steps[0].errors[0]


def test_summary_too_long(run: Running) -> None:
    """A summary beyond 1 MiB is dropped whole, and nothing fails for it."""
    steps = """
        - run: head -c 1048577 /dev/zero | tr '\\0' x >> "$GITHUB_STEP_SUMMARY"
        - {run: "echo fits >> $GITHUB_STEP_SUMMARY"}
    """
    job = run(one_job(steps)).job("one")

    assert job.summary == "fits\n"
    assert "upload aborted" in job.steps[0].errors[0]
    assert job.conclusion == "success"


def test_commands_in_the_log(run: Running) -> None:
    """Annotations are read from the log, ten of each level; text may hold them too."""
    steps = r"""
        - id: many
          run: |
            for n in $(seq 12); do echo "::error file=a.yaml,line=$n::wrong%0Ahere"; done
            echo "  ::warning title=T%3A::beware"
            echo "::stop-commands::token"
            echo "::error::not heard"
            echo "::token::"
            echo "::add-mask::hidden"
            echo "hidden ##[notice]old"
    """
    step = run(one_job(steps)).job("one").step("many")

    assert len(step.said) == 14
    assert (len(step.annotations), step.dropped) == (12, 2)
    assert step.said[0].message == "wrong\nhere"
    assert step.said[0].properties == {"file": "a.yaml", "line": "1"}
    assert step.said[12].properties == {"title": "T:"}
    assert "*** ##[notice]old" in step.log


def test_variables(github: GitHub, run: Running) -> None:
    """The event, the repository and the API are found in GitHub's variables; pip has no index."""
    written = "import os, json; e = os.environ; print(json.dumps(dict(e)))"
    run_of = run(one_job(f"- {{shell: python, run: {json.dumps(written)}}}\n"))
    env = json.loads(run_of.job("one").steps[0].log)

    assert env["GITHUB_EVENT_NAME"] == "workflow_dispatch"
    assert env["GITHUB_API_URL"] == github.api_url
    assert env["GITHUB_REPOSITORY"] == "acme/catalog"
    assert env["GITHUB_SHA"] == github.bare.tip("main")
    assert env["GITHUB_RUN_ID"] == str(run_of.id)
    assert env["PIP_NO_INDEX"] == "1"
    assert "GITHUB_TOKEN" not in env
    assert not [name for name in env if name.startswith("GIT_AUTHOR")]


def test_env_on_all_floors(run: Running) -> None:
    """The nearest value counts: workflow, job, step."""
    steps = """
        - {id: job, run: 'echo "$A $B $C"'}
        - {id: step, env: {C: "${{ env.B }}3"}, run: 'echo "$A $B $C"'}
    """
    head = "on: workflow_dispatch\nenv: {A: w, B: w, C: w}"
    job = run(one_job(steps, "env: {B: '${{ env.A }}j', C: j}\n"), head).job("one")

    assert (job.step("job").log, job.step("step").log) == ("w wj j\n", "w wj wj3\n")


def test_defaults_and_time(run: Running) -> None:
    """`defaults.run` holds for scripts; a step that takes too long is ended and fails."""
    steps = """
        - {id: where, run: 'false | true; basename "$PWD"', continue-on-error: true}
        - {id: slow, timeout-minutes: 0.005, run: "echo begun; sleep 30"}
        - {id: after, if: failure(), run: echo cleaned}
    """
    more = "defaults: {run: {shell: bash, working-directory: /tmp}}\n"
    job = run(one_job(steps, more)).job("one")

    assert job.step("where").outcome == "failure"
    assert "timed out" in job.step("slow").errors[0]
    assert job.step("slow").log == "begun\n"
    assert job.step("after").outcome == "success"
    assert job.conclusion == "failure"


# Hostile values

HOSTILE = 'x\'; echo PWNED; echo "$(echo ALSO)"; # `echo THREE` @team </details> \u001b[31m'


def test_interpolated_text_is_run(github: GitHub, runner: Runner) -> None:
    """A title put into a script by `${{ }}` is executed; passed by `env` it stays a text."""
    written = """
        on: pull_request
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - {id: careless, run: "echo '${{ github.event.pull_request.title }}'"}
              - id: careful
                env: {TITLE: "${{ github.event.pull_request.title }}"}
                run: printf '%s' "$TITLE"
    """
    github.commit("topic", {FILE: dedent(written)})
    number = github.open_pull("topic", title=HOSTILE).number
    job = runner.run("one.yml", events.pull_request(github, number)).job("one")

    assert "PWNED" in job.step("careless").log.splitlines()
    assert job.step("careful").log == HOSTILE
    assert "PWNED" in str(job.step("careless").script)


# Jobs


def test_needs_and_outputs(run: Running) -> None:
    """Outputs go from job to job, a matrix is made of one, and a skipped need skips."""
    written = """
        jobs:
          list:
            runs-on: ubuntu-latest
            outputs: {targets: "${{ steps.l.outputs.targets }}"}
            steps:
              - {id: l, run: "echo 'targets=[\\"shop\\", \\"pim\\"]' >> $GITHUB_OUTPUT"}
          each:
            needs: list
            runs-on: ubuntu-latest
            strategy:
              matrix: {target: "${{ fromJSON(needs.list.outputs.targets) }}"}
            steps:
              - run: |
                  echo ${{ matrix.target }} ${{ strategy.job-index }} of ${{ strategy.job-total }}
          never:
            needs: [list]
            if: needs.list.outputs.targets == ''
            runs-on: ubuntu-latest
            steps: [{run: echo no}]
          after:
            needs: [each, never]
            runs-on: ubuntu-latest
            steps: [{run: echo no}]
          report:
            needs: [each, never]
            if: always()
            runs-on: ubuntu-latest
            steps: [{run: "echo ${{ needs.each.result }} ${{ needs.never.result }}"}]
    """
    done = run(written)

    assert [one.steps[0].log for one in done.all("each")] == ["shop 0 of 2\n", "pim 1 of 2\n"]
    assert done.job("each", target="pim").conclusion == "success"
    assert [done.job(name).conclusion for name in ("never", "after")] == ["skipped", "skipped"]
    assert done.job("report").steps[0].log == "success skipped\n"
    assert done.conclusion == "success"


@pytest.mark.parametrize(("fail_fast", "second"), [("true", "cancelled"), ("false", "success")])
def test_matrix_fails(run: Running, fail_fast: str, second: str) -> None:
    """After a failure, fail-fast cancels the others; a job that asks for failure runs."""
    written = f"""
        jobs:
          each:
            runs-on: ubuntu-latest
            strategy:
              fail-fast: {fail_fast}
              matrix: {{n: [1, 2], include: [{{n: 3, last: "yes"}}], exclude: []}}
            steps: [{{run: "test ${{{{ matrix.n }}}} != 1"}}]
          alarm:
            needs: each
            if: failure()
            runs-on: ubuntu-latest
            steps: [{{run: echo alarm}}]
          calm:
            needs: each
            runs-on: ubuntu-latest
            steps: [{{run: echo calm}}]
    """
    done = run(written)

    assert [one.conclusion for one in done.all("each")] == ["failure", second, second]
    assert done.job("alarm").conclusion == "success"
    assert done.job("calm").conclusion == "skipped"
    assert done.conclusion == "failure"


def test_empty_matrix(run: Running) -> None:
    """A matrix without values is an error, as on GitHub."""
    more = "strategy: {matrix: {target: \"${{ fromJSON('[]') }}\"}}\n"
    job = run(one_job("- run: echo no\n", more)).job("one")

    assert job.conclusion == "failure"
    assert "does not contain any values" in job.errors[0]


def test_status_of_steps(run: Running) -> None:
    """A forgiven failure counts as success; after a real one only those run that ask for it."""
    steps = """
        - {id: forgiven, run: "exit 3", continue-on-error: true}
        - {id: next, run: "echo ${{ steps.forgiven.outcome }} ${{ steps.forgiven.conclusion }}"}
        - {id: fails, run: "exit 4"}
        - {id: skipped, run: echo no}
        - {id: always, if: "always() && steps.skipped.outcome == 'skipped'", run: echo yes}
        - {id: status, if: failure(), run: "echo ${{ job.status }}"}
    """
    job = run(one_job(steps)).job("one")

    assert job.step("next").log == "failure success\n"
    assert job.step("fails").errors == ["Process completed with exit code 4."]
    assert job.step("skipped").outcome == "skipped"
    assert job.step("always").log == "yes\n"
    assert job.step("status").log == "failure\n"


def test_concurrency(run: Running) -> None:
    """Groups of the run and of its jobs are recorded, with how they queue."""
    head = "on: workflow_dispatch\nconcurrency: {group: 'w-${{ github.ref }}', queue: max}"
    more = """
        strategy: {matrix: {target: [shop]}}
        concurrency: {group: "target-${{ matrix.target }}", cancel-in-progress: false, queue: max}
    """
    done = run(one_job("- run: 'true'\n", dedent(more).lstrip()), head)

    assert done.concurrency == Concurrency("w-refs/heads/main", False, "max")
    assert done.job("one").concurrency == Concurrency("target-shop", False, "max")


def test_inputs(github: GitHub, runner: Runner) -> None:
    """Inputs have defaults and types; strange, missing and wrong ones are refused."""
    head = """
        on:
          workflow_dispatch:
            inputs:
              run: {required: true}
              dry: {type: boolean, default: false}
              level: {type: choice, options: [low, high], default: low}
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - if: ${{ !inputs.dry }}
                run: echo ${{ inputs.run }} ${{ inputs.level }} ${{ github.event.inputs.run }}
    """
    github.commit("main", {FILE: dedent(head)})
    done = runner.run("one.yml", events.workflow_dispatch(github, {"run": "7"}))
    dry = runner.run("one.yml", events.workflow_dispatch(github, {"run": "7", "dry": "true"}))

    assert done.job("one").steps[0].log == "7 low 7\n"
    assert dry.job("one").steps[0].outcome == "skipped"
    for wrong in ({}, {"run": "7", "x": "1"}, {"run": "7", "level": "none"}):
        with pytest.raises(WorkflowError):
            runner.run("one.yml", events.workflow_dispatch(github, wrong))


def test_dispatch_through_the_api(github: GitHub, runner: Runner) -> None:
    """A dispatch by a workflow's token waits as a run, which the runner takes."""
    head = "on: {workflow_dispatch: {inputs: {plan: {required: true}}}}\n"
    github.commit("main", {FILE: head + one_job("- run: echo ${{ inputs.plan }}\n")})
    with github.client(github.token({"actions": "write"})) as client:
        body = {"ref": "main", "inputs": {"plan": "9"}, "return_run_details": True}
        answer = client.post("/actions/workflows/one.yml/dispatches", json=body).json()
    done = runner.run("one.yml", events.dispatched(github, answer["workflow_run_id"]))

    assert done.job("one").steps[0].log == "9\n"
    assert github.runs[answer["workflow_run_id"]].conclusion == "success"


# Who may, and who sees what

SECRETS = """
- id: see
  env: {A: "${{ secrets.ANY }}", W: "${{ secrets.WRITE }}"}
  run: echo "any=${A:-none} write=${W:-none}" | sed 's/./& /g'
- id: leak
  env: {A: "${{ secrets.ANY }}"}
  run: echo "$A"
"""


@pytest.mark.parametrize(
    ("environment", "names"), [("", {"ANY"}), ("environment: production\n", {"ANY", "WRITE"})]
)
def test_environment(run: Running, environment: str, names: set[str]) -> None:
    """An environment's secrets are for the jobs that name it, after an approval; logs mask them."""
    production = Environment({"WRITE": "w-secret"}, protected=True, branches=("main",))
    settings = {"secrets": {"ANY": "a-secret"}, "environments": {"production": production}}
    done = run(one_job(SECRETS, environment), **settings)
    job = done.job("one")

    assert job.secrets == names
    assert ("w - s e c r e t" in job.step("see").log) is ("WRITE" in names)
    assert done.approvals == (["production"] if environment else [])
    assert job.step("leak").log == "***\n"


def test_environment_is_closed(github: GitHub, run: Running, runner: Runner) -> None:
    """A rejected deployment and a branch that is not allowed fail before any step."""
    production = Environment({"WRITE": "w"}, protected=True, branches=("main",))
    settings = {"environments": {"production": production}}
    written = one_job("- run: echo no\n", "environment: {name: production}\n")
    rejected = run(written, approves=lambda environment, job: False, **settings)
    github.commit("topic", {"a.txt": "a\n"})
    strict = replace(runner, environments={"production": production})
    elsewhere = strict.run("one.yml", events.workflow_dispatch(github, branch="topic"))

    for done in (rejected, elsewhere):
        assert (done.conclusion, done.job("one").steps) == ("failure", [])
    assert "not allowed to deploy" in elsewhere.job("one").errors[0]


def test_token_has_exactly_what_is_written(github: GitHub, run: Running) -> None:
    """The job's permissions replace the workflow's; what they leave out is closed."""
    steps = """
        - id: issues
          shell: python
          env: {T: "${{ github.token }}", WHAT: issues}
          run: &ask |
            import os, urllib.request, urllib.error
            url = f"{os.environ['GITHUB_API_URL']}/repos/acme/catalog/{os.environ['WHAT']}"
            headers = {"Authorization": "Bearer " + os.environ["T"]}
            try:
                print(urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status)
            except urllib.error.HTTPError as error:
                print(error.code)
        - id: refs
          shell: python
          env: {T: "${{ secrets.GITHUB_TOKEN }}", WHAT: git/ref/heads/main}
          run: *ask
    """
    head = "on: workflow_dispatch\npermissions: {contents: read}"
    closed = run(one_job(steps), head).job("one")
    opened = run(one_job(steps, "permissions: {issues: write}\n"), head).job("one")

    assert opened.permissions == {"issues": "write"}
    assert [step.log for step in closed.steps] == ["403\n", "200\n"]
    assert [step.log for step in opened.steps] == ["200\n", "403\n"]


@pytest.mark.parametrize("stranger", ["fork", "dependabot"])
def test_strangers(github: GitHub, runner: Runner, stranger: str) -> None:
    """Pull requests of forks and of Dependabot run without secrets, with a token that reads."""
    more = "permissions: {contents: read, pull-requests: write}\n"
    files = {FILE: "on: pull_request\n" + one_job(SECRETS, more)}
    github.commit("main", files)
    if stranger == "fork":
        fork = github.fork("mallory")
        branches.commit(fork, "evil", {"x.txt": "x\n"}, "Evil", "main")
        number = github.open_pull("mallory:evil", author="mallory").number
    else:
        github.commit("bump", {"x.txt": "x\n"})
        number = github.open_pull("bump", author=DEPENDABOT).number
    trusted = replace(runner, secrets={"ANY": "a-secret"})
    job = trusted.run("one.yml", events.pull_request(github, number)).job("one")

    assert job.secrets == frozenset()
    assert job.permissions == {"contents": "read", "pull-requests": "read"}
    assert github.runs[1001].head_owner == ("mallory" if stranger == "fork" else "acme")
    assert job.step("see").log.replace(" ", "") == "any=nonewrite=none\n"


# Triggers

TRIGGERS = """
on:
  push: {branches: [main, "release/**"], paths: ["desired/**", "!desired/**/*.md"]}
  pull_request: {branches: [main], paths: ["desired/**"]}
  schedule: [{cron: "17 3 * * *"}]
"""


@pytest.mark.parametrize(
    ("branch", "path", "begins"),
    [
        ("main", "desired/a/b.yaml", True),
        ("main", "desired/a/b.md", False),
        ("main", "docs/a.yaml", False),
        ("release/1/x", "desired/a.yaml", True),
        ("topic", "desired/a.yaml", False),
    ],
)
def test_push_filters(github: GitHub, runner: Runner, branch: str, path: str, begins: bool) -> None:
    """Branches and paths both have to fit."""
    github.commit("main", {FILE: TRIGGERS + one_job("- run: 'true'\n")})
    github.commit(branch, {"begin.txt": "x\n"})
    before = github.bare.tip(branch)
    assert before is not None
    github.commit(branch, {path: "x\n"})
    runs = runner.deliver(events.pushed(github, branch, before))

    assert bool(runs) is begins


def test_other_triggers(github: GitHub, runner: Runner) -> None:
    """Pull requests by their base and paths, the hour by its cron, and nothing by chance."""
    github.commit("main", {FILE: TRIGGERS + one_job("- run: 'true'\n")})
    github.commit("topic", {"desired/a.yaml": "x\n"})
    github.commit("docs", {"README.md": "x\n"})
    touching, other = github.open_pull("topic").number, github.open_pull("docs").number

    assert runner.deliver(events.pull_request(github, touching))
    assert not runner.deliver(events.pull_request(github, other))
    assert not runner.deliver(events.pull_request(github, touching, "closed"))
    assert runner.deliver(events.schedule(github, "17 3 * * *"))
    assert not runner.deliver(events.schedule(github, "0 0 * * *"))
    with pytest.raises(NotTriggered):
        runner.run("one.yml", events.workflow_dispatch(github))


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "main", True),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("**/x.py", "x.py", True),
        ("**/x.py", "a/b/x.py", True),
        ("a/*.yaml", "a/b/c.yaml", False),
        ("v[12].*", "v1.0", True),
        ("v?1", "1", True),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    """GitHub's own kind of patterns."""
    assert matches([pattern], name) is fits


# Actions


def test_checkout(github: GitHub, run: Running) -> None:
    """Shallow and with the token unless told otherwise; a ref of our own can be fetched."""
    github.commit("main", {"a.txt": "first\n"})
    steps = """
        - uses: actions/checkout@v7
        - id: kept
          run: |
            git rev-list --count HEAD
            git symbolic-ref --short HEAD
            git ls-remote -q origin main | wc -l
        - uses: actions/checkout@v7
          with: {path: deep, fetch-depth: 0, persist-credentials: false, ref: main}
        - id: gone
          working-directory: deep
          run: |
            git rev-list --count HEAD
            git ls-remote -q origin || echo refused
    """
    job = run(one_job(steps, "permissions: {contents: read}\n")).job("one")

    assert job.step("kept").log.split() == ["1", "main", "1"]
    assert job.step("gone").log.split()[0] == "3"
    assert "refused" in job.step("gone").log


def test_checkout_of_a_pull_request(github: GitHub, runner: Runner) -> None:
    """A pull request is checked out as it would be merged, without a branch."""
    steps = """
        - uses: actions/checkout@v7
          with: {fetch-depth: 0}
        - {id: look, run: "ls; git rev-parse HEAD^2; git symbolic-ref -q HEAD || echo detached"}
        - {id: base, run: 'git merge-base "origin/$GITHUB_BASE_REF" HEAD^2'}
    """
    first = github.commit("main", {FILE: "on: pull_request\n" + one_job(steps)})
    head = github.commit("topic", {"topic.txt": "t\n"})
    github.commit("main", {"main.txt": "m\n"})
    number = github.open_pull("topic").number
    job = runner.run("one.yml", events.pull_request(github, number)).job("one")

    assert job.step("look").log.split() == ["main.txt", "topic.txt", head, "detached"]
    assert job.step("base").log.strip() == first


@pytest.mark.parametrize(("level", "pushed"), [("write", True), ("read", False)])
def test_push_from_a_job(github: GitHub, run: Running, level: str, pushed: bool) -> None:
    """A job pushes as far as its token may."""
    steps = """
        - uses: actions/checkout@v7
        - run: git push -q origin HEAD:refs/planogram/applied/shop
    """
    job = run(one_job(steps, f"permissions: {{contents: {level}}}\n")).job("one")

    assert (job.conclusion == "success") is pushed
    assert bool(github.bare.refs("refs/planogram/")) is pushed


def test_artifacts_within_a_run(github: GitHub, run: Running) -> None:
    """Jobs hand over artifacts: by name, by pattern, merged; hidden files stay behind."""
    written = """
        jobs:
          make:
            runs-on: ubuntu-latest
            strategy: {matrix: {target: [shop, pim]}}
            steps:
              - run: |
                  mkdir -p out/deep
                  echo '{}' | tee out/deep/${{ matrix.target }}.json out/.hidden
              - uses: actions/upload-artifact@v7
                with: {name: "plan-${{ matrix.target }}", path: out, retention-days: 5}
          take:
            needs: make
            runs-on: ubuntu-latest
            steps:
              - uses: actions/download-artifact@v8
                with: {name: plan-shop, path: one}
              - uses: actions/download-artifact@v8
                with: {pattern: plan-*, path: each}
              - uses: actions/download-artifact@v8
                with: {pattern: plan-*, path: all, merge-multiple: true}
              - {id: list, run: "find . -type f | sort"}
              - {id: none, uses: actions/download-artifact@v8, with: {name: plan-none}}
    """
    done = run(written)

    assert done.job("take").step("list").log.split() == [
        "./all/deep/pim.json",
        "./all/deep/shop.json",
        "./each/plan-pim/deep/pim.json",
        "./each/plan-shop/deep/shop.json",
        "./one/deep/shop.json",
    ]
    assert "Artifact not found for name: plan-none" in done.job("take").step("none").errors[0]
    assert [one.name for one in github.artifacts.values()] == ["plan-shop", "plan-pim"]


@pytest.mark.parametrize(
    ("policy", "conclusion"), [("error", "failure"), ("warn", "success"), ("ignore", "success")]
)
def test_nothing_to_upload(run: Running, policy: str, conclusion: str) -> None:
    """Whether no file is an error is for the workflow to say."""
    steps = f"""
        - uses: actions/upload-artifact@v7
          with: {{path: "none/*.json", if-no-files-found: {policy}}}
    """

    assert run(one_job(steps)).conclusion == conclusion


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("out", ["deep/a.json", "b.json"]),
        ("out/**/*.json", ["deep/a.json", "b.json"]),
        ("out/*.json", ["b.json"]),
        ("out/deep/a.json", ["a.json"]),
        (".hidden/c.json", ["c.json"]),
        (".hidden", []),
        ("|\n  out/b.json\n  out/deep", ["deep/a.json", "b.json"]),
        ("|\n  out\n  !**/deep/**", ["b.json"]),
    ],
)
def test_what_is_uploaded(github: GitHub, run: Running, path: str, names: list[str]) -> None:
    """Paths, patterns and exclusions name files below what they have in common."""
    steps = f"""
- run: mkdir -p out/deep .hidden; touch out/deep/a.json out/b.json .hidden/c.json
- uses: actions/upload-artifact@v7
  with:
    path: {path.replace(chr(10), chr(10) + "    ")}
"""
    run(one_job(steps))
    contents = [zipfile.ZipFile(io.BytesIO(one.content)) for one in github.artifacts.values()]

    assert sorted(name for one in contents for name in one.namelist()) == sorted(names)


@pytest.mark.parametrize(("level", "taken"), [("read", True), ("none", False)])
def test_artifact_of_another_run(github: GitHub, run: Running, level: str, taken: bool) -> None:
    """Another run's artifact comes through the API, if the token may read actions."""
    make = """
        - run: echo '{}' > plan.json
        - uses: actions/upload-artifact@v7
          with: {name: plan, path: plan.json}
    """
    first = run(one_job(make))
    take = f"""
        - uses: actions/download-artifact@v8
          with: {{name: plan, run-id: {first.id}, github-token: "${{{{ github.token }}}}"}}
        - {{id: read, run: cat plan.json}}
    """
    job = run(one_job(take, f"permissions: {{actions: {level}}}\n")).job("one")

    assert (job.step("read").log == "{}\n") is taken


def test_app_token(github: GitHub, run: Running) -> None:
    """An app's token is its own, may what was asked for, and is masked; without a key none."""
    steps = """
        - id: app
          uses: actions/create-github-app-token@v3
          with: {client-id: c, private-key: "${{ secrets.KEY }}", permission-pull-requests: write}
        - {id: leak, run: "echo ${{ steps.app.outputs.token }}"}
    """
    done = run(one_job(steps), secrets={"KEY": "k"}).job("one")
    without = run(one_job(steps)).job("one")
    token = github.tokens[done.step("app").outputs["token"]]

    assert (token.actor.login, token.permissions) == (
        "planogram[bot]",
        {"pull-requests": "write"},
    )
    assert done.step("leak").log == "***\n"
    assert without.step("app").outcome == "failure"


def test_composite_action(github: GitHub, run: Running) -> None:
    """A local action has inputs and outputs of its own, and a failure before it is not its own."""
    action = """
        name: Greet
        inputs: {who: {default: you}, how: {required: true}}
        outputs: {said: {value: "${{ steps.say.outputs.said }}"}}
        runs:
          using: composite
          steps:
            - id: say
              shell: bash
              run: echo "said=${{ inputs.how }} ${{ inputs.who }}" >> $GITHUB_OUTPUT
            - {shell: bash, run: 'basename "$GITHUB_ACTION_PATH"; echo "$COLOUR"'}
            - {if: "inputs.who == 'nobody'", shell: bash, run: exit 1}
    """
    github.commit("main", {"greet/action.yml": dedent(action)})
    steps = """
        - uses: actions/checkout@v7
        - {id: greet, uses: ./greet, with: {how: hello}, env: {COLOUR: green}}
        - {id: heard, run: "echo ${{ steps.greet.outputs.said }}"}
        - {id: fails, uses: ./greet, with: {how: hello, who: nobody}}
        - {id: after, run: echo no}
        - {id: rescue, if: failure(), uses: ./greet, with: {how: hello}}
    """
    job = run(one_job(steps)).job("one")

    assert job.step("rescue").outputs == {"said": "hello you"}
    assert job.step("heard").log == "hello you\n"
    assert "greet\ngreen\n" in job.step("greet").log
    assert (job.step("fails").outcome, job.step("after").outcome) == ("failure", "skipped")


def test_this_interpreter(run: Running) -> None:
    """The interpreter of the tests is first on the path, and the program beside it."""
    steps = """
        - {id: py, uses: actions/setup-python@v7, with: {python-version: "3.11"}}
        - {id: which, run: 'python -c "import sys; print(sys.executable)"'}
        - {id: ours, run: planogram --help}
    """
    job = run(one_job(steps)).job("one")

    assert job.step("which").log.strip() == job.step("py").outputs["python-path"]
    assert job.step("ours").outcome == "success"


# What is refused


@pytest.mark.parametrize(
    "steps",
    [
        "- uses: somebody/action@v1\n",
        "- uses: actions/checkout\n",
        "- {uses: actions/checkout@v7, with: {fetch_all: true}}\n",
        "- {run: 'true', shell: pwsh}\n",
        "- {run: 'true', unless: x}\n",
        "- {run: 'true', uses: ./}\n",
        "- {id: a, run: 'true'}\n- {id: a, run: 'true'}\n",
        "- uses: ./nowhere\n",
    ],
)
def test_unknown_words(run: Running, steps: str) -> None:
    """What this runner does not know is never passed over."""
    with pytest.raises(WorkflowError):
        run(one_job(steps))


@pytest.mark.parametrize(
    "steps",
    [
        "- {if: secrets.ANY, run: 'true'}\n",
        "- run: echo ${{ steps.nobody.outputs.x }}\n",
        "- run: echo ${{ needs.nobody.result }}\n",
        "- run: echo ${{ github.evnt }}\n",
    ],
)
def test_misspelt_expressions(run: Running, steps: str) -> None:
    """A name that can not exist is an error, where GitHub would say nothing."""
    with pytest.raises(ExpressionError):
        run(one_job(steps))


def test_jobs_that_do_not_fit() -> None:
    """Jobs that need what is not there are refused when read."""
    job = "{runs-on: x, needs: two, steps: []}"

    with pytest.raises(WorkflowError, match="needs two"):
        read_workflow(f"on: push\njobs: {{one: {job}}}\n")
