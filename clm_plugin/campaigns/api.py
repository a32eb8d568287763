"""The door of campaigns."""

from clm_plugin.campaigns.about import Standings, is_looked_at, look
from clm_plugin.campaigns.compile import (
    compile_campaign,
    publish_plan,
    recompile_asking,
    withdraw_plan,
)
from clm_plugin.campaigns.data import (
    Audience,
    Channel,
    Contact,
    Decision,
    Guardrails,
    Intent,
    Person,
    Plan,
    Step,
    Trigger,
    Verdict,
)
from clm_plugin.campaigns.entering import react
from clm_plugin.campaigns.journeys import advance, case_of
from clm_plugin.campaigns.merging import give_back, move
from clm_plugin.campaigns.plans import forget_plans, live_plans, plan_version
from clm_plugin.campaigns.queries import (
    contacts_of,
    contacts_of_many,
    limits,
    next_due,
    person_of,
    persons,
    with_segments,
)
from clm_plugin.campaigns.receipts import note_reactions, write_receipts
from clm_plugin.campaigns.rules import Case, judge
from clm_plugin.campaigns.stranded import Stranded, stages_of, stranded, tell_stranded

__all__ = [
    "Audience",
    "Case",
    "Channel",
    "Contact",
    "Decision",
    "Guardrails",
    "Intent",
    "Person",
    "Plan",
    "Standings",
    "Step",
    "Stranded",
    "Trigger",
    "Verdict",
    "advance",
    "case_of",
    "compile_campaign",
    "contacts_of",
    "contacts_of_many",
    "forget_plans",
    "give_back",
    "is_looked_at",
    "judge",
    "limits",
    "live_plans",
    "look",
    "move",
    "next_due",
    "note_reactions",
    "person_of",
    "persons",
    "plan_version",
    "publish_plan",
    "react",
    "recompile_asking",
    "stages_of",
    "stranded",
    "tell_stranded",
    "with_segments",
    "withdraw_plan",
    "write_receipts",
]
