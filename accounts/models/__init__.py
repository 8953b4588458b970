from accounts.models.activity import Activity
from accounts.models.people import User
from accounts.models.tokens import UsedToken

__all__ = ["Activity", "UsedToken", "User"]
