"""Migrations in reasonable time: what an operation adds is added to the models of a state, and nothing else is drawn anew.

Django draws a model and all that hang together with it anew for each field, constraint and index, and `pgtrigger` for each
trigger. With a hundred and fifty tables that hang together that was nine tenths of the minute in which an empty database
was filled. What only the tables know of (constraints, indexes, triggers) changes no model; a new model or field is put
beside the others. All else (fields altered, renamed, taken away) goes Django's way. `make bench ONLY=empty_database`
compares the tables with those that Django alone makes.
"""

import pgtrigger.migrations as pgtrigger
from django.db.migrations.state import ProjectState, StateApps
from django.db.models import NOT_PROVIDED

DJANGOS = {
    (owner, name): getattr(owner, name)
    for owner, name in (
        (ProjectState, "add_model"), (ProjectState, "add_field"), (ProjectState, "_append_option"),
        (ProjectState, "_remove_option"), (StateApps, "clone"), (pgtrigger.AddTrigger, "state_forwards"),
        (pgtrigger.RemoveTrigger, "state_forwards"),
    )
}  # fmt: skip


def _add_model(self, model_state):
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])


def _add_field(self, app_label, model_name, name, field, preserve_default):
    if field.many_to_many or "apps" not in self.__dict__:
        return DJANGOS[ProjectState, "add_field"](self, app_label, model_name, name, field, preserve_default)
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    self.models[key].fields[name] = field
    if self._relations is not None:
        self.resolve_model_field_relations(key, name, field)
    with self.apps.bulk_update():
        field.clone().contribute_to_class(self.apps.get_model(*key), name)
    return None


def _append_option(self, app_label, model_name, option_name, obj):
    options = self.models[app_label, model_name].options
    options[option_name] = [*options.get(option_name, []), obj]


def _remove_option(self, app_label, model_name, option_name, obj_name):
    options = self.models[app_label, model_name].options
    options[option_name] = [obj for obj in options.get(option_name, []) if obj.name != obj_name]


def _clone(self):
    """The models are the same ones; what they look for among the others they find in the newest state."""
    clone = DJANGOS[StateApps, "clone"](self)
    for models in clone.all_models.values():
        for model in models.values():
            model._meta.apps = clone
    return clone


def _add_trigger(self, app_label, state):
    state._append_option(app_label, self.model_name, "triggers", self.trigger)


def _remove_trigger(self, app_label, state):
    state._remove_option(app_label, self.model_name, "triggers", self.name)


OURS = dict(
    zip(
        DJANGOS,
        (_add_model, _add_field, _append_option, _remove_option, _clone, _add_trigger, _remove_trigger),
        strict=True,
    )
)


def draw_little() -> None:
    for (owner, name), function in OURS.items():
        setattr(owner, name, function)


def draw_all() -> None:
    """Django's own way, to compare with."""
    for (owner, name), function in DJANGOS.items():
        setattr(owner, name, function)
