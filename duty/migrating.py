"""Migrations in reasonable time: a trigger changes nothing that a model of a migration's state is made of.

`pgtrigger` has every related model drawn anew for each trigger it adds or takes away. With a hundred tables that hang
together, and three triggers on each, that was most of the time an empty database took to fill.
"""

from pgtrigger import migrations


def _adds(self, app_label, state):
    options = state.models[app_label, self.model_name].options
    options["triggers"] = [*options.get("triggers", []), self.trigger]


def _removes(self, app_label, state):
    options = state.models[app_label, self.model_name].options
    options["triggers"] = [trigger for trigger in options.get("triggers", []) if trigger.name != self.name]


def triggers_redraw_nothing() -> None:
    migrations.AddTrigger.state_forwards = _adds
    migrations.RemoveTrigger.state_forwards = _removes
