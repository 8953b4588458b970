"""The demo's cast and the story of each site. Days and weeks are counted back from today.

Places, people and events are made up; only the counties exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SOMETIME = 0  # a last contact within the last three weeks, by chance


@dataclass(frozen=True)
class Barrier:
    """Something in the way at a step since so many days."""

    step: str
    text: str
    days: int
    shared: bool = True
    solved: int | None = None  # days ago


@dataclass(frozen=True)
class Story:
    """How one site has walked its road.

    `pace` is the share of the Roadmap's planned time it needs (1 is on time, below 1 ahead). Nothing was recorded in
    the last `silent` days. `holds` are milestones it has not reached though their time has come, with everything that
    waits for them; `late` is one whose date was set by hand so many days ago. `ends` is (status, days ago, why).
    """

    name: str
    organization: str
    county: str  # FIPS
    setting: str
    weeks: int  # since the site said it wants to explore this
    tells: str  # what the story shows
    pace: float = 0.8
    silent: int = 2
    holds: tuple[str, ...] = ()
    late: tuple[str, int] | None = None
    barriers: tuple[Barrier, ...] = ()
    contact: int | None = SOMETIME  # days since the last contact
    note: str = ""
    champion: str = ""
    ends: tuple[str, int, str] | None = None
    setting_up: bool = False


@dataclass(frozen=True)
class DemoProject:
    """A project of the demo: its EBI, its lead and its sites."""

    name: str
    slug: str
    ebi_name: str
    roadmap: str  # key of the Roadmap it walks
    weeks: int  # since the project began
    weeks_left: int  # to the end of its grant
    lead: str
    coach: tuple[str, str]  # name, telephone
    sites: tuple[Story, ...] = field(default_factory=tuple)


PROGRAM = "Michigan Integration Program"
PEOPLE = {  # e-mail before the @ → name
    "admin": "Dee Halvorsen",
    "lead": "Ana Brandt",
    "practitioner": "Maria Okafor",
    "observer": "Sam Whitfield",
    "newcomer": "Nia Farouk",
    "lead2": "Jonas Petersen",
    "lead3": "Priya Raman",
}
BEHIND_THE_SCENES = {"lead2", "lead3"}  # they lead projects, but nobody signs in as them
LAKESHORE, SUPERIOR = "Lakeshore Community Health", "Superior Health Partners"

PROJECTS = (
    DemoProject(
        "Great Lakes Collaborative Care",
        "great-lakes-collaborative-care",
        "Collaborative Care Model",
        "cocm",
        84,
        100,
        "lead",
        ("Jo Lindqvist", "231-555-0142"),
        (
            Story(
                "Elm Street Family Health Center",
                LAKESHORE,
                "26121",
                "fqhc",
                46,
                "nine days late",
                0.42,
                1,
                late=("tools_m_live", 9),
                champion="practitioner",
                contact=12,
                note="The huddle moved to **Tuesdays** so that the front desk can join.",
            ),
            Story(
                "Harbor Family Practice",
                LAKESHORE,
                "26139",
                "primary_care",
                40,
                "stuck at agreements",
                0.5,
                4,
                holds=("agree_m_data",),
                contact=5,
                barriers=(Barrier("agree", "The data sharing agreement waits for county counsel.", 34),),
            ),
            Story("Copper Country Family Practice", SUPERIOR, "26061", "rural_health_clinic", 60, "on time", 0.55, 2),
            Story("Riverbend Health Center", "Riverbend Health", "26081", "fqhc", 78, "finished", 0.37, 3, contact=30),
            Story("Keweenaw Bay Clinic", "Northern Nations Health", "26013", "tribal_health", 52, "ahead", 0.36, 2),
            Story(
                "Three Rivers Primary Care",
                "Riverbend Health",
                "26149",
                "primary_care",
                66,
                "stopped after launch",
                0.42,
                60,
                contact=75,
                ends=("stopped", 60, "The care manager left and the post could not be filled."),
            ),
            Story(
                "Iron Range Health Center", SUPERIOR, "26071", "fqhc", 50, "stalled since June", 0.5, 165, contact=120
            ),
            Story("Saginaw Bay Family Health", LAKESHORE, "26145", "fqhc", 2, "setting up", setting_up=True, contact=3),
        ),
    ),
    DemoProject(
        "Steady Minds in Schools",
        "steady-minds-in-schools",
        "Cognitive behavioral therapy in schools",
        "general",
        80,
        90,
        "lead",
        ("Terry Vance", "517-555-0118"),
        (
            Story(
                "Pine Ridge Middle School",
                "Alpena Area Schools",
                "26007",
                "school",
                30,
                "quiet and late",
                0.6,
                41,
                holds=("plan_m_approved",),
                contact=41,
            ),
            Story(
                "Lakeview High School",
                "Lakeview District",
                "26081",
                "school",
                58,
                "taken in mid-stream",
                setting_up=True,
            ),
            Story(
                "Maple Hollow Elementary",
                "Lakeview District",
                "26081",
                "school",
                44,
                "taken in mid-stream",
                setting_up=True,
            ),
            Story(
                "Otsego Teen Health Center",
                "Otsego Schools",
                "26137",
                "school_based_health_center",
                50,
                "waiting for billing",
                0.45,
                3,
                holds=("pay_m_billing",),
                contact=20,
                barriers=(Barrier("pay", "The clearinghouse has not sent a test result.", 5, shared=False),),
            ),
            Story("Sturgeon River School", "Delta Rural Schools", "26041", "school", 20, "just begun", 0.8, 2),
            Story(
                "Bayside Academy",
                "Bay Schools",
                "26017",
                "school",
                34,
                "paused over the summer",
                0.6,
                80,
                contact=85,
                ends=("paused", 80, "A new principal starts in January."),
            ),
        ),
    ),
    DemoProject(
        "Northern Youth Consult Line",
        "northern-youth-consult-line",
        "Psychiatric consultation by phone",
        "general",
        82,
        60,
        "lead2",
        ("Lee Arnold", "906-555-0177"),
        (
            Story("Marquette Children's Clinic", SUPERIOR, "26103", "hospital_clinic", 76, "keeping it going", 0.44, 5),
            Story("Soo Pediatrics", SUPERIOR, "26033", "primary_care", 62, "on time", 0.52, 4),
            Story("Grand Traverse Pediatrics", "Bay Harbor Medical", "26055", "primary_care", 48, "on time", 0.58, 8),
            Story(
                "Emmet Hospital Youth Clinic",
                "Bay Harbor Medical",
                "26047",
                "hospital_clinic",
                36,
                "stuck on staff",
                0.5,
                3,
                holds=("staff_m_first",),
                contact=16,
                barriers=(Barrier("staff", "Two offers were turned down because of pay.", 15),),
            ),
        ),
    ),
    DemoProject(
        "Baby Steps Home Visiting",
        "baby-steps-home-visiting",
        "Infant mental health home visiting",
        "general",
        70,
        80,
        "lead2",
        ("Robin Teller", "989-555-0121"),
        (
            Story("Isabella Community Mental Health", "Mid-State CMH", "26073", "cmh_agency", 56, "on time", 0.5, 4),
            Story(
                "Genesee Infant Team",
                "Genesee CMH",
                "26049",
                "cmh_agency",
                52,
                "late with training",
                0.5,
                2,
                late=("train_m_all", 16),
                contact=18,
            ),
            Story(
                "Wexford Health Department",
                "District Health North",
                "26165",
                "local_health_department",
                38,
                "on time",
                0.6,
                5,
            ),
            Story(
                "Ingham Family Services",
                "Mid-State CMH",
                "26065",
                "cmh_agency",
                1,
                "setting up",
                setting_up=True,
                contact=None,
            ),
        ),
    ),
    DemoProject(
        "Open Door Recovery",
        "open-door-recovery",
        "Medications for opioid use disorder",
        "general",
        60,
        110,
        "lead3",
        ("Chris Moya", "313-555-0190"),
        (
            Story(
                "Eastside Recovery Center",
                "Open Door Network",
                "26163",
                "substance_use_provider",
                50,
                "on time",
                0.5,
                3,
            ),
            Story(
                "Downriver Treatment Center",
                "Open Door Network",
                "26163",
                "substance_use_provider",
                42,
                "solved what was in the way",
                0.55,
                4,
                barriers=(Barrier("agree", "The lawyers wanted another form.", 60, solved=22),),
            ),
            Story(
                "St. Clair Shore Health Center", "Blue Water Health", "26147", "fqhc", 30, "quiet", 0.55, 36, contact=36
            ),
        ),
    ),
    DemoProject(
        "Healthy Start Together",
        "healthy-start-together",
        "Perinatal depression care",
        "general",
        50,
        130,
        "lead3",
        ("Alex Dunn", "269-555-0133"),
        (
            Story(
                "Kalamazoo County Health Department",
                "Kalamazoo County",
                "26077",
                "local_health_department",
                40,
                "on time",
                0.55,
                2,
            ),
            Story(
                "Berrien Women's Clinic", "Lakeland Women's Health", "26021", "hospital_clinic", 32, "on time", 0.6, 7
            ),
            Story(
                "Jackson Maternal Health",
                "Jackson Health Alliance",
                "26075",
                "hospital_clinic",
                12,
                "just begun",
                0.7,
                3,
            ),
        ),
    ),
)

FIRST_NAMES = [
    "Alma",
    "Ben",
    "Carla",
    "Devon",
    "Elise",
    "Farid",
    "Gwen",
    "Hugo",
    "Inez",
    "Jamal",
    "Karin",
    "Luis",
    "Mona",
    "Noah",
    "Olga",
    "Pat",
    "Quinn",
    "Rosa",
    "Said",
    "Tess",
]
LAST_NAMES = [
    "Aldrich",
    "Boone",
    "Castillo",
    "Dorsey",
    "Engel",
    "Fontaine",
    "Grady",
    "Huang",
    "Ibarra",
    "Jensen",
    "Kowalski",
    "Lamar",
    "Meyer",
    "Novak",
    "Ortiz",
]
