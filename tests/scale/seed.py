"""Fill an empty database for measuring: `python -m tests.scale.seed 10000`. The environment says which database.

The first hundred sites are written as the demo is, the others are copies of them made inside the database.
"""

import os
import sys

import django

FIRST = 100


def main(sites: int) -> None:
    """Write at least that many made-up sites and print how long it took."""
    from django.core.management import call_command

    from tests.scale.multiplying import multiply

    call_command("migrate", verbosity=0)
    call_command("load_roadmap", verbosity=0)
    call_command("demo", sites=min(FIRST, sites))
    copies = max(0, -(-sites // FIRST) - 1)
    if copies:
        made = multiply(copies)
        print(
            f"{made.sites:,} sites and {made.items:,} plan items copied in {made.seconds:.1f} s: "
            f"{made.items / made.seconds:,.0f} plan items a second"
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(int(sys.argv[1]))
