from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User

# The admin's own form would let people past the limits on sign-in attempts and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth tells it


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Who may sign in and who is staff. Passwords are set by their owners, by the link of a reset."""

    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    fields = [
        "email",
        "name",
        "phone",
        "time_zone",
        "is_active",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_login",
    ]
    readonly_fields = ["date_joined", "last_login"]

    def save_model(self, request: HttpRequest, obj: User, form: object, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        # allauth keeps addresses of its own and would go on letting the old one in.
        EmailAddress.objects.filter(user_id=obj.pk).exclude(email=obj.email).delete()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
