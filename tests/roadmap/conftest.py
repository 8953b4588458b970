import pytest
from django.utils import timezone

from roadmap.loading.loading import load
from roadmap.models import RoadmapVersion


@pytest.fixture
def loaded(db):
    """The content we ship, published."""
    load(now=timezone.now())
    return RoadmapVersion.objects.get(roadmap__key="general")
