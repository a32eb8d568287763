"""The shop's own tables: the gateway's ledger and Wagtail's two kinds of page."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from demo_shop.blocks import BODY_BLOCKS


class GatewayTransaction(models.Model):
    """One thing the pretend gateway did. Personal data: none but the order's number."""

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charge")
        REFUND = "refund", _("Refund")

    class Status(models.TextChoices):
        CAPTURED = "captured", _("Captured")
        DECLINED = "declined", _("Declined")
        TIMED_OUT = "timed_out", _("Timed out")
        REFUNDED = "refunded", _("Refunded")

    reference = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    order_number = models.CharField(max_length=128, db_index=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    key = models.CharField(max_length=128, blank=True, default="")
    """Names what the shop asked for: asked for again, it is the same."""

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parent", "key"],
                condition=~models.Q(key=""),
                name="demo_shop_gateway_key_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="demo_shop_gateway_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="charge", parent__isnull=True)
                | models.Q(kind="refund", parent__isnull=False),
                name="demo_shop_gateway_refund_has_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def left(self) -> Decimal:
        """What of this charge has not been given back."""
        given = self.refunds.aggregate(total=models.Sum("amount"))["total"] or Decimal("0.00")
        return self.amount - given


class HomePage(Page):
    """The shop window at ``/``."""

    eyebrow = models.CharField(max_length=60, blank=True)
    headline = models.CharField(max_length=120)
    introduction = models.CharField(max_length=300, blank=True)
    action_label = models.CharField(max_length=40, default="Shop everything")
    action_url = models.CharField(max_length=200, default="/catalogue/")
    body = StreamField(BODY_BLOCKS, blank=True)

    max_count = 1
    template = "demo_shop/home_page.html"
    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("eyebrow"),
                FieldPanel("headline"),
                FieldPanel("introduction"),
                FieldPanel("action_label"),
                FieldPanel("action_url"),
            ],
            heading=_("Hero"),
        ),
        FieldPanel("body"),
    ]


class LandingPage(Page):
    """A campaign's own page, reached from mails and advertisements."""

    eyebrow = models.CharField(max_length=60, blank=True)
    introduction = models.CharField(max_length=300, blank=True)
    body = StreamField(BODY_BLOCKS, blank=True)

    template = "demo_shop/landing_page.html"
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("eyebrow"),
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
