from django.db import migrations

# A seat's copy of the span is the shift's, whatever writes it: the exclusion constraint depends on that.
FORWARD = """
ALTER TABLE scheduling_seat ADD CONSTRAINT a_seat_has_its_shifts_span
    FOREIGN KEY (shift_id, starts_at, ends_at) REFERENCES scheduling_shift (matter_id, starts_at, ends_at)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE scheduling_shift ADD CONSTRAINT a_shift_has_its_matters_unit
    FOREIGN KEY (matter_id, unit_id) REFERENCES duty_matter (id, unit_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
BACK = """
ALTER TABLE scheduling_seat DROP CONSTRAINT a_seat_has_its_shifts_span;
ALTER TABLE scheduling_shift DROP CONSTRAINT a_shift_has_its_matters_unit;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
