"""How the plans of the demo's sites differ from the Roadmap's."""

from projects.models import Fitting
from projects.tailoring import Change
from roadmap.models import Setting

Kind = Fitting.Kind
SITE, KEPT_FOR = "Keweenaw Bay Clinic", Setting.TRIBAL_HEALTH
ASK = "Ask the tribal health board who will own it."
FITTED = (  # the change, and for sites of which setting it is kept
    (Change(Kind.OWN, step="handoff", item_kind="action", text=ASK), KEPT_FOR),
    (Change(Kind.WORDS, "fund_m_funded", text="Tribal council has approved the budget"), KEPT_FOR),
    (Change(Kind.ASIDE, "fund_a2", reason="The tribe plans its budget in its own way."), None),
)
