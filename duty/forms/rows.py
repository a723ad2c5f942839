"""Choices among rows that are in memory already."""


def offer(field, model, rows) -> None:
    """Let a ModelChoiceField offer these rows of the model; it reads them no second time to show them."""
    rows = list(rows)
    field.queryset = model.objects.filter(pk__in=[row.pk for row in rows])
    empty = [] if field.empty_label is None else [("", field.empty_label)]
    field.choices = [*empty, *((row.pk, field.label_from_instance(row)) for row in rows)]
