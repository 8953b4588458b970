"""How the plans of the demo's sites differ from the Roadmap's: at one tribal clinic, and at all health centers."""

from projects.models import Fitting
from projects.tailoring import Change
from roadmap.models import Setting

Kind = Fitting.Kind
ASK = "Ask the tribal health board who will own it."
BUDGET = "Put staff, training, tools, and coaching in the budget that the health center's board votes on."
FITTED = (  # the setting of the sites, the change, and for sites of which setting it is kept
    (Setting.TRIBAL_HEALTH, Change(Kind.OWN, step="handoff", item_kind="action", text=ASK), Setting.TRIBAL_HEALTH),
    (
        Setting.TRIBAL_HEALTH,
        Change(Kind.WORDS, "fund_m_funded", text="Tribal council has approved the budget"),
        Setting.TRIBAL_HEALTH,
    ),
    (Setting.TRIBAL_HEALTH, Change(Kind.ASIDE, "fund_a5", reason="The tribe plans its budget in its own way."), None),
    (Setting.FQHC, Change(Kind.WORDS, "fund_a5", text=BUDGET), Setting.FQHC),
)
