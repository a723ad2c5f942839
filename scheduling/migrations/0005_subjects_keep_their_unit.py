from django.db import migrations

# What a seat says of its whole watch is the shift's; a part of it may be shorter.
SPAN = """
ALTER TABLE scheduling_seat DROP CONSTRAINT a_seat_has_its_shifts_span;
ALTER TABLE scheduling_seat ADD CONSTRAINT a_seat_has_its_shifts_span
    FOREIGN KEY (shift_id, watch_starts_at, watch_ends_at) REFERENCES scheduling_shift (matter_id, starts_at, ends_at)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
SPAN_BACK = """
ALTER TABLE scheduling_seat DROP CONSTRAINT a_seat_has_its_shifts_span;
ALTER TABLE scheduling_seat ADD CONSTRAINT a_seat_has_its_shifts_span
    FOREIGN KEY (shift_id, starts_at, ends_at) REFERENCES scheduling_shift (matter_id, starts_at, ends_at)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
SUBJECTS = {
    "scheduling_roster": "a_roster_has_its_matters_unit",
    "scheduling_absence": "an_absence_has_its_matters_unit",
    "scheduling_swap": "a_swap_has_its_matters_unit",
    "scheduling_qualified": "a_qualification_has_its_matters_unit",
    "scheduling_objection": "an_objection_has_its_matters_unit",
}


def _unit_of(table: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (matter_id, unit_id) "
        "REFERENCES duty_matter (id, unit_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_fair_rosters")]
    operations = [
        migrations.RunSQL(SPAN, SPAN_BACK),
        *(_unit_of(table, name) for table, name in SUBJECTS.items()),
    ]
