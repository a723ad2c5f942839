from django.db import migrations

# Seats of drafts begun before: whoever sits where nobody has changed anything is whom the published watch has.
KNOW = """
UPDATE scheduling_slot slot SET published_person_id = slot.person_id
WHERE slot.shift_id IS NOT NULL AND slot.person_id IS NOT NULL AND EXISTS (
    SELECT FROM scheduling_seat seat
    WHERE seat.shift_id = slot.shift_id AND seat.role = slot.role AND seat.person_id = slot.person_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0015_drafts_follow_what_is_published")]
    operations = [migrations.RunSQL(KNOW, migrations.RunSQL.noop)]
