"""Whatever happens in whatever order: the rules of product state hold, and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from reconciler.capsule import invariants, progress, queues, reconciliation, steps
from reconciler.capsule.evidence import Row
from reconciler.capsule.state import Stage, read_state
from tests.capsule.example import again, medium, picture, record, seen, work

CPIS = {"8301-000001": "arp-dress-black", "8301-000102": "arp-dress-ivory", "1-2": "belt-tan"}
NAMES = ("a.jpg", "b_hero_image.jpg", "c_hero_image.jpg", None)

cpis = st.sampled_from(sorted(CPIS))
words = st.sampled_from(["WROTE", "NOOP_ALREADY_SET", "HELD", "FAILED"])


class Season(RuleBasedStateMachine):
    """Admins edit the shop; commands inspect, reconcile, write and advance; people lock, unlock
    and roll back."""

    def __init__(self) -> None:
        super().__init__()
        parts: dict[str, Any] = {
            "import__anomaly_accepted": False,
            "images__expected__count": 1,
            "import__imported": False,
            "import__imported_at": None,
            "promotion__stage": "PRE_FLIGHT",
        }
        records = [
            record(handle=handle, cpi=cpi, **parts, is_accessory=cpi == "1-2")
            for cpi, handle in CPIS.items()
        ]
        swatch = {"assets/swatches/S226_8301-000001.png": picture()}
        self.done = work(*records, files=swatch)
        self.shop: dict[str, dict[str, Any] | None] = {cpi: {"media": ()} for cpi in CPIS}
        self.before = self.done
        self.clock = 0
        self.told_to_unlock = False

    def step(self) -> Any:
        self.clock += 1
        self.before = self.done
        self.told_to_unlock = False
        now = f"2026-11-27T{self.clock // 60 % 24:02}:{self.clock % 60:02}:00Z"
        self.done = again(self.done, now)
        self.done.cpis = ()
        return self.done

    def rows(self) -> list[Any]:
        return [
            seen(*shop["media"], cpi=cpi, handle=CPIS[cpi], **shop.get("more", {}))
            if shop is not None
            else Row(cpi, CPIS[cpi], None)
            for cpi, shop in self.shop.items()
        ]

    @rule(cpi=cpis, names=st.lists(st.sampled_from(NAMES), max_size=3))
    def admin_edits_media(self, cpi: str, names: list[str | None]) -> None:
        media = tuple(medium(name, n) for n, name in enumerate(names, start=1))
        self.shop[cpi] = {**(self.shop[cpi] or {}), "media": media}

    @rule(cpi=cpis, active=st.booleans(), written=st.booleans())
    def admin_edits_product(self, cpi: str, active: bool, written: bool) -> None:
        lost = [] if written else ["look_image", "style_A"]
        more = {"is_active": active, "status": "ACTIVE" if active else "DRAFT", "lost": lost}
        self.shop[cpi] = {"media": (), **(self.shop[cpi] or {}), "more": more}

    @rule(cpi=cpis)
    def admin_deletes(self, cpi: str) -> None:
        self.shop[cpi] = None

    @rule()
    def inspects_and_derives(self) -> None:
        done = self.step()
        steps.inspect(done, self.rows(), done.folder.inspection_path, pretty=True)
        steps.derive(done, self.rows(), done.folder.inspection_path)

    @rule()
    def reconciles(self) -> None:
        reconciliation.reconcile(self.step(), self.rows())

    @rule()
    def registers_and_promotes(self) -> None:
        done = self.step()
        steps.register_swatches(done)
        steps.promote_swatches(done)
        steps.promote_actions(done)
        steps.enrich_tags(done, {handle: ["style_A"] for handle in CPIS.values()}, "csv")

    @rule(cpi=cpis, look=words, swatch=words, collection=words)
    def applies(self, cpi: str, look: str, swatch: str, collection: str) -> None:
        result = progress.Result(
            {"look_image": look, "swatch_image": swatch}, {"style_A": collection}
        )
        progress.progress(self.step(), {CPIS[cpi]: result}, f"run-{self.clock}")

    @rule(cpi=cpis, locked=st.booleans())
    def locks(self, cpi: str, locked: bool) -> None:
        done = self.step()
        done.cpis, self.told_to_unlock = (cpi,), True
        steps.lock(done, locked=locked)

    @rule(cpi=cpis, to=st.sampled_from([*Stage, None]))
    def rolls_back(self, cpi: str, to: Stage | None) -> None:
        done = self.step()
        done.cpis, self.told_to_unlock = (cpi,), True
        steps.roll_back(done, to)

    @invariant()
    def the_rules_hold(self) -> None:
        """By itself, and since the last moment; what is frozen did not move; LIVE came locked."""
        here, there = (
            read_state(one.folder.text(one.folder.state_path) or "")
            for one in (self.before, self.done)
        )
        wrong = [
            *invariants.broken(there.state, "S226"),
            *invariants.moved(here.state, there.state),
            *invariants.commanded(here.data, there.data, may_unlock=self.told_to_unlock),
        ]
        assert wrong == []
        for handle, now in there.state.products.items():
            was = here.state.products[handle].promotion.stage
            stage = now.promotion.stage
            assert stage.height >= was.height or self.told_to_unlock
            if stage is Stage.LIVE and was is not Stage.LIVE:
                assert now.promotion.locked

    @invariant()
    def logs_only_grow_and_ask_once(self) -> None:
        """What was written stays, and no question stands twice."""
        for path in (
            self.done.folder.drift_path,
            self.done.folder.swatch_queue_path,
            self.done.folder.review_queue_path,
            "manifests/images_manifest.jsonl",
        ):
            before, after = self.before.folder.text(path), self.done.folder.text(path)
            assert (after or "").startswith(before or "")
        for path in (self.done.folder.swatch_queue_path, self.done.folder.review_queue_path):
            asked: list[tuple[str, str]] = []
            for row in self.done.folder.log(path):
                key = (row["cpi"], row["reason"])
                if row.get("resolved_at"):
                    asked.remove(key)
                else:
                    assert key not in asked
                    asked.append(key)
            queue = queues.Queue(self.done.folder, path)
            cpis = {row["cpi"] for row in self.done.folder.log(path)}
            assert sorted(asked) == sorted((cpi, why) for cpi in cpis for why in queue.open(cpi))

    @invariant()
    def time_moves_with_something_else_alone(self) -> None:
        """`generated_at` is another one exactly where the rest is."""
        texts = [one.folder.text(one.folder.state_path) or "" for one in (self.before, self.done)]
        here, there = (json.loads(text) for text in texts)
        assert (here.pop("generated_at") != there.pop("generated_at")) == (here != there)


ANYTHING = list(HealthCheck)

TestSeason = Season.TestCase
TestSeason.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=ANYTHING
)


@pytest.mark.extended
class TestManySeasons(Season.TestCase):  # type: ignore[misc, valid-type]  # made by hypothesis
    """The same, many times."""

    settings = settings(
        max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=ANYTHING
    )
