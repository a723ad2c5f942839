"""Choices among rows that are in memory already, or are read when they are shown."""


def offer(field, queryset, rows) -> None:
    """Let a ModelChoiceField take one of `queryset` and show `rows`, without reading them a second time.

    `rows` may be a function: it is asked when the choices are shown, so never for a form that is in order.
    """
    field.queryset = queryset

    def choices():
        empty = [] if field.empty_label is None else [("", field.empty_label)]
        shown = rows() if callable(rows) else rows
        return [*empty, *((row.pk, field.label_from_instance(row)) for row in shown)]

    field.choices = choices
