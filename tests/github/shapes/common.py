"""The shapes that all others hold: users, apps, the repository."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tests.github.people import Actor, person

if TYPE_CHECKING:
    from tests.github.emulated import GitHub

EPOCH: Final = "2026-01-01T00:00:00Z"
APP_IDS: Final = {"github-actions": 15368, "dependabot": 29110}

_USER_URLS: Final = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_URLS: Final = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_COUNTS: Final = (
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
)
_CLAIMS: Final = ("has_downloads", "has_issues", "has_projects", "has_wiki")


def stamp(moment: datetime) -> str:
    """A time in GitHub's form: whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node(kind: str, number: object) -> str:
    """An opaque id of the kind that the GraphQL API uses."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(github: GitHub, actor: Actor) -> dict[str, Any]:
    """A person or a bot."""
    url = f"{github.api_url}/users/{actor.login.replace('[', '%5B').replace(']', '%5D')}"
    return {
        "login": actor.login,
        "id": actor.id,
        "node_id": node("User", actor.id),
        "avatar_url": f"{github.web_url}/avatars/{actor.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{github.web_url}/{(actor.app and 'apps/' + actor.app) or actor.login}",
        "type": actor.type,
        "site_admin": False,
        **{name: url + end for name, end in _USER_URLS.items()},
    }


def integration(github: GitHub, actor: Actor) -> dict[str, Any] | None:
    """The app behind a bot; a person has none."""
    if actor.app is None:
        return None
    return {
        "id": APP_IDS.get(actor.app, actor.id),
        "slug": actor.app,
        "node_id": node("App", actor.app),
        "owner": user(github, person("github")),
        "name": actor.app.replace("-", " ").title(),
        "description": "",
        "external_url": f"{github.web_url}/apps/{actor.app}",
        "html_url": f"{github.web_url}/apps/{actor.app}",
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "permissions": {"metadata": "read"},
        "events": [],
    }


def association(github: GitHub, actor: Actor) -> str:
    """How somebody stands to the repository."""
    if actor.login == github.owner:
        return "OWNER"
    return "COLLABORATOR" if actor.login in github.collaborators else "NONE"


def repository(github: GitHub, owner: str | None = None) -> dict[str, Any]:
    """Our repository, or the fork that somebody has of it."""
    holder = person(owner or github.owner)
    url = f"{github.api_url}/repos/{holder.login}/{github.name}"
    web = f"{github.web_url}/{holder.login}/{github.name}"
    return {
        "id": holder.id,
        "node_id": node("Repository", holder.login),
        "name": github.name,
        "full_name": f"{holder.login}/{github.name}",
        "owner": user(github, holder),
        "private": github.private,
        "visibility": "private" if github.private else "public",
        "html_url": web,
        "description": None,
        "fork": holder.login != github.owner,
        "url": url,
        "git_url": f"git:{web.partition(':')[2]}.git",
        "ssh_url": f"git@127.0.0.1:{holder.login}/{github.name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": github.default_branch,
        "has_pages": False,
        "archived": False,
        "disabled": False,
        "pushed_at": EPOCH,
        "created_at": EPOCH,
        "updated_at": EPOCH,
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(_CLAIMS, True),
        **{name: url + end for name, end in _REPOSITORY_URLS.items()},
    }
