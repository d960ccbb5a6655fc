"""The emulated GitHub behaves as the real one does where a reconciler's loop touches it."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.github import branches, events
from tests.github.description import Description, Request
from tests.github.emulated import GitHub
from tests.github.people import ACTIONS
from tests.github.refusals import secondary_limit

EVERYTHING = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "pull-requests": "write",
    "statuses": "write",
}


@pytest.fixture
def api(github: GitHub) -> Iterator[httpx.Client]:
    """A job's client that may do everything."""
    with github.client(github.token(EVERYTHING)) as client:
        yield client


@pytest.fixture
def pull(github: GitHub) -> int:
    """An open pull request of two commits."""
    github.commit("topic", {"desired/a.yaml": "a: 1\n"}, "First")
    github.commit("topic", {"desired/b.yaml": "b: 2\n"}, "Second")
    return github.open_pull("topic", title="Two files").number


# Comments and issues


def test_comment_lives(api: httpx.Client, pull: int) -> None:
    """A comment is written by the bot, found in the list, edited and deleted."""
    made = api.post(f"/issues/{pull}/comments", json={"body": "plan"}).json()
    edited = api.patch(f"/issues/comments/{made['id']}", json={"body": "plan 2"}).json()
    listed = api.get(f"/issues/{pull}/comments").json()
    deleted = api.delete(f"/issues/comments/{made['id']}")

    assert (made["user"]["login"], made["user"]["type"]) == ("github-actions[bot]", "Bot")
    assert made["performed_via_github_app"]["slug"] == "github-actions"
    assert edited["body"] == "plan 2"
    assert [one["id"] for one in listed] == [made["id"]]
    assert deleted.status_code == 204
    assert api.get(f"/issues/comments/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("method", "words", "field"),
    [
        ("POST", "Body is too long (maximum is 65536 characters)", "data"),
        ("PATCH", "body is too long (maximum is 65536 characters)", "body"),
    ],
)
def test_comment_too_long(
    github: GitHub, api: httpx.Client, pull: int, method: str, words: str, field: str
) -> None:
    """65,536 characters fit, signs outside of ASCII counting one; one more is refused."""
    comment = github.write_comment(pull, "before", ACTIONS)
    path = f"/issues/{pull}/comments" if method == "POST" else f"/issues/comments/{comment.id}"
    longest = api.request(method, path, json={"body": "»" * 65_536})
    refused = api.request(method, path, json={"body": "»" * 65_537})

    assert longest.is_success
    assert refused.status_code == 422
    assert refused.json()["message"] == "Validation Failed"
    assert refused.json()["errors"][0]["message"] == words
    assert refused.json()["errors"][0]["field"] == field


def test_comment_of_a_stranger(github: GitHub, api: httpx.Client, pull: int) -> None:
    """A stranger may copy our hidden header into a comment, but not touch ours."""
    ours = api.post(f"/issues/{pull}/comments", json={"body": "<!-- planogram -->"}).json()
    with github.client(github.person("mallory", "read")) as mallory:
        copied = mallory.post(f"/issues/{pull}/comments", json={"body": ours["body"]})
        edited = mallory.patch(f"/issues/comments/{ours['id']}", json={"body": "mine"})

    assert copied.status_code == 201
    assert copied.json()["user"]["login"] == "mallory"
    assert copied.json()["performed_via_github_app"] is None
    assert copied.json()["author_association"] == "NONE"
    assert edited.status_code == 403


def test_issue_lives(api: httpx.Client, pull: int) -> None:
    """An issue is opened with labels, found by them, closed with a reason, and reopened."""
    body = {"title": "Drift", "body": "one", "labels": ["drift"]}
    number = api.post("/issues", json=body).json()["number"]
    api.post(f"/issues/{number}/labels", json={"labels": ["night"]})
    found = api.get("/issues", params={"labels": "drift,night", "creator": "github-actions[bot]"})
    closed = api.patch(f"/issues/{number}", json={"state": "closed", "state_reason": "completed"})
    gone = api.get("/issues", params={"labels": "drift"}).json()
    reopened = api.patch(f"/issues/{number}", json={"state": "open"}).json()

    assert [one["number"] for one in found.json()] == [number]
    assert closed.json()["closed_by"]["login"] == "github-actions[bot]"
    assert gone == []
    assert (reopened["state"], reopened["closed_at"]) == ("open", None)


def test_pull_is_an_issue(api: httpx.Client, pull: int) -> None:
    """The list of issues holds pull requests too, and says which are."""
    api.post("/issues", json={"title": "Drift"})
    listed = api.get("/issues", params={"state": "all"}).json()

    assert ["pull_request" in one for one in listed] == [False, True]


def test_search(api: httpx.Client, pull: int) -> None:
    """The search finds by label, kind and words."""
    api.post("/issues", json={"title": "Drift was found", "labels": ["drift"]})
    query = 'repo:acme/catalog is:issue is:open label:"drift" in:title "drift was"'
    found = api.get(str(api.base_url).split("/repos")[0] + "/search/issues", params={"q": query})

    assert [one["title"] for one in found.json()["items"]] == ["Drift was found"]


# Pages


def test_pages(github: GitHub, api: httpx.Client, pull: int) -> None:
    """Thirty a page unless asked, never more than a hundred, and links lead through all."""
    for number in range(205):
        github.write_comment(pull, f"comment {number}", "alice")
    first = api.get(f"/issues/{pull}/comments")
    page = api.get(f"/issues/{pull}/comments", params={"per_page": 500})
    seen = page.json()
    while link := page.links.get("next"):
        page = api.get(link["url"])
        seen += page.json()

    assert len(first.json()) == 30
    assert page.links["first"]["url"].startswith(github.repo_url)
    assert [one["body"] for one in seen] == [f"comment {number}" for number in range(205)]


# Checks and statuses


def test_annotations_are_added(github: GitHub, api: httpx.Client, pull: int) -> None:
    """Fifty annotations a request, added to those before; fifty-one are refused."""
    sha = github.bare.tip("topic")
    note = {
        "path": "desired/a.yaml",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "notice",
        "message": "update",
    }
    output = {"title": "Plan", "summary": "60 changes", "annotations": [note] * 50}
    body = {"name": "plan", "head_sha": sha, "status": "in_progress", "output": output}
    made = api.post("/check-runs", json=body).json()
    path = f"/check-runs/{made['id']}"
    more = {"output": output | {"annotations": [note] * 10}, "conclusion": "neutral"}
    done = api.patch(path, json=more).json()
    refused = api.patch(path, json={"output": output | {"annotations": [note] * 51}})
    last = api.get(f"{path}/annotations", params={"per_page": 50, "page": 2}).json()

    assert (done["status"], done["conclusion"]) == ("completed", "neutral")
    assert done["output"]["annotations_count"] == 60
    assert done["pull_requests"][0]["number"] == pull
    assert len(last) == 10
    assert refused.status_code == 422
    assert "No more than 50 items are allowed; 51 were supplied." in refused.json()["message"]


@pytest.mark.parametrize("field", ["summary", "text"])
@pytest.mark.parametrize(
    ("text", "words"),
    [("x" * 65_536, "Only 65535 characters are allowed"), ("»" * 40_000, "maximum bytesize")],
)
def test_output_too_long(
    github: GitHub, api: httpx.Client, pull: int, field: str, text: str, words: str
) -> None:
    """A check's texts are limited in characters, and in bytes too."""
    output = {"title": "Plan", "summary": "", field: text}
    body = {"name": "plan", "head_sha": github.bare.tip("topic"), "output": output}
    refused = api.post("/check-runs", json=body)

    assert refused.status_code == 422
    assert words in refused.text


def test_checks_of_a_commit(github: GitHub, api: httpx.Client, pull: int) -> None:
    """Of each name the newest check is listed; people can not make any."""
    for conclusion in ("failure", "success"):
        body = {"name": "plan", "head_sha": github.bare.tip("topic"), "conclusion": conclusion}
        api.post("/check-runs", json=body)
    listed = api.get("/commits/topic/check-runs", params={"check_name": "plan"}).json()
    with github.client(github.person("alice")) as alice:
        refused = alice.post("/check-runs", json=body)

    assert [one["conclusion"] for one in listed["check_runs"]] == ["success"]
    assert refused.status_code == 403


def test_statuses(github: GitHub, api: httpx.Client, pull: int) -> None:
    """The newest status of each context counts; a long description is refused."""
    sha = github.bare.tip("topic")
    for state in ("pending", "success"):
        api.post(f"/statuses/{sha}", json={"state": state, "context": "planogram/shop"})
    long = {"state": "success", "context": "planogram/shop", "description": "x" * 141}
    refused = api.post(f"/statuses/{sha}", json=long)
    combined = api.get("/commits/topic/status").json()

    assert (combined["state"], combined["total_count"]) == ("success", 1)
    assert len(api.get(f"/commits/{sha}/statuses").json()) == 2
    assert refused.status_code == 422
    assert "description is too long (maximum is 140 characters)" in refused.text


# Pull requests


def test_pull_follows_its_branch(github: GitHub, api: httpx.Client, pull: int) -> None:
    """A push to the branch is seen at once, and the commit for checking out follows."""
    before = api.get(f"/pulls/{pull}").json()
    new = github.commit("topic", {"desired/c.yaml": "c: 3\n"})
    after = api.get(f"/pulls/{pull}").json()
    files = api.get(f"/pulls/{pull}/files").json()

    assert (before["commits"], after["commits"]) == (2, 3)
    assert after["head"]["sha"] == new
    assert github.bare.commit(f"refs/pull/{pull}/merge").parents[1] == new
    assert [(one["filename"], one["status"]) for one in files][2] == ("desired/c.yaml", "added")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_merged(github: GitHub, api: httpx.Client, pull: int, method: str) -> None:
    """All three ways land the files; each commit that landed names its pull request."""
    head = github.bare.tip("topic")
    github.commit("main", {"other.txt": "meanwhile\n"})
    push = github.merge(pull, method)
    merged = api.get(f"/pulls/{pull}").json()
    landed = github.bare.between(push.before, push.after)
    found = [api.get(f"/commits/{sha}/pulls").json() for sha in landed]

    assert (merged["merged"], merged["merge_commit_sha"]) == (True, push.after)
    assert merged["head"]["sha"] == head
    assert github.bare.git("show", "main:desired/b.yaml") == "b: 2"
    assert len(landed) == {"merge": 3, "squash": 1, "rebase": 2}[method]
    assert (head in landed) is (method == "merge")
    assert [[one["number"] for one in pulls] for pulls in found] == [[pull]] * len(landed)


def test_pulls_of_a_commit(github: GitHub, api: httpx.Client, pull: int) -> None:
    """An open pull request is found by its commits; what nobody reviewed belongs to none."""
    direct = github.commit("main", {"direct.txt": "pushed\n"})
    head = api.get(f"/commits/{github.bare.tip('topic')}/pulls").json()

    assert [one["number"] for one in head] == [pull]
    assert api.get(f"/commits/{direct}/pulls").json() == []


def test_pull_opened_by_a_workflow(github: GitHub, api: httpx.Client) -> None:
    """A workflow's token opens one pull request a branch, if the repository allows it."""
    github.commit("adopt", {"desired/a.yaml": "a: 1\n"})
    body = {"title": "Adopt", "head": "adopt", "base": "main"}
    github.actions_may_open_pulls = False
    forbidden = api.post("/pulls", json=body)
    github.actions_may_open_pulls = True
    made = api.post("/pulls", json=body)
    again = api.post("/pulls", json=body)
    empty = api.post("/pulls", json=body | {"head": "main"})
    listed = api.get("/pulls", params={"head": "acme:adopt", "state": "open"}).json()

    assert forbidden.status_code == 403
    assert made.json()["user"]["login"] == "github-actions[bot]"
    assert "A pull request already exists for acme:adopt." in again.text
    assert "No commits between main and main" in empty.text
    assert [one["number"] for one in listed] == [made.json()["number"]]


def test_pull_of_a_fork(github: GitHub, api: httpx.Client) -> None:
    """A fork's branch is another repository's, and its commits can be fetched from ours."""
    fork = github.fork("mallory")
    github.commit("main", {"later.txt": "x\n"})
    sha = branches.commit(fork, "evil", {"desired/x.yaml": "x\n"}, "Evil", "main")
    number = github.open_pull("mallory:evil", author="mallory").number
    shown = api.get(f"/pulls/{number}").json()

    assert github.pulls_at(sha) == []
    assert shown["head"]["repo"]["full_name"] == "mallory/catalog"
    assert shown["head"]["sha"] == github.bare.sha(f"refs/pull/{number}/head") == sha


# References


def test_references(github: GitHub, api: httpx.Client) -> None:
    """References are made, moved forward, moved back by force, and deleted, in GitHub's words."""
    first = github.bare.tip("main")
    second = github.commit("main", {"a.txt": "a\n"})
    ref = {"ref": "refs/planogram/applied/shop", "sha": second}
    made = api.post("/git/refs", json=ref)
    again = api.post("/git/refs", json=ref)
    back = api.patch("/git/refs/planogram/applied/shop", json={"sha": first})
    forced = api.patch("/git/refs/planogram/applied/shop", json={"sha": first, "force": True})
    matching = api.get("/git/matching-refs/planogram/").json()
    deleted = api.delete("/git/refs/planogram/applied/shop")

    assert made.status_code == 201
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    assert back.json()["message"] == "Update is not a fast forward"
    assert forced.json()["object"]["sha"] == first
    assert [one["ref"] for one in matching] == ["refs/planogram/applied/shop"]
    assert deleted.status_code == 204
    assert api.get("/git/ref/planogram/applied/shop").json()["message"] == "Not Found"


def test_comparison(github: GitHub, api: httpx.Client, pull: int) -> None:
    """Branches are compared from where they parted."""
    github.commit("main", {"other.txt": "x\n"})
    compared = api.get("/compare/main...topic").json()

    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("diverged", 2, 1)
    assert [one["filename"] for one in compared["files"]] == ["desired/a.yaml", "desired/b.yaml"]
    assert api.get("/branches/topic").json()["commit"]["sha"] == github.bare.tip("topic")


# Runs and artifacts


@pytest.fixture
def artifact(github: GitHub, pull: int) -> int:
    """A plan that a run on the pull request's head left."""
    sha = github.bare.tip("topic")
    assert sha is not None
    run = github.start_run("plan.yml", "pull_request", "topic", sha, ACTIONS)
    run.status, run.conclusion = "completed", "success"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("plan.json", "{}")
    return github.store_artifact(run.id, "plan", content.getvalue(), days=5).id


def test_artifact_is_found(github: GitHub, api: httpx.Client, artifact: int) -> None:
    """A run is found by its head and event, its artifact by name, its content on another host."""
    query = {"head_sha": github.bare.tip("topic"), "event": "pull_request", "status": "success"}
    run = api.get("/actions/runs", params=query).json()["workflow_runs"][0]
    listed = api.get(f"/actions/runs/{run['id']}/artifacts", params={"name": "plan"}).json()
    moved = api.get(f"/actions/artifacts/{artifact}/zip")
    content = httpx.get(moved.headers["location"]).content

    assert [one["id"] for one in listed["artifacts"]] == [artifact]
    assert moved.status_code == 302
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["plan.json"]


def test_artifact_expires(github: GitHub, api: httpx.Client, artifact: int) -> None:
    """An expired artifact stays listed, says so, and is gone."""
    github.pass_time(timedelta(days=6))
    listed = api.get("/actions/artifacts", params={"name": "plan"}).json()["artifacts"]
    gone = api.get(f"/actions/artifacts/{artifact}/zip")

    assert [one["expired"] for one in listed] == [True]
    assert (gone.status_code, gone.json()["message"]) == (410, "Artifact has expired")


def test_token_shown_to_the_other_host(github: GitHub, api: httpx.Client, artifact: int) -> None:
    """A client that takes the token along to the artifacts' host is caught."""
    link = api.get(f"/actions/artifacts/{artifact}/zip").headers["location"]
    shown = httpx.get(link, headers={"Authorization": api.headers["authorization"]})
    found, github.violations[:] = list(github.violations), []

    assert shown.status_code == 401
    assert found == ["a token was shown to the host of the artifacts"]


def test_dispatch(github: GitHub, api: httpx.Client) -> None:
    """A dispatch makes a run that waits; strange inputs and files without the trigger do not."""
    begin = "on: {workflow_dispatch: {inputs: {plan: {required: true}}}}\n"
    job = "jobs: {one: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
    files = {
        ".github/workflows/apply.yml": begin + job,
        ".github/workflows/check.yml": "on: push\n" + job,
    }
    github.commit("main", files)
    body = {"ref": "main", "inputs": {"plan": "7"}, "return_run_details": True}
    started = api.post("/actions/workflows/apply.yml/dispatches", json=body)
    silent = api.post(
        "/actions/workflows/apply.yml/dispatches", json={**body, **{"return_run_details": False}}
    )
    strange = api.post(
        "/actions/workflows/apply.yml/dispatches", json=body | {"inputs": {"plan": "7", "x": "1"}}
    )
    wrong = api.post("/actions/workflows/check.yml/dispatches", json={"ref": "main"})
    waiting = api.get("/actions/workflows/apply.yml/runs", params={"status": "queued"}).json()

    assert started.json()["workflow_run_id"] in [one["id"] for one in waiting["workflow_runs"]]
    assert silent.status_code == 204
    assert "Unexpected inputs provided" in strange.json()["message"]
    assert "does not have 'workflow_dispatch' trigger" in wrong.json()["message"]
    assert api.post("/actions/workflows/no.yml/dispatches", json={"ref": "main"}).is_error


# Who may


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("GET", "/pulls/1", None, "pull-requests:read"),
        ("PATCH", "/pulls/1", {"title": "T"}, "pull-requests:write"),
        ("GET", "/issues/1/comments", None, "issues:read"),
        ("POST", "/issues/1/comments", {"body": "b"}, "issues:write"),
        ("POST", "/issues/1/comments", {"body": "b"}, "pull-requests:write"),
        ("POST", "/issues", {"title": "T"}, "issues:write"),
        ("POST", "/check-runs", {"name": "n", "head_sha": "topic"}, "checks:write"),
        ("POST", "/statuses/topic", {"state": "success", "context": "c"}, "statuses:write"),
        ("GET", "/actions/runs", None, "actions:read"),
        ("GET", "/git/ref/heads/main", None, "contents:read"),
        ("POST", "/git/refs", {"ref": "refs/heads/new", "sha": "HEAD"}, "contents:write"),
    ],
)
def test_permissions(
    github: GitHub, pull: int, method: str, path: str, body: dict[str, str] | None, permission: str
) -> None:
    """Each operation needs its own permission, and nothing else opens it."""
    scope, _, level = permission.partition(":")
    if body and body.get("sha"):
        body = body | {"sha": github.bare.git("rev-parse", "main")}
    others = dict.fromkeys(EVERYTHING, "write") | {scope: "none" if level == "read" else "read"}
    if "/comments" in path:
        others |= {"issues": "none", "pull-requests": "none"}
    if path == "/pulls/1":
        others.pop("pull-requests")
    with github.client(github.token(others)) as without:
        refused = without.request(method, path, json=body)
    with github.client(github.token({scope: level})) as allowed:
        done = allowed.request(method, path, json=body)

    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert done.is_success


def test_strangers(github: GitHub, api: httpx.Client) -> None:
    """No token, a wrong one, another repository, and a job that asks who it is."""
    with github.client("ghs_wrong") as wrong:
        bad = wrong.get("/pulls")
    nobody = httpx.get(f"{github.repo_url}/pulls")
    elsewhere = api.get(f"{github.api_url}/repos/acme/other/pulls")
    me = api.get(f"{github.api_url}/user")
    with github.client(github.person("alice")) as alice:
        person = alice.get(f"{github.api_url}/user")

    assert (bad.status_code, bad.json()["message"]) == (401, "Bad credentials")
    assert (nobody.status_code, nobody.json()["message"]) == (401, "Requires authentication")
    assert elsewhere.status_code == 404
    assert (me.status_code, me.json()["message"]) == (
        403,
        "Resource not accessible by integration",
    )
    assert person.json()["login"] == "alice"


# What goes wrong


def test_faults(github: GitHub, api: httpx.Client, pull: int) -> None:
    """A limit and a broken proxy befall the requests they are for; one loses only the answer."""
    github.fail(secondary_limit(7), method="POST", path="/comments")
    github.fail(502, method="POST", path="/comments", after=True)
    path, body = f"/issues/{pull}/comments", {"body": "plan"}
    limited, lost = api.post(path, json=body), api.post(path, json=body)

    assert (limited.status_code, limited.headers["retry-after"]) == (403, "7")
    assert "exceeded a secondary rate limit" in limited.json()["message"]
    assert lost.status_code == 502
    assert len(github.comments_of(pull)) == 1
    assert "remaining" in api.get(f"{github.api_url}/rate_limit").text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/teams", None),
        ("GET", "/pulls?state=opened", None),
        ("GET", "/pulls?author=alice", None),
        ("GET", "/pulls/first", None),
        ("POST", "/issues", {"body": "no title"}),
        ("POST", "/issues", {"title": "T", "label": ["x"]}),
        ("POST", "/issues/1/comments", {"body": 7}),
    ],
)
def test_violations(
    github: GitHub, api: httpx.Client, pull: int, method: str, path: str, body: object
) -> None:
    """What GitHub's description does not know is told, and fails the test that did it."""
    answer = api.request(method, path, json=body)
    found, github.violations[:] = list(github.violations), []

    assert answer.status_code == 500
    assert len(found) == 1


def test_broken_body(github: GitHub, api: httpx.Client) -> None:
    """What breaks the emulation itself fails the test too."""
    answer = api.post("/issues", content=b"{no json")
    found, github.violations[:] = list(github.violations), []

    assert answer.status_code == 500
    assert "JSONDecodeError" in found[0]


def test_wrong_answer_is_seen(description: Description) -> None:
    """The emulation's own answers are checked: a field left out, a state made up, a bad time."""
    operation = description.find("GET", "/repos/a/b/git/ref/heads/x")
    assert operation is not None
    good = {
        "ref": "refs/heads/x",
        "node_id": "n",
        "url": "http://127.0.0.1",
        "object": {"type": "commit", "sha": "0" * 40, "url": "http://127.0.0.1"},
    }
    bad = good | {"object": {"type": "commit", "sha": "0" * 39, "url": "http://127.0.0.1"}}

    assert list(operation.answer_objections(200, good)) == []
    assert list(operation.answer_objections(200, bad))
    assert list(operation.answer_objections(200, {**good, "ref": None}))
    assert list(operation.answer_objections(201, good))
    assert list(operation.objections(Request("GET", "/repos/a/b/git/ref/heads/x", {}, {"a": 1})))


# Git


def git(github: GitHub, folder: Path, token: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Git with a token, as a workflow has it."""
    url = github.html_url.replace("://", f"://x-access-token:{token}@")
    command = ["git", "-C", str(folder), *(word.replace("URL", url) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("permissions", "cloned", "pushed"),
    [({"contents": "write"}, True, True), ({"contents": "read"}, True, False), ({}, False, False)],
)
def test_git_by_token(
    github: GitHub, tmp_path: Path, permissions: dict[str, str], cloned: bool, pushed: bool
) -> None:
    """Cloning needs to read contents, pushing to write them, also to references of our own."""
    token = github.token(permissions)
    clone = git(github, tmp_path, token, "clone", "--quiet", "--depth=1", "URL", "work")
    ref = "HEAD:refs/planogram/applied/shop"
    push = git(github, tmp_path / "work", token, "push", "--quiet", "origin", ref)

    assert (clone.returncode == 0) is cloned
    assert (push.returncode == 0) is pushed
    assert bool(github.bare.refs("refs/planogram/")) is pushed


def test_protected_branch(github: GitHub, tmp_path: Path) -> None:
    """A workflow's token does not push to a protected branch, and another branch is noted."""
    github.protected.add("main")
    token = github.token({"contents": "write"})
    git(github, tmp_path, token, "clone", "--quiet", "URL", "work")
    commit = git(github, tmp_path / "work", token, "commit", "--allow-empty", "-m", "Empty")
    refused = git(github, tmp_path / "work", token, "push", "origin", "main")
    allowed = git(github, tmp_path / "work", token, "push", "origin", "main:adopt")

    assert commit.returncode == 0
    assert "GH006: Protected branch update failed" in refused.stderr
    assert allowed.returncode == 0
    assert [(one.branch, one.actor.login) for one in github.pushes] == [
        ("adopt", "github-actions[bot]")
    ]


def test_events(github: GitHub, pull: int) -> None:
    """Events carry what GitHub's do: both ends of a pull request, the commits of a push."""
    opened = events.pull_request(github, pull)
    moved = events.push(github, github.merge(pull, "squash"))

    assert opened.payload["pull_request"]["head"]["sha"] == opened.head_sha
    assert opened.sha != opened.head_sha
    assert [one["message"].splitlines()[0] for one in moved.payload["commits"]] == [
        f"Two files (#{pull})"
    ]
