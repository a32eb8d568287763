"""What the API answers beside people and money: each shape writes and describes its answers."""

from __future__ import annotations

from rest_framework import serializers

from clm_plugin.rest.api.describing import whole
from clm_plugin.rest.api.shapes import NewEventShape, SaidConsent, TraitShape


class SizeShape(serializers.Serializer):
    """A published segment; ``progress`` is below 1 while it is evaluated."""

    segment = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    persona = serializers.BooleanField()
    members = serializers.IntegerField()
    progress = serializers.FloatField()


@whole
class SizesShape(serializers.Serializer):
    results = SizeShape(many=True)


class ChangedShape(serializers.Serializer):
    """How many people came onto the list, or are off it."""

    changed = serializers.IntegerField()


class InsideShape(serializers.Serializer):
    """A segment she is in; ``due_at``: when that is looked at again, without any event."""

    key = serializers.CharField(source="segment")
    name = serializers.CharField()
    since = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)


class RfmShape(serializers.Serializer):
    r = serializers.IntegerField()
    f = serializers.IntegerField()
    m = serializers.IntegerField()
    name = serializers.CharField()


class SegmentsShape(serializers.Serializer):
    """``rfm`` is null for who never bought."""

    segments = InsideShape(many=True)
    rfm = RfmShape(allow_null=True)


class StageShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.SerializerMethodField(  # type: ignore[assignment]  # DRF's own attribute
        method_name="label_of"
    )
    order = serializers.IntegerField()
    loss = serializers.BooleanField()
    people = serializers.IntegerField()

    def label_of(self, stage: dict[str, object]) -> str:
        return str(stage["label"])


class LifecycleShape(serializers.Serializer):
    key = serializers.CharField()
    version = serializers.IntegerField()
    stages = StageShape(many=True)


class DeclaredTraitShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute
    kind = serializers.CharField()
    rule = serializers.CharField()
    sensitive = serializers.BooleanField()


class DeclaredTraitsShape(serializers.Serializer):
    results = DeclaredTraitShape(many=True)


class TraitsShape(serializers.Serializer):
    traits = TraitShape(many=True)


class ToldTraits(serializers.Serializer):
    traits = serializers.DictField(help_text="At least one trait.")


class AcceptedShape(serializers.Serializer):
    accepted = serializers.ListField(child=serializers.CharField())


class ConsentsShape(serializers.Serializer):
    consents = SaidConsent(many=True)


class SurveyShape(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    answers = serializers.IntegerField()


@whole
class SurveysShape(serializers.Serializer):
    results = SurveyShape(many=True)


class QuestionShape(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    low = serializers.CharField()
    high = serializers.CharField()
    follow_up = serializers.CharField()
    thanks = serializers.CharField()
    ask_again_days = serializers.IntegerField()


class BarShape(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    count = serializers.IntegerField()
    share = serializers.FloatField()


class AnsweredShape(serializers.Serializer):
    """The answers of a stage's or a segment's people; ``score``: NPS, or the mean of stars."""

    key = serializers.CharField()
    answers = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)


class CommentShape(serializers.Serializer):
    text = serializers.CharField()
    score = serializers.IntegerField()
    at = serializers.DateTimeField()
    profile_id = serializers.IntegerField(allow_null=True)


class ResultsShape(serializers.Serializer):
    """What came of a survey. ``comments`` only for who may see people."""

    question = QuestionShape()
    answers = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    bars = BarShape(many=True)
    stages = AnsweredShape(many=True)
    segments = AnsweredShape(many=True)
    comments = CommentShape(many=True)


class NewEvents(serializers.Serializer):
    """Up to 100 events; a wrong one is refused by itself."""

    events = NewEventShape(many=True)


class RefusedEvent(serializers.Serializer):
    """``errors``: a list of texts for each field that is wrong."""

    index = serializers.IntegerField()
    errors = serializers.DictField()  # type: ignore[assignment]  # a field of that name


class StoredShape(serializers.Serializer):
    """``stored``: how many were new."""

    stored = serializers.IntegerField()
    refused = RefusedEvent(many=True)
