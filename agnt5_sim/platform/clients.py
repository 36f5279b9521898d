"""The clients' side: submit, answer, cancel, and write state from outside any run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import attrs

from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform.entities import EntityKey
from agnt5_sim.platform.errors import RunIsOver
from agnt5_sim.platform.identity import Identity, check_ids, ids_of
from agnt5_sim.platform.runs import Run
from agnt5_sim.platform.store import Parts, Store

if TYPE_CHECKING:
    from agnt5_sim.platform.identity import Ids
    from agnt5_sim.platform.pauses import Answered


class Clients(Store):
    """What can be done from outside a worker."""

    def named(self, **ids: Unpack[Ids]) -> Identity:
        """Return whose a run would be, with the id it gets where none is given.

        Raises:
            ValueError: an id cannot be used.
            TypeError: a keyword is no id.
        """
        check_ids(ids)
        whose = Identity(**ids)
        next_id = f"run-{len(self._parts) + 1}"
        return whose if whose.run_id else attrs.evolve(whose, run_id=next_id)

    def submit(
        self,
        now: float,
        component: str,
        kind: str,
        input: bytes,
        home: tuple[str, str, str, str] | None = None,
        **ids: Unpack[Ids],
    ) -> Run:
        """Queue a new run.

        Args:
            now: virtual time, seconds.
            component: the component to execute.
            kind: its type: `"workflow"`, `"function"`, …
            input: its input, JSON bytes.
            home: the entity with the run's state: type, key, scope and scope id; None
                for a run that begins without any.
            ids: whose it is; see `Identity`.

        Returns:
            the run, queued, with attempt 0.

        Raises:
            DuplicateRun: the id was used before.
            ValueError: an id cannot be used.
            TypeError: a keyword is no id.
        """
        whose = self.named(**ids)
        kept = None if home is None else EntityKey(whose.tenant, *home)
        run = Run(component, kind, bytes(input), kept, submitted_at=now, **ids_of(whose))
        self._parts[run.run_id] = Parts(self._runs.add(run), self.policy)
        return run

    def answer(self, now: float, run_id: str, value: str, index: int | None = None) -> Answered:
        """Answer a question of a run, which is queued again by it.

        Args:
            now: virtual time, seconds.
            run_id: the run.
            value: the answer: any text, or an option's id where options were given (for
                `multiselect` and `choice` also several, as a JSON list or separated by
                commas), a text marked as custom or an answer that skips where allowed.
            index: which question; None for the only open one.

        Returns:
            which pause it answered; `duplicate` when that very answer was there before,
            and nothing changed.

        Raises:
            AnswerRefused: no such pause is open, it has another answer, or it does not
                take this one; the message says what was expected.
            UnknownRun: no run has this id.
            RunIsOver: the run has ended.
        """
        part = self._part(run_id)
        duplicate = part.pauses.known(value, index)
        if duplicate is not None:
            return duplicate
        state = part.run.state
        if state in TERMINAL:
            raise RunIsOver(run_id, state, "an answer")
        answered = part.pauses.answer(now, value, index)
        self._runs.requeue(run_id)
        return answered

    def cancel(self, now: float, run_id: str, why: str = "") -> None:
        """End a run as cancelled at `now` (seconds); cancelling it again does nothing.

        A worker that is at it is fenced from here on, so what it had not flushed is lost.

        Args:
            now: virtual time, seconds.
            run_id: the run.
            why: the run's error from then on, for people.

        Raises:
            UnknownRun: no run has this id.
            RunIsOver: the run has completed or failed.
        """
        part = self._part(run_id)
        state = part.run.state
        if state == "cancelled":
            return
        if state in TERMINAL:
            raise RunIsOver(run_id, state, "a cancellation")
        self._end(now, part, "cancelled", b"", **({"error": why} if why else {}))

    def put_entity(
        self,
        tenant: str,
        type: str,  # noqa: A002 - the SDK's name
        key: str,
        value: bytes,
        scope: str,
        scope_id: str,
    ) -> int:
        """Write an entity from outside any run: a concurrent writer, or a test's set-up.

        Returns:
            its new version, one higher.
        """
        where = EntityKey(tenant, type, key, scope, scope_id)
        return self._entities.save(where, value, None)
