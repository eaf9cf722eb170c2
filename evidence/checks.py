"""`manage.py check --deploy`: what an operator must mend before the log can do its work."""

from typing import Any

from django.core import checks

from evidence.log.policy import current_policy, policy_path
from evidence.log.signing import wanted_origin
from evidence.log.state import problem_of_origin
from evidence.tlog.policies import PolicyRefused


@checks.register("evidence", deploy=True)
def log_is_ready(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """The name of the log and its policy, as far as they can be looked at without a database."""
    found: list[checks.CheckMessage] = []
    if problem := problem_of_origin(wanted_origin()):
        found.append(checks.Error(problem, hint="LOG_ORIGIN", id="evidence.E001"))
    if policy_path().exists():
        try:
            policy = current_policy()
        except PolicyRefused as error:
            found.append(checks.Error(str(error), hint=str(policy_path()), id="evidence.E002"))
        else:
            if not policy.witnesses:
                hint = f"{policy_path()}; see docs/operate.md"
                words = "The policy names no witness: nobody outside vouches for the log."
                found.append(checks.Warning(words, hint=hint, id="evidence.W001"))
    return found
