"""`manage.py rotate_log_key`: a new key for the log, in two steps, so that no witness is taken by surprise.

With --sm3 it is the SM2 key of the SM3 tree instead; witnesses do not look at that one, so one step is enough.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evidence.errors import NeverWill, TryLater
from evidence.log.policy import current_policy, policy_path
from evidence.log.rotation import prepare_rotation, prepared_key, rotate, update_policy
from evidence.log.signing import ED25519, SM2, policy_log_lines
from evidence.tlog.policies import PolicyRefused


class Command(BaseCommand):
    """First --prepare and tell the witnesses the new key; then, once they know it, without an option."""

    help = "Rotate the key of the log: --prepare first, then again without it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far to go."""
        parser.add_argument("--prepare", action="store_true", help="make the next key and print it")
        parser.add_argument("--at-once", action="store_true", help="rotate unprepared: the old key is stolen")
        parser.add_argument(
            "--sm3", action="store_true", help="the SM2 key of the SM3 tree, not the Ed25519 key"
        )
        parser.add_argument("--policy", action="store_true", help="only write our keys into the policy again")

    def handle(self, *args: Any, **options: Any) -> None:
        """One step."""
        kind = SM2 if options["sm3"] else ED25519
        try:
            if options["prepare"]:
                self._say("新密钥 New key (--log or policy of each witness):", str(prepare_rotation(kind)))
                return
            if not options["policy"]:
                self._rotate(kind, at_once=options["at_once"])
        except (TryLater, NeverWill, PolicyRefused, OSError) as error:
            raise CommandError(f"The keys are as they were: {error}") from error
        self._write_policy()

    def _rotate(self, kind: str, *, at_once: bool) -> None:
        policy = current_policy()
        if kind == ED25519 and policy.witnesses and not prepared_key() and not at_once:
            raise CommandError(
                "先运行 rotate_log_key --prepare，把新密钥交给各见证人，再来一次。"
                " The witnesses do not know the new key yet: --prepare first (or --at-once)."
            )
        done = rotate(kind)
        self._say("旧密钥 Old key:", str(done.old))
        self._say("新密钥 New key:", str(done.new))
        self._say("从多少条起 From size:", str(done.from_size))

    def _write_policy(self) -> None:
        try:
            update_policy()
        except (OSError, PolicyRefused) as error:
            raise CommandError(
                f"{policy_path()} cannot be written ({error}). Put these lines into it yourself:\n"
                + "\n".join(policy_log_lines())
            ) from error
        self._say("信任策略 Policy:", str(policy_path()))

    def _say(self, what: str, value: str) -> None:
        self.stdout.write(f"{what}\n  {value}")
