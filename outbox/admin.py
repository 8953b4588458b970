from django.contrib import admin
from django.http import HttpRequest

from outbox.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """Lets whoever runs the installation see what became of a message. Nothing is changed here, no words are shown."""

    list_display = ["created_at", "kind", "address", "state", "attempts", "due_at", "outcome"]
    list_filter = ["state", "kind"]
    search_fields = ["=address", "=uuid"]
    exclude = ["data", "subject", "text", "html", "claim", "dedupe_key"]
    readonly_fields = ["uuid", "created_at"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False
